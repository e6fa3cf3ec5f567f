import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { expectWholeLedger, leftRunning } from "../support/after-faults.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { directoryOf, eventsOf, printed } from "../support/recorded-run.ts";

// The faults of one rank that need no second machine and no PyTorch. docs/diagnosis.md lists where the others are tested.

/** A rank that is slow stays slow; what ends a rank happens in the first attempt only. */
const once = `
import os, runpy, sys
words = sys.argv[1:]
if os.environ["PITWALL_ATTEMPT"] != "1":
    pairs = [words[at : at + 2] for at in range(0, len(words), 2)]
    words = [word for pair in pairs if pair[0] != "--fault" or pair[1].startswith("slow") for word in pair]
sys.argv = ["training.py", *words]
runpy.run_path("training.py", run_name="__main__")
`;

async function train(faults: readonly string[], words: readonly string[] = []): Promise<string> {
  const cwd = temporaryFolder();
  const sources = { "training.py": "bench/faults", "pitwall.py": "workloads/torch" };
  for (const [name, folder] of Object.entries(sources))
    copyFileSync(
      fileURLToPath(new URL(`../../${folder}/${name}`, import.meta.url)),
      join(cwd, name),
    );
  writeFileSync(join(cwd, "once.py"), once);
  const how = ["--nproc", "4", "--launcher", "direct", "--max-restarts", "1"];
  const reading = ["--target", "val_acc>=1", "--samples", "samples=([0-9]+)"];
  const injected = faults.flatMap((fault) => ["--fault", fault]);
  const program = ["python3", "once.py", "--helper", ".", ...injected, ...words];
  const ran = await pitwall(["run", "--quiet", ...how, ...reading, "--", ...program], { cwd });
  expect(directoryOf(cwd), ran.stderr).toBeDefined();
  return cwd;
}

/** What holds after each fault: a whole ledger, a record that verifies, and no process. */
async function expectOrder(cwd: string): Promise<void> {
  const verified = await pitwall(["verify", "last"], { cwd });
  expect(verified.exitCode, printed(verified)).toBe(0);
  expectWholeLedger(await pitwall(["show", "last", "--json"], { cwd }));
  await expect.poll(() => leftRunning(directoryOf(cwd) ?? ""), { timeout: 30_000 }).toEqual([]);
}

function outcomeOf(cwd: string): string {
  const text = readFileSync(join(directoryOf(cwd) ?? "", "result.json"), "utf8");
  return JSON.parse(text).outcome.kind;
}

async function causesOf(cwd: string): Promise<{ kind: string; ranks: number[] }[]> {
  const { stdout } = await pitwall(["doctor", "last", "--json"], { cwd });
  const { verdict } = JSON.parse(stdout).result.diagnoses[0].diagnosis;
  return (verdict.causes ?? []).map(({ kind, ranks }: { kind: string; ranks: number[] }) => ({
    kind,
    ranks,
  }));
}

describe("a training of four ranks", () => {
  test.each([
    {
      name: "a rank that computes longer",
      fault: "slow:2:0",
      kind: "compute-straggler",
      ranks: [2],
    },
    {
      name: "a rank whose loader is slow",
      fault: "slow-data:1:0",
      kind: "data-starvation",
      ranks: [1],
    },
  ])(
    "reaches its target in spite of $name, which doctor names",
    async ({ fault, kind, ranks }) => {
      const cwd = await train([fault]);
      expect(outcomeOf(cwd)).toBe("reached");
      expect(await causesOf(cwd)).toEqual([{ kind, ranks }]);
      await expectOrder(cwd);
    },
    120_000,
  );

  test.each([
    { name: "a kill of a rank", faults: ["kill:3:12"], found: { kind: "killed", ranks: [3] } },
    {
      name: "a disk that is full for a checkpoint",
      faults: ["disk:1:9:checkpoint"],
      found: { kind: "disk-full", ranks: [1] },
    },
    {
      name: "a rank that gets no memory",
      faults: ["memory:2:12"],
      found: { kind: "out-of-memory", ranks: [2] },
    },
    {
      name: "a slow rank and, later, a kill of another one",
      faults: ["slow:1:0", "kill:3:25"],
      found: { kind: "killed", ranks: [3] },
      more: { kind: "compute-straggler", ranks: [1] },
    },
  ])(
    "is started again and reaches its target after $name, with the right reason in its record",
    async ({ faults, found, more }) => {
      const cwd = await train(faults);
      expect(outcomeOf(cwd)).toBe("reached");
      const restarts = eventsOf(directoryOf(cwd)).filter(({ kind }) => kind === "restarting");
      expect(restarts).toMatchObject([{ fault: found }]);
      expect(await causesOf(cwd)).toEqual(more === undefined ? [] : [more]);
      await expectOrder(cwd);
    },
    120_000,
  );

  test("is stopped when a batch of one rank makes its weights NaN, and that rank is named", async () => {
    const cwd = await train(["nan:1:12"], ["--say", "all"]);
    expect(outcomeOf(cwd)).not.toBe("reached");
    expect(await causesOf(cwd)).toEqual([{ kind: "not-a-number", ranks: [1] }]);
    await expectOrder(cwd);
  }, 120_000);
});
