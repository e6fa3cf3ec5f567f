import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";
import { unpackSubmission, writeInto } from "../support/unpack-submission.ts";

const place = "training_v5.0/NVIDIA/results/eos-dfw_n256_ngc25.01_nemo/llama31_405b";

describe("pitwall score", () => {
  test("prints one result in full, and exits with 0", async () => {
    const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
    const ran = await pitwall(["score", "training_v5.0"], { cwd });
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain("time to train  70.195 min = 60.167 × 1.16667");
    expect(ran.stderr).toBe(
      "\nThese are unverified scores: only MLCommons verifies a submission.\n",
    );
  });

  test("prints one JSON document with everything", async () => {
    const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
    const { stdout, exitCode } = await pitwall(["score", ".", "--json"], { cwd });
    const document: unknown = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({
      schemaVersion: 1,
      command: "score",
      ok: true,
      result: { results: [{ benchmark: "llama31_405b", score: { kind: "scored" } }] },
    });
  });

  test("finds the same on any number of threads, energy included", async () => {
    const cwd = unpackSubmission("lenovo-bert-v5.0");
    const [alone, two, five] = await Promise.all(
      ["1", "2", "5"].map((count) =>
        pitwall(["score", ".", "--json", "--check", "--threads", count], { cwd }),
      ),
    );
    expect(two).toEqual(alone);
    expect(five).toEqual(alone);
    expect(alone?.stdout).toContain('"joules":');
  });

  test("says with --check what `score` and `check` say apart", async () => {
    const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
    const ran = await Promise.all([
      pitwall(["score", ".", "--json", "--check"], { cwd }),
      pitwall(["score", ".", "--json"], { cwd }),
      pitwall(["check", ".", "--json"], { cwd }),
    ]);
    const [both, score, check] = ran.map(({ stdout }) => JSON.parse(stdout).result);
    expect(Object.keys(both)).toEqual(["results", "rules", "logs", "packages"]);
    expect(both).toEqual({ ...score, ...check });
    expect(check.logs).toHaveLength(3);
  });

  test("takes logs of any name in a folder without `result_<n>.txt`", async () => {
    const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
    const logs = "training_v5.0/NVIDIA/results/eos-dfw_n256_ngc25.01_nemo/llama31_405b";
    mkdirSync(join(cwd, "mine"));
    for (const run of [0, 1, 2])
      copyFileSync(join(cwd, logs, `result_${run}.txt`), join(cwd, `mine/run_${run}.log`));
    writeFileSync(join(cwd, "mine/setup.log"), "not of MLPerf\n");
    // The path names no round: it is assumed from the benchmark and the date of the logs.
    const { stdout, stderr } = await pitwall(["score", "mine", "--json"], { cwd });
    expect(stderr).toContain("warning: assumed training-5.0: 3 logs are of 2025-04-");
    const [{ score, runs }] = JSON.parse(stdout).result.results;
    expect(score).toMatchObject({ kind: "scored" });
    expect(runs.map(({ runId }: { runId: string }) => runId)).toEqual([
      "run_0.log",
      "run_1.log",
      "run_2.log",
    ]);
  });

  test("names the runs that only later rules exclude, and how to count them", async () => {
    const cwd = unpackSubmission("azure-bert-v2.1");
    const today = await pitwall(["score", "training_v2.1"], { cwd });
    expect(today.stderr).toContain(
      "note: 2 runs of 1 result failed only by rules that were added after the round; count them with pitwall score training_v2.1 --verdict as-published\n",
    );
    const then = await pitwall(["score", "training_v2.1", "--verdict", "as-published"], { cwd });
    expect(then.stderr).not.toContain("note:");
    const json = await pitwall(["score", "training_v2.1", "--json"], { cwd });
    expect(JSON.parse(json.stdout).result.countAsPublished).toEqual({
      runCount: 2,
      resultCount: 1,
    });
  });

  test("prints the check under the scores, and exits with 1 where a log fails", async () => {
    const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
    const scoreAlone = await pitwall(["score", "."], { cwd });
    const ran = await pitwall(["score", ".", "--check"], { cwd });
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout.startsWith(scoreAlone.stdout)).toBe(true);
    expect(ran.stdout).toContain("\n\nall 3 logs pass   rules training-5.0\n");
    expect(ran.stdout).not.toContain("next: pitwall score");
    // A log that no score needs.
    writeInto(cwd, "training_v5.0/notes/result_9.txt.gz", "");
    const failing = await pitwall(["score", ".", "--check"], { cwd });
    expect(failing.exitCode).toBe(1);
    expect(failing.stdout).toContain("4 logs: 3 pass, 1 fails");
  });

  test("leaves a CSV table one: the check goes to standard error", async () => {
    const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
    const table = await pitwall(["score", ".", "--csv", "official"], { cwd });
    const ran = await pitwall(["score", ".", "--csv", "official", "--check", "--quiet"], { cwd });
    expect(ran).toEqual({
      exitCode: 0,
      stdout: table.stdout,
      stderr: "\nall 3 logs pass   rules training-5.0\n",
    });
  });

  test.each(["official", "official-detailed", "results"])(
    "neutralises a submitter's formula in the %s table, unless `--raw-csv` is given",
    async (table) => {
      const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
      const ordinary = await pitwall(["score", ".", "--csv", table], { cwd });
      const raw = await pitwall(["score", ".", "--csv", table, "--raw-csv"], { cwd });
      expect(raw.stdout).toBe(ordinary.stdout);
      const systems = join(cwd, "training_v5.0/NVIDIA/systems");
      for (const name of readdirSync(systems)) {
        const system: object = JSON.parse(readFileSync(join(systems, name), "utf8"));
        const changed = JSON.stringify({ ...system, system_name: "=1+1" });
        writeFileSync(join(systems, name), changed);
      }
      const changed = await pitwall(["score", ".", "--csv", table], { cwd });
      expect(changed.stdout).toContain(",'=1+1,");
      const changedRaw = await pitwall(["score", ".", "--csv", table, "--raw-csv"], { cwd });
      expect(changedRaw.stdout).toContain(",=1+1,");
    },
  );

  test("scores a round without rules, and says that its logs are not judged", async () => {
    const cwd = unpackSubmission("nvidia-ncf-v0.5");
    const alone = await pitwall(["score", ".", "--json"], { cwd });
    const { stdout, exitCode } = await pitwall(["score", ".", "--check", "--json"], { cwd });
    const { results, logs } = JSON.parse(stdout).result;
    expect(exitCode).toBe(alone.exitCode);
    expect(results).toEqual(JSON.parse(alone.stdout).result.results);
    expect(results).toMatchObject([{ edition: "training-0.5", score: { kind: "scored" } }]);
    expect(logs.length).toBeGreaterThan(50);
    expect(logs.every(({ verdict }: { verdict: string }) => verdict === "not-judged")).toBe(true);
  });

  test("exits with 1 where a result has no score", async () => {
    const cwd = unpackSubmission("nvidia-llama31-405b-v5.0");
    rmSync(join(cwd, place, "result_1.txt"));
    const ran = await pitwall(["score", ".", "--quiet"], { cwd });
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toContain("no score: 2 runs; 3 required");
  });

  test.each([
    {
      name: "an empty folder",
      folder: "empty",
      prepare: (cwd: string) => mkdirSync(join(cwd, "empty")),
    },
    {
      name: "a folder that is not a submission",
      folder: "photos",
      prepare: (cwd: string) => writeInto(cwd, "photos/cat.txt", ""),
    },
    { name: "a folder that is not there", folder: "nowhere", prepare: () => undefined },
    {
      name: "a folder of an unknown round",
      folder: "mine",
      prepare: (cwd: string) => writeInto(cwd, "mine/result_0.txt", ""),
    },
  ])("says what is wrong with $name", async ({ folder, prepare }) => {
    const cwd = temporaryFolder();
    prepare(cwd);
    expect(transcript(await pitwall(["score", folder], { cwd }), cwd)).toMatchSnapshot();
  });
});
