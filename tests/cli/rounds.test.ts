import { describe, expect, test } from "vitest";
import { benchmarksCommand } from "../../src/cli/commands/benchmarks.ts";
import { roundsCommand } from "../../src/cli/commands/rounds.ts";
import { pitwall } from "../support/pitwall.ts";

async function resultOf(words: readonly string[]) {
  return JSON.parse((await pitwall([...words, "--json"])).stdout).result;
}

describe("pitwall rounds", () => {
  test("counts what a round contains", async () => {
    const { rounds } = await resultOf(["rounds", "v3.1"]);
    expect(rounds).toHaveLength(1);
    expect(rounds[0]).toMatchObject({
      suite: "mlperf-training",
      publishedOn: "2023-11-08",
      systemCount: 83,
      newBenchmarks: ["stable_diffusion"],
      goneBenchmarks: [],
      largest: { acceleratorCount: 10_752, benchmark: "gpt3" },
    });
    expect(rounds[0].submitters).toHaveLength(19);
  });

  test("lists a record with the one that it beat", async () => {
    const { rounds } = await resultOf(["rounds", "v3.1"]);
    const { row, previous } = rounds[0].records.find(
      (record: { row: { benchmark: string } }) => record.row.benchmark === "gpt3",
    );
    expect(row.scoreMs / 60_000).toBeCloseTo(3.9172, 4);
    expect(previous.scoreMs / 60_000).toBeCloseTo(10.9405, 3);
  });

  test("lists the round of training before the one of HPC", async () => {
    const { rounds } = await resultOf(["rounds", "v3.0"]);
    const suites = rounds.map(({ suite }: { suite: string }) => suite);
    expect(suites).toEqual(["mlperf-training", "mlperf-hpc"]);
  });

  test("does not call a benchmark new whose earlier logs are missing", async () => {
    const { rounds } = await resultOf(["rounds", "v0.6"]);
    expect(rounds[0]).toMatchObject({ newBenchmarks: [], goneBenchmarks: ["ncf"] });
  });

  test("names the largest system by nodes where accelerators are not counted", async () => {
    const { stdout } = await pitwall(["rounds", "v0.7"]);
    expect(stdout).toContain("16,384 nodes without a count of accelerators, Fujitsu fugaku");
  });

  test("names the known rounds for an unknown one", async () => {
    const ran = await pitwall(["rounds", "v4.2"]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain("no results for round `v4.2`");
    expect(ran.stderr).toMatch(/did you mean `v\d\.\d`/u);
  });
});

describe("pitwall benchmarks", () => {
  test.each([
    { benchmark: "bert", lastRound: "v5.0", successor: "llama31_8b", firstRound: "v5.1" },
    { benchmark: "gpt3", lastRound: "v4.1", successor: "llama31_405b", firstRound: "v5.0" },
    { benchmark: "stable_diffusion", lastRound: "v5.0", successor: "flux1", firstRound: "v5.1" },
    { benchmark: "ssd", lastRound: "v1.1", successor: "retinanet", firstRound: "v2.0" },
    { benchmark: "dlrm", lastRound: "v2.1", successor: "dlrm_dcnv2", firstRound: "v3.0" },
  ])("says what replaced $benchmark", async ({ benchmark, lastRound, successor, firstRound }) => {
    const { benchmarks } = await resultOf(["benchmarks", benchmark]);
    expect(benchmarks[0].rounds.at(-1)).toBe(lastRound);
    expect(benchmarks[0].successor).toMatchObject({ benchmark: successor, firstRound });
    const [next] = (await resultOf(["benchmarks", successor])).benchmarks;
    expect(next.predecessor).toMatchObject({ benchmark, lastRound });
  });

  test("prints the target, the successor and the records", async () => {
    const { stdout } = await pitwall(["benchmarks", "bert"]);
    expect(stdout).toContain("accuracy >= 0.712 from v0.7, >= 0.72 from v1.0");
    expect(stdout).toContain("replaced by  llama31_8b, since v5.1");
    expect(stdout).toMatch(/v3\.1 +2023-11-08 +0\.1193 +record/u);
  });

  test("finds a benchmark by the name that rounds published", async () => {
    const ran = await pitwall(["benchmarks", "gnn"]);
    expect(ran.stdout).toMatch(/^rgat /u);
    expect(ran.stderr).toContain("note: showing `rgat`");
  });

  test("has facts for every benchmark with results", async () => {
    const { benchmarks } = await resultOf(["benchmarks"]);
    const missing = benchmarks.filter(({ facts }: { facts?: object }) => facts === undefined);
    expect(missing.map(({ benchmark }: { benchmark: string }) => benchmark)).toEqual([]);
  });
});

describe("records that are middle runs", () => {
  test.each([
    ["rounds", "v6.0"],
    ["benchmarks", "llama31_8b"],
  ])("are marked in `pitwall %s %s`", async (...words) => {
    const { stdout } = await pitwall(words);
    expect(stdout).toMatch(/ \*4\.374 /u);
    expect(stdout).toContain("* middle run before scaling");
    expect(stdout).not.toMatch(/~\d/u);
  });
});

describe("the examples in the help", () => {
  test.each([...roundsCommand.examples, ...benchmarksCommand.examples])(
    "$command",
    async ({ command }) => {
      const ran = await pitwall(command.split(" ").slice(1));
      expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    },
  );

  test.each(["csv", "md"])("run with --format %s", async (format) => {
    for (const command of ["rounds", "benchmarks"]) {
      const { stdout, exitCode } = await pitwall([command, "--format", format]);
      expect(exitCode).toBe(0);
      expect(stdout.split("\n").length).toBeGreaterThan(15);
    }
  });
});
