import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { LearnedRun } from "../../src/schema/plan/learned-run.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const planned = `
command: 'for i in $(seq 20); do echo "step: $i"; done'
env: { CUDA_VISIBLE_DEVICES: "" }
name: example
target: step >= 20
plan:
  goal: example on 320 samples
  subject: example
  plannedOn: "2026-11-29"
  accelerator: cpu
  count: 1
  basis: model
  trainMs: { p50: 1000 }
  timeMs: { p50: 1000 }
  startMs: { p50: 0 }
  samples: { p50: 200, basis: example }
  layout: { globalBatch: 16, source: example }
`;

const learnedRun: LearnedRun = {
  schemaVersion: 1,
  runId: "earlier-1",
  learnedOn: "2026-11-29",
  subject: "llama31-8b",
  accelerator: "h100-sxm",
  count: 8,
  framework: "fsdp",
  basis: "model",
  ratios: { stepTime: 1.1 },
};

const words = ["plan", "llama31-8b", "--tokens", "1B", "--accelerators", "h100-sxm"];
const plan = [...words, "--price", "h100-sxm=2", "--max-count", "8", "--for", "torchtitan"];

async function shown(cwd: string, call: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await pitwall(call, { cwd });
  return `exit ${exitCode}\n${stdout}${stderr}`
    .replaceAll(cwd, "<folder>")
    .replaceAll(/example-\d+-\d+-\w+-1/gu, "<run>")
    .trimEnd();
}

describe("pitwall plan --calibrate", () => {
  test("learns from a finished run, once", async () => {
    const cwd = temporaryFolder();
    await writeFile(join(cwd, "planned.yaml"), planned);
    await pitwall(["run", "planned.yaml"], { cwd });
    expect(await shown(cwd, ["plan", "--calibrate", "last"])).toMatchInlineSnapshot(`
      "exit 0
      plans are calibrated by 1 run; what that changes:

      accelerator  framework  trained  runs  step time  samples  initialization  time to train
      cpu                     example     1               +17 %

      kept in <folder>/home/plan-calibration.jsonl; \`pitwall plan --no-calibration\` ignores it"
    `);
    await pitwall(["plan", "--calibrate", "last"], { cwd });
    const text = await readFile(join(cwd, "home", "plan-calibration.jsonl"), "utf8");
    expect(text.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({ subject: "example", ratios: { samples: 1.6 } });
  });

  test("says why nothing is learned from a run", async () => {
    const cwd = temporaryFolder();
    await writeFile(join(cwd, "plain.yaml"), planned.split("plan:")[0] ?? "");
    await pitwall(["run", "plain.yaml"], { cwd });
    expect(await shown(cwd, ["plan", "--calibrate", "last"])).toMatchInlineSnapshot(`
      "exit 1
      <run>: it has no plan
      no runs to learn from are in <folder>/home/plan-calibration.jsonl"
    `);
  });

  test("later plans use what was learned and say so, unless told not to", async () => {
    const cwd = temporaryFolder();
    await mkdir(join(cwd, "home"));
    const runs = [learnedRun, { ...learnedRun, runId: "earlier-2" }];
    const lines = runs.map((run) => `${JSON.stringify(run)}\n`);
    await writeFile(join(cwd, "home", "plan-calibration.jsonl"), lines.join(""));
    const evidence = (text: string): string => /^evidence .*$/mu.exec(text)?.[0] ?? "";
    expect(evidence(await shown(cwd, plan))).toMatch(/; calibrated by 2 runs of yours, \+5 %$/u);
    expect(evidence(await shown(cwd, [...plan, "--no-calibration"]))).not.toContain(
      "calibrated by",
    );
  });

  test("refuses a line that it does not understand", async () => {
    const cwd = temporaryFolder();
    await mkdir(join(cwd, "home"));
    const line = JSON.stringify({ ...learnedRun, ratios: { stepTime: -1 } });
    await writeFile(join(cwd, "home", "plan-calibration.jsonl"), `${line}\n`);
    expect(await shown(cwd, plan)).toMatchInlineSnapshot(`
      "exit 2
      error[calibration-invalid]: a line of the calibration is not valid
        at <folder>/home/plan-calibration.jsonl:1
        ratios.stepTime: Too small: expected number to be >0

      hint: remove the line, or plan with \`--no-calibration\`; \`pitwall schema plan-calibration\` describes it"
    `);
  });
});
