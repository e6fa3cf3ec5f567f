import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../tests/support/pitwall.ts";
import { unpackSubmission, writeInto } from "../../../tests/support/unpack-submission.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import { type ScoreRequest, scoreSubmission } from "./score-submission.ts";

async function score(
  folder: string,
  options: Partial<ScoreRequest> = {},
): Promise<BenchmarkResult[]> {
  const results: BenchmarkResult[] = [];
  const request = { folders: [folder], workingFolder: "/", ...options };
  for await (const event of scoreSubmission(request, new AbortController().signal))
    if (event.kind === "scored") results.push(event.result);
  return results;
}

async function scoreOne(
  folder: string,
  options: Partial<ScoreRequest> = {},
): Promise<BenchmarkResult> {
  const results = await score(folder, options);
  const [result] = results;
  if (result === undefined || results.length > 1) throw new Error(`${results.length} results`);
  return result;
}

function scoredMinutes({ score }: BenchmarkResult): number | undefined {
  return score.kind === "scored" ? score.scoreMs / 60_000 : undefined;
}

describe("published results, compared with the official summarizer", () => {
  test("Lenovo's bert of round 5.0: score, energy, interpolated reference", async () => {
    const result = await scoreOne(unpackSubmission("lenovo-bert-v5.0"));
    expect(scoredMinutes(result)).toBeCloseTo(3.5712666666666664, 9);
    expect(result.energy).toMatchObject({ kind: "measured", runsEndedByLastReading: 0 });
    expect(result.energy?.kind === "measured" && result.energy.joules).toBeCloseTo(
      1949215.9387540054,
      4,
    );
    expect(result.convergence).toMatchObject({
      kind: "interpolated",
      test: { passes: true, normalisationFactor: 1 },
    });
    expect(result).toMatchObject({
      edition: "training-5.0",
      division: "closed",
      benchmark: "bert",
      findings: [],
    });
    expect(result.system).toMatchObject({
      nodeCount: 1,
      acceleratorCount: 8,
      countsFrom: "system-file",
    });
  });

  test("NVIDIA's llama31_405b of round 5.0: three runs and the largest published factor", async () => {
    const result = await scoreOne(unpackSubmission("nvidia-llama31-405b-v5.0"));
    expect(scoredMinutes(result)).toBeCloseTo(70.19485277777778, 9);
    expect(result.committedScalingFactor).toBe(1.1666666666666667);
    expect(result.recomputedScalingFactor).toBeCloseTo(1.1666666666666667, 15);
    expect(result.samplesToConverge).toBe(276480);
    expect(result.findings).toEqual([]);
  });

  test("NVIDIA's weak scaling of openfold: T, S, M and time", async () => {
    const result = await scoreOne(unpackSubmission("nvidia-openfold-weak-v3.0"));
    expect(result.weak).toMatchObject({
      kind: "scored",
      modelCount: 16,
      instanceScale: 2048,
      acceleratorCount: 2048,
    });
    const minutes = result.weak?.kind === "scored" ? result.weak.timeToTrainAllMs / 60_000 : 0;
    expect(minutes).toBeCloseTo(34.415, 9);
    expect(result.weak?.kind === "scored" && result.weak.modelsPerMinute).toBeCloseTo(
      16 / 34.415,
      9,
    );
  });

  test("NVIDIA's ncf of round 0.5: fifty of a hundred runs are used for the score", async () => {
    const result = await scoreOne(unpackSubmission("nvidia-ncf-v0.5"));
    expect(scoredMinutes(result)).toBeCloseTo(0.473318, 6);
    expect(result.system).toMatchObject({ acceleratorCount: 8, countsFrom: "entry-file" });
  });

  test("NVIDIA's minigo of round 0.6: fails the current rules and is scored by its logged status", async () => {
    const folder = unpackSubmission("nvidia-minigo-v0.6");
    const strict = await scoreOne(folder);
    expect(strict.score).toEqual({ kind: "too-many-failed", failed: 10, allowed: 1 });
    const trusting = await scoreOne(folder, { verdict: "status" });
    expect(scoredMinutes(trusting)).toBeCloseTo(27.392233, 6);
    expect(trusting.system).toMatchObject({
      nodeCount: 1,
      acceleratorCount: 8,
      countsFrom: "broken-system-file",
    });
    expect(trusting.findings.map(({ rule }) => rule)).toEqual([
      "system-file-invalid",
      "counts-not-from-system-file",
    ]);
  });
});

describe("a folder", () => {
  test("keeps its content and modification times", async () => {
    const folder = unpackSubmission("nvidia-llama31-405b-v5.0");
    const before = fingerprint(folder);
    await score(folder);
    expect(fingerprint(folder)).toEqual(before);
  });

  test.each([
    "training_v5.0",
    "training_v5.0/NVIDIA",
    "training_v5.0/NVIDIA/results/eos-dfw_n256_ngc25.01_nemo",
    "training_v5.0/NVIDIA/results/eos-dfw_n256_ngc25.01_nemo/llama31_405b",
  ])("scores the same from %s", async (part) => {
    const result = await scoreOne(join(unpackSubmission("nvidia-llama31-405b-v5.0"), part));
    expect(scoredMinutes(result)).toBeCloseTo(70.19485277777778, 9);
    expect(result.system).toMatchObject({ organisation: "NVIDIA", acceleratorCount: 2048 });
  });

  test("counts once if it is given twice and as part of its round", async () => {
    const folder = unpackSubmission("nvidia-llama31-405b-v5.0");
    const results = await score(folder, {
      folders: [folder, join(folder, "training_v5.0"), folder],
    });
    expect(results).toHaveLength(1);
  });

  test("is excluded if it belongs to the other division", async () => {
    const folder = unpackSubmission("nvidia-llama31-405b-v5.0");
    expect(await score(folder, { division: "open" })).toEqual([]);
    expect(await score(folder, { division: "closed" })).toHaveLength(1);
  });
});

const resultFolder = "training_v5.0/NVIDIA/results/eos-dfw_n256_ngc25.01_nemo/llama31_405b";

/** A modified copy of a published result. */
function changed(change: (folder: string, logs: string) => void): string {
  const folder = unpackSubmission("nvidia-llama31-405b-v5.0");
  change(folder, join(folder, resultFolder));
  return folder;
}

function replaceIn(path: string, from: string, to: string): void {
  writeFileSync(path, readFileSync(path, "latin1").replaceAll(from, to), "latin1");
}

describe("an unusual result", () => {
  test("two benchmarks in one folder: has no score and reports both", async () => {
    const folder = changed((_, logs) =>
      replaceIn(join(logs, "result_2.txt"), '"llama31_405b"', '"bert"'),
    );
    const result = await scoreOne(folder);
    expect(result.score).toEqual({ kind: "not-scored", reason: "benchmarks-differ" });
    expect(result.findings).toContainEqual({
      rule: "benchmarks-differ",
      benchmarks: ["llama31_405b", "bert"],
    });
  });

  test("an unknown benchmark: has no score and suggests the closest name", async () => {
    const folder = changed((_, logs) => {
      for (const name of [0, 1, 2])
        replaceIn(join(logs, `result_${name}.txt`), '"llama31_405b"', '"llama31_405"');
    });
    const result = await scoreOne(folder);
    expect(result.score).toEqual({ kind: "not-scored", reason: "benchmark-unknown" });
    expect(result.findings).toContainEqual({
      rule: "benchmark-unknown",
      benchmark: "llama31_405",
      nearest: "llama31_405b",
    });
  });

  test("a missing scaling.json that the reference requires: is unscaled and reports the factor", async () => {
    const folder = changed((_, logs) => rmSync(join(logs, "scaling.json")));
    const result = await scoreOne(folder);
    expect(result.score).toMatchObject({ kind: "scored" });
    expect(scoredMinutes(result)).toBeCloseTo(70.19485277777778 / 1.1666666666666667, 9);
    expect(result.findings).toEqual([
      {
        rule: "scaling-file-missing",
        path: join(folder, resultFolder, "scaling.json"),
        factor: 322560 / 276480,
      },
    ]);
  });

  test.each([
    { name: "is no JSON", text: "1.5", reason: /not a positive number/ },
    { name: "is cut off", text: '{"scaling_factor": ', reason: /JSON/ },
    { name: "is negative", text: '{"scaling_factor": -1}', reason: /not a positive number/ },
  ])("a scaling.json that $name: is unscaled and reports the reason", async ({ text, reason }) => {
    const result = await scoreOne(
      changed((folder) => writeInto(folder, `${resultFolder}/scaling.json`, text)),
    );
    expect(result.committedScalingFactor).toBe(1);
    expect(result.findings).toMatchObject([
      { rule: "scaling-file-invalid", reason: expect.stringMatching(reason) },
    ]);
  });

  test("a scaling.json with a different factor: uses it and reports both", async () => {
    const result = await scoreOne(
      changed((folder) =>
        writeInto(folder, `${resultFolder}/scaling.json`, '{"scaling_factor": 1.5}'),
      ),
    );
    expect(scoredMinutes(result)).toBeCloseTo((70.19485277777778 / 1.1666666666666667) * 1.5, 9);
    expect(result.findings).toEqual([
      { rule: "scaling-differs", committed: 1.5, factor: 322560 / 276480 },
    ]);
  });

  test("two logs with the same number: count as one run", async () => {
    const folder = changed((_, logs) =>
      writeFileSync(join(logs, "result_01.txt"), readFileSync(join(logs, "result_1.txt"))),
    );
    const { findings } = await scoreOne(folder);
    expect(findings).toContainEqual({
      rule: "result-number-repeated",
      number: 1,
      logs: expect.arrayContaining(["result_1.txt", "result_01.txt"]),
    });
    expect(findings).toContainEqual({
      rule: "run-repeated",
      logs: expect.arrayContaining(["result_1.txt", "result_01.txt"]),
    });
    expect(findings).toContainEqual({ rule: "run-count", have: 4, need: 3 });
  });

  test("a system description with a trailing comma: is scored with counts extracted from the text", async () => {
    const path = "training_v5.0/NVIDIA/systems/eos-dfw_n256_ngc25.01_nemo.json";
    const folder = changed((folder) => replaceIn(join(folder, path), "}", ",}"));
    const result = await scoreOne(folder);
    expect(scoredMinutes(result)).toBeCloseTo(70.19485277777778, 9);
    expect(result.system).toMatchObject({
      nodeCount: 256,
      acceleratorCount: 2048,
      countsFrom: "broken-system-file",
    });
    expect(result.findings).toMatchObject([
      { rule: "system-file-invalid", reason: expect.stringContaining("JSON") },
      { rule: "counts-not-from-system-file" },
    ]);
  });

  test("no system description: is scored and reports that it is missing", async () => {
    const path = "training_v5.0/NVIDIA/systems/eos-dfw_n256_ngc25.01_nemo.json";
    const folder = changed((folder) => rmSync(join(folder, path)));
    expect((await scoreOne(folder)).findings).toEqual([
      { rule: "system-file-missing", path: join(folder, path) },
    ]);
  });

  test("a truncated log: drops the run and reports the reason", async () => {
    const folder = changed((_, logs) => {
      const path = join(logs, "result_1.txt");
      const text = readFileSync(path, "latin1");
      writeFileSync(path, text.slice(0, text.indexOf('"run_stop"') - 60), "latin1");
    });
    const result = await scoreOne(folder);
    expect(result.score.kind).toBe("scored");
    expect(result.runs[1]?.fate).toEqual({
      kind: "failed",
      failure: { kind: "not-converged", status: undefined },
    });
  });
});

describe("an invalid request", () => {
  test.each([
    { name: "a folder that is not there", code: "folder-missing", prepare: () => "nowhere" },
    {
      name: "an empty folder",
      code: "folder-empty",
      prepare: (folder: string) => {
        mkdirSync(join(folder, "empty"));
        return "empty";
      },
    },
    {
      name: "a folder without results",
      code: "not-a-submission",
      prepare: (folder: string) => {
        writeInto(folder, "photos/cat.txt", "cat");
        return "photos";
      },
    },
    {
      name: "a file",
      code: "folder-is-a-file",
      prepare: (folder: string) => {
        writeInto(folder, "result_0.txt", "");
        return "result_0.txt";
      },
    },
    {
      name: "a path without a round",
      code: "edition-unknown",
      prepare: (folder: string) => {
        writeInto(folder, "mine/result_0.txt", "");
        return "mine";
      },
    },
    {
      name: "a round that nobody knows",
      code: "edition-unknown",
      prepare: (folder: string) => {
        writeInto(folder, "training_v9.9/result_0.txt", "");
        return "training_v9.9";
      },
    },
  ])("is refused: $name", async ({ code, prepare }) => {
    const folder = temporaryFolder();
    const asked = score(join(folder, prepare(folder)));
    await expect(asked).rejects.toBeInstanceOf(UserError);
    await expect(asked).rejects.toMatchObject({ code, hint: expect.any(String) });
  });

  test("refuses an unknown edition and suggests the closest one", async () => {
    const asked = score(unpackSubmission("nvidia-llama31-405b-v5.0"), { edition: "hpc-3.1" });
    await expect(asked).rejects.toMatchObject({
      code: "edition-unknown",
      hint: expect.stringContaining("hpc-3.0"),
    });
  });

  test.each(["5.0", "v5.0", "training_v5.0", "training-5.0", "5.0.0"])(
    "understands the edition %s",
    async (edition) => {
      const folder = unpackSubmission("nvidia-llama31-405b-v5.0");
      expect((await scoreOne(folder, { edition })).edition).toBe("training-5.0");
    },
  );

  test("stops when the request is aborted", async () => {
    const events = scoreSubmission(
      { folders: [unpackSubmission("nvidia-llama31-405b-v5.0")], workingFolder: "/" },
      AbortSignal.abort(),
    );
    await expect(async () => {
      for await (const event of events) void event;
    }).rejects.toThrow(/abort/i);
  });
});

function fingerprint(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((name) => {
      const { mtimeMs, size } = statSync(join(folder, name));
      return `${name} ${mtimeMs} ${size}`;
    });
}
