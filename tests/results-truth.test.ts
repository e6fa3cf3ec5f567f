import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readTable } from "../src/formats/csv-table.ts";
import { type ResultRow, resultRow } from "../src/schema/atlas/results/result-row.ts";
import { resultRun } from "../src/schema/atlas/results/result-run.ts";
import { runCurve } from "../src/schema/atlas/results/run-curve.ts";
import {
  findRoundFiles,
  readResultRows,
  readResultRuns,
  readRunCurves,
} from "../src/store/results/read-results.ts";

const fixture = (name: string): string =>
  new URL(`fixtures/results/${name}`, import.meta.url).pathname;

function readCells<Column extends string>(
  path: string,
  columns: readonly Column[],
): ((column: Column) => string)[] {
  const reader = readTable(path, columns, (line) => (column: Column) => line.text(column));
  return [...reader.push(readFileSync(path)), ...reader.end()];
}

const { rows, manifests, problems } = await readResultRows();
const round = (name: string): { suite: string; round: string } => ({
  suite: name.startsWith("hpc") ? "mlperf-hpc" : "mlperf-training",
  round: name.replace(/^\w+_/, ""),
});
const ofRound = (name: string): ResultRow[] => {
  const wanted = round(name);
  return rows.filter((row) => row.suite === wanted.suite && row.round === wanted.round);
};

describe("the shipped results", () => {
  test("are read without a problem, and each row is one by the noun", () => {
    expect(problems).toEqual([]);
    expect(rows.map((row) => resultRow.parse(row))).toEqual(rows);
    expect(new Set(rows.map(({ rowId }) => rowId)).size).toBe(rows.length);
  });

  test("take at most 12 MB together", () => {
    const bytes = manifests.flatMap(({ files }) => Object.values(files)).map((file) => file.bytes);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(12e6);
  });

  test("count what their manifests count", () => {
    for (const { suite, round, resultCount } of manifests)
      expect(
        rows.filter((row) => row.suite === suite && row.round === round).length,
        `${suite} ${round}`,
      ).toBe(resultCount);
  });

  test("have every score of the official tables", async () => {
    const cells = readCells(fixture("official-scores.csv"), [
      "round",
      "system",
      "scaling",
      "benchmark",
      "minutes",
    ]);
    const wrong = cells
      .map((cell) => {
        const scores = ofRound(cell("round"))
          .filter(
            (row) =>
              row.system === cell("system") &&
              row.benchmarkAsPublished === cell("benchmark") &&
              row.scaling === cell("scaling"),
          )
          .map((row) => (row.scoreMs ?? Number.NaN) / 60_000);
        const minutes = Number(cell("minutes"));
        const isThere = scores.some((score) => Math.abs(score - minutes) <= 1e-6 * minutes);
        return isThere
          ? undefined
          : { of: cell("system"), benchmark: cell("benchmark"), minutes, scores };
      })
      .filter((each) => each !== undefined);
    expect(cells.length).toBeGreaterThan(800);
    expect(wrong).toEqual([]);
  });

  test("equal an independent count of the same logs, folder by folder", async () => {
    const lines = readCells(fixture("recomputed-scores.csv"), [
      "round",
      "dir",
      "accelerators",
      "nodes",
      "runs",
      "passed",
      "score_min",
      "score_unscaled_min",
      "scaling_factor",
    ]);
    const bySource = new Map(
      rows.map((row) => [`${row.suite} ${row.round} ${row.source.split("/tree/main/")[1]}`, row]),
    );
    const known = (text: string): number | undefined =>
      text === "" || Number(text) === 0 ? undefined : Number(text);
    const wrong: unknown[] = [];
    // HPC's runs that were taken out of a result are not a result.
    for (const line of lines.filter((one) => !one("dir").endsWith("/pruned_results"))) {
      const { suite, round: name } = round(line("round"));
      const row = bySource.get(`${suite} ${name} ${encodeURI(line("dir"))}`);
      const score = known(line("score_min"));
      const unscaled = known(line("score_unscaled_min"));
      const isEqual =
        row?.runCount === Number(line("runs")) &&
        row.convergedRunCount === Number(line("passed")) &&
        Math.abs(row.scalingFactor - Number(line("scaling_factor"))) <= 1e-6 &&
        isClose(row.scoreMs, score) &&
        isClose(row.unscaledMs, unscaled) &&
        (hasOtherCount(line("dir")) ||
          (row.acceleratorCount === known(line("accelerators")) &&
            row.nodeCount === known(line("nodes"))));
      if (!isEqual) wrong.push({ dir: line("dir"), row });
    }
    expect(lines.length).toBe(953);
    expect(wrong).toEqual([]);
  });

  test("name every accelerator, or say that there is none", () => {
    const mlperf = rows.filter(({ suite }) => suite.startsWith("mlperf"));
    const unnamed = mlperf.filter(
      (row) => row.acceleratorCount !== undefined && row.accelerator === undefined,
    );
    // Alibaba's three results of round 0.7 have no description of the system.
    expect(unnamed.map(({ rowId }) => rowId).filter((id) => !id.includes("v0.7/Alibaba/"))).toEqual(
      [],
    );
    expect(mlperf.filter(({ accelerator }) => accelerator === "tpu")).toEqual([]);
    expect(mlperf.filter((row) => row.acceleratorFamily === undefined && row.accelerator)).toEqual(
      [],
    );
  });

  test("reproduce the press figures of round 3.1", () => {
    const best = (benchmark: string, count: number): number | undefined =>
      Math.min(
        ...ofRound("training_v3.1")
          .filter((row) => row.benchmark === benchmark && row.acceleratorCount === count)
          .map((row) => (row.scoreMs ?? Number.NaN) / 60_000),
      );
    expect(best("gpt3", 10_752)).toBeCloseTo(3.917, 3);
    expect(best("stable_diffusion", 1024)).toBeCloseTo(2.466, 3);
    expect(best("bert", 3472)).toBeCloseTo(0.1193, 4);
    expect(best("retinanet", 2048)).toBeCloseTo(0.9193, 4);
  });

  test("link to a folder of the round's repository", () => {
    const row = rows.find(({ rowId }) => rowId.startsWith("mlperf-training/v5.0/AMD/"));
    expect(row?.source).toMatch(
      /^https:\/\/github\.com\/mlcommons\/training_results_v5\.0\/tree\/main\/AMD\/results\/.+/,
    );
  });
});

/** Round 0.5's clusters of NVIDIA, of which a run used a part, are counted in the independent count. */
function hasOtherCount(dir: string): boolean {
  return dir in counted || /^v0\.5\.0\/nvidia\/.*_multi_/.test(dir);
}

/** Its description does not parse, and has the counts all the same; the independent count leaves them open. */
const counted: Readonly<Record<string, string>> = {
  "Alibaba/results/sinian/resnet": "a comma too many in the description",
};

function isClose(ms: number | undefined, minutes: number | undefined): boolean {
  if (ms === undefined || minutes === undefined) return ms === minutes;
  // The table has six decimals.
  return Math.abs(ms / 60_000 - minutes) <= 1e-6;
}

describe("the runs and curves of a result", () => {
  const row = rows.find(
    ({ rowId }) => rowId === "mlperf-training/v5.0/NVIDIA/tyche_ngpu512_ngc25.04_pytorch/bert",
  );

  test("agree with its row", async () => {
    const { items, problems } = await readResultRuns(row?.rowId ?? "");
    expect(problems).toEqual([]);
    expect(items.map((run) => resultRun.parse(run))).toEqual(items);
    expect(items).toHaveLength(row?.runCount ?? -1);
    const times = items
      .filter(({ fate }) => fate === "counted")
      .map((run) => run.timeToTrainMs ?? 0);
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
    expect(mean).toBeCloseTo(row?.unscaledMs ?? 0, 6);
    expect(items.filter(({ fate }) => fate === "slowest")).toHaveLength(1);
  });

  test("end at the target, within the run's time", async () => {
    const { items: runs } = await readResultRuns(row?.rowId ?? "");
    for (const run of runs) {
      const { items } = await readRunCurves(row?.rowId ?? "", { run: run.run });
      expect(items.map((curve) => runCurve.parse(curve))).toEqual(items);
      const quality = items.find(({ series }) => series === "quality");
      expect(quality?.value.at(-1)).toBeGreaterThanOrEqual(0.72);
      expect(quality?.samples?.at(-1)).toBe(run.samplesToConverge);
      expect(Math.max(...items.flatMap(({ clockMs }) => clockMs))).toBeLessThanOrEqual(
        (run.timeToTrainMs ?? 0) + 1000,
      );
      expect(items.map(({ series }) => series)).toContain("samplesPerSecond");
    }
  });

  test("are empty for an unknown row", async () => {
    expect(await readResultRuns("mlperf-training/v9.9/Nobody/x/bert")).toEqual({
      items: [],
      problems: [],
    });
    expect(await readRunCurves("../../etc")).toEqual({ items: [], problems: [] });
  });
});

const duckdb = await import("@duckdb/node-api").catch(() => undefined);

test.skipIf(duckdb === undefined)(
  "another program reads the Parquet files (skipped: @duckdb/node-api is not installed)",
  async () => {
    if (duckdb === undefined) return;
    const connection = await (await duckdb.DuckDBInstance.create()).connect();
    const first = async (sql: string): Promise<unknown> =>
      (await connection.runAndReadAll(sql)).getRowObjects()[0];
    const { rounds } = await findRoundFiles();
    const files = rounds.find(({ manifest }) => manifest.round === "v5.0");
    if (files === undefined) throw new Error("round 5.0 is not shipped");
    const count = (file: string): Promise<unknown> =>
      first(
        `select count(*)::int as n, count(distinct "rowId")::int as results from read_parquet('${file.replaceAll("'", "''")}')`,
      );
    expect(await count(files.rows)).toEqual({ n: 201, results: 201 });
    expect(await count(files.runs)).toEqual({ n: 1717, results: 201 });
    expect(await count(files.curves)).toMatchObject({
      n: files.manifest.files["curves.parquet"]?.rowCount,
    });
    const scores = ofRound("training_v5.0")
      .filter(({ benchmark }) => benchmark === "llama31_405b")
      .map(({ scoreMs }) => scoreMs ?? Number.NaN);
    expect(
      await first(
        `select min("scoreMs") as best from read_parquet('${files.rows}') where benchmark = 'llama31_405b'`,
      ),
    ).toEqual({ best: Math.min(...scores) });
    connection.closeSync();
  },
);

test("every shipped manifest says where its round is from", () => {
  for (const { sourceRepository, licence, importedBy } of manifests) {
    expect(sourceRepository).toMatch(/^https:\/\/github\.com\//);
    expect(licence).toMatch(/^(?:Apache-2\.0|MIT)$/);
    expect(importedBy).toMatch(/^pitwall \d+\.\d+\.\d+$/);
  }
});
