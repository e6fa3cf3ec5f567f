import { expect, test } from "vitest";
import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import { adviceFor } from "./advice.ts";

const place = { ranks: [3], hosts: ["node1"], likelihood: 0.9, evidence: [] };
const crash: Cause = { kind: "crash", ...place, error: "ValueError: bad batch" };

test("commands in advice name the run and the rank", () => {
  expect(adviceFor(crash, "image-1")).toContain(
    "read its output: `pitwall show image-1 --log --rank 3`",
  );
});

test("without a run, the reader fills it in", () => {
  expect(adviceFor(crash)).toContain("read its output: `pitwall show <run> --log --rank 3`");
});

test("more memory of Slurm is advised only if that of the host was too small", () => {
  const outOfMemory = { kind: "out-of-memory", ...place } as const;
  const ofHost = adviceFor({ ...outOfMemory, memory: "host" }).join();
  const ofAccelerator = adviceFor({ ...outOfMemory, memory: "accelerator" }).join();
  expect(ofHost).toContain("--sbatch=--mem");
  expect(ofAccelerator).not.toContain("--sbatch");
});

test.for<Cause>([
  { ...crash, error: "ModuleNotFoundError: No module named 'torch'" },
  { kind: "configuration", ...place, detail: "ModuleNotFoundError: No module named 'torch'" },
])("a missing package leads to another Python or to its installation: $kind", (cause) => {
  expect(adviceFor(cause, "image-1")[0]).toMatch(/lacks `torch`.*--env PATH=.*--set-up/u);
});
