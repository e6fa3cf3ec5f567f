import { describe, expect, test } from "vitest";
import type { LaunchTexts } from "../running/launch-texts.ts";
import { planSlurmTarget } from "./plan-slurm-target.ts";

const ranks = { perHost: 2, starter: "direct" } as const;

describe("planSlurmTarget", () => {
  test("uses one node unless more are requested", () => {
    expect(planSlurmTarget({}, ranks)).toEqual({ kind: "slurm", nodes: 1, ranks });
  });

  test("keeps what is given", () => {
    const given = { nodes: 4, partition: "main", time: "2:00:00", sbatch: [" --mem=64G "] };
    expect(planSlurmTarget(given, ranks)).toEqual({
      kind: "slurm",
      ...given,
      ranks,
      sbatch: ["--mem=64G"],
    });
  });

  test.each<{ name: string; texts: LaunchTexts; code: string }>([
    { name: "a blank", texts: { partition: "my part" }, code: "slurm-option-invalid" },
    { name: "a line break", texts: { account: "a\n#SBATCH -a 1" }, code: "slurm-option-invalid" },
    { name: "a quote", texts: { constraint: 'a"b' }, code: "slurm-option-invalid" },
    { name: "another notation", texts: { time: "2h" }, code: "slurm-time-invalid" },
    { name: "a job array", texts: { sbatch: ["--array=1-9"] }, code: "slurm-option-refused" },
    { name: "a short job array", texts: { sbatch: ["-a1-9"] }, code: "slurm-option-refused" },
    { name: "a cut option", texts: { sbatch: ["--arr=1-9"] }, code: "slurm-option-refused" },
    { name: "requeueing", texts: { sbatch: ["--requeue"] }, code: "slurm-option-refused" },
    { name: "no option", texts: { sbatch: ["mem=4G"] }, code: "slurm-option-invalid" },
    { name: "a second line", texts: { sbatch: ["--mem=4G\nrm"] }, code: "slurm-option-invalid" },
  ])("refuses $name", ({ texts, code }) => {
    expect(() => planSlurmTarget(texts, ranks)).toThrow(expect.objectContaining({ code }));
  });

  test("refuses a rank per GPU without GPUs", () => {
    expect(() => planSlurmTarget({}, { perHost: "gpu", starter: "torchrun" })).toThrow(
      expect.objectContaining({ code: "gres-without-gpu" }),
    );
  });
});
