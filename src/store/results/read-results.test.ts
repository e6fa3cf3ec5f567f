import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { RunCurve } from "../../schema/atlas/results/run-curve.ts";
import { packTable, unpackTable } from "./parquet-file.ts";
import { readResultRow, readResultRows, readResultRuns, readRunCurves } from "./read-results.ts";
import type { RoundContents } from "../../schema/atlas/rounds/round-contents.ts";
import { rowColumns } from "./result-tables.ts";
import { writeResults } from "./write-results.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pitwall-results-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function row(rowId: string, more: Partial<ResultRow> = {}): ResultRow {
  const [, round = ""] = rowId.split("/");
  return {
    rowId,
    suite: "mlperf-training",
    round,
    submitter: "Acme",
    system: "node8",
    benchmark: "bert",
    benchmarkAsPublished: "bert",
    compatibilityGroup: 2,
    scaling: "strong",
    runCount: 3,
    convergedRunCount: 3,
    scoreKind: "score",
    scalingFactor: 1,
    source: 'somewhere, "quoted"\n',
    ...more,
  };
}

function roundOf(
  round: string,
  rows: readonly ResultRow[],
  curves: readonly RunCurve[] = [],
): RoundContents {
  return {
    manifest: {
      suite: "mlperf-training",
      round,
      sourceRepository: "here",
      licence: "none",
      changes: "none",
      logCount: 0,
      missing: [],
    },
    rows,
    runs: rows.map(({ rowId }) => ({
      rowId,
      run: "result_0",
      fate: "counted",
      timeToTrainMs: 1.5,
    })),
    curves,
  };
}

const write = (into: string, round: RoundContents): Promise<unknown> =>
  writeResults(into, round, "pitwall 0.0.0");
const a = "mlperf-training/v5.0/Acme/node8/bert";

describe("readResultRows", () => {
  test("returns what was written; absent fields stay absent", async () => {
    const rows = [row(a, { scoreMs: 1234.567, nodeCount: 1 }), row(`${a}2`, { division: "open" })];
    await write(folder, roundOf("v5.0", rows));
    const read = await readResultRows([folder]);
    expect(read.problems).toEqual([]);
    expect(read.rows).toEqual(rows);
    expect(Object.keys(read.rows[1] ?? {})).not.toContain("scoreMs");
  });

  test("replaces a round that is imported again", async () => {
    await write(folder, roundOf("v5.0", [row(a), row(`${a}2`)]));
    await write(folder, roundOf("v5.0", [row(a, { scoreMs: 7 })]));
    const { rows, manifests } = await readResultRows([folder]);
    expect(rows.map(({ scoreMs }) => scoreMs)).toEqual([7]);
    expect(manifests).toHaveLength(1);
  });

  test("uses the later folder for a row in both folders, and keeps the other rows of the round", async () => {
    const own = join(folder, "own");
    await write(join(folder, "shipped"), roundOf("v5.0", [row(a), row(`${a}2`)]));
    await write(own, roundOf("v5.0", [row(a, { scoreMs: 7 })]));
    const { rows } = await readResultRows([join(folder, "shipped"), own]);
    expect(rows.map(({ rowId, scoreMs }) => [rowId, scoreMs])).toEqual([
      [a, 7],
      [`${a}2`, undefined],
    ]);
  });

  test("reads files written before score kinds existed as scores by the rules", async () => {
    const { scoreKind: _, ...formerColumns } = rowColumns;
    const rows = [{ ...row(a, { scoreMs: 5 }) }];
    const former = { linesPerGroup: 10, createdBy: "pitwall 0.0.0" };
    const bytes = await packTable(rows, { ...former, columns: formerColumns });
    expect(await unpackTable(bytes, { columns: formerColumns })).not.toEqual(rows);
    expect(await unpackTable(bytes, { columns: rowColumns })).toEqual(rows);
    const where = { rowId: a };
    expect(await unpackTable(bytes, { columns: rowColumns, where })).toEqual(rows);
  });

  test("reports no problem if there is no folder", async () => {
    expect(await readResultRows([join(folder, "none")])).toEqual({
      rows: [],
      manifests: [],
      problems: [],
    });
  });

  const spoil: readonly { name: string; kind: string; how: (round: string) => Promise<unknown> }[] =
    [
      {
        name: "a manifest that is gone",
        kind: "manifest-missing",
        how: (round) => rm(join(round, "manifest.json")),
      },
      {
        name: "a manifest that is cut off",
        kind: "manifest-invalid",
        how: (round) => writeFile(join(round, "manifest.json"), '{"schemaVersion": 1, "su'),
      },
      {
        name: "rows that are gone",
        kind: "file-missing",
        how: (round) => rm(join(round, "rows.parquet")),
      },
      {
        name: "rows with a byte too many",
        kind: "file-changed",
        how: (round) => appendFile(join(round, "rows.parquet"), "x"),
      },
      {
        name: "rows that are not Parquet but match the manifest",
        kind: "file-unreadable",
        how: (round) => vouchFor(round, Buffer.from("PAR1 not really PAR1")),
      },
      {
        name: "empty rows, vouched for",
        kind: "file-unreadable",
        how: (round) => vouchFor(round, Buffer.alloc(0)),
      },
    ];

  test.each(spoil)("reports $name, and reads the other rounds", async ({ kind, how }) => {
    await write(folder, roundOf("v4.1", [row("mlperf-training/v4.1/Acme/node8/bert")]));
    await write(folder, roundOf("v5.0", [row(a)]));
    const spoilt = join(folder, "mlperf-training-v5.0");
    await how(spoilt);
    const { rows, problems } = await readResultRows([folder]);
    expect(rows.map(({ round }) => round)).toEqual(["v4.1"]);
    expect(problems).toMatchObject([{ kind, folder: spoilt }]);
  });

  test("handles a file that is truncated at any position", async () => {
    await write(folder, roundOf("v5.0", [row(a), row(`${a}2`)]));
    const round = join(folder, "mlperf-training-v5.0");
    const whole = await readFile(join(round, "rows.parquet"));
    for (let length = 0; length < whole.length; length += 97) {
      await vouchFor(round, whole.subarray(0, length));
      const { rows, problems } = await readResultRows([folder]);
      expect([rows, problems.map(({ kind }) => kind)]).toEqual([[], ["file-unreadable"]]);
    }
  });

  test("ignores an import that is in progress", async () => {
    await mkdir(join(folder, "mlperf-training-v5.0.draft-123"));
    expect((await readResultRows([folder])).problems).toEqual([]);
  });
});

async function vouchFor(round: string, bytes: Uint8Array): Promise<void> {
  const { createHash } = await import("node:crypto");
  const path = join(round, "manifest.json");
  const text = await readFile(path, "utf8");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await writeFile(join(round, "rows.parquet"), bytes);
  await writeFile(
    path,
    text.replace(/("rows\.parquet": \{[^}]*"sha256": ")[0-9a-f]{64}/, `$1${sha256}`),
  );
}

describe("readResultRow", () => {
  test("finds a row in the last folder that has it, without reading other rounds", async () => {
    const [shipped, own] = [join(folder, "shipped"), join(folder, "own")];
    await write(shipped, roundOf("v5.0", [row(a), row(`${a}2`, { scoreMs: 5 })]));
    await write(own, roundOf("v5.0", [row(a, { scoreMs: 7 })]));
    await write(own, roundOf("v4.0", [row("mlperf-training/v4.0/Acme/node8/bert")]));
    await rm(join(own, "mlperf-training-v4.0", "rows.parquet"));
    const folders = [shipped, own];
    expect((await readResultRow(a, folders))?.scoreMs).toBe(7);
    expect((await readResultRow(`${a}2`, folders))?.scoreMs).toBe(5);
    expect(await readResultRow("mlperf-training/v5.0/nothing", folders)).toBeUndefined();
    expect(await readResultRow("../..", folders)).toBeUndefined();
  });
});

describe("readResultRuns and readRunCurves", () => {
  const curve = (rowId: string, run: string): RunCurve => ({
    rowId,
    run,
    series: "quality",
    metricName: "eval_accuracy",
    clockMs: [10, 2_000_000_000],
    value: [0.123456, 0.72],
    samples: [1_157_627_904, 37.5],
    pointCount: 12,
  });

  test("return those of one row, and of one run", async () => {
    const curves = [curve(a, "result_0"), curve(a, "result_1"), curve(`${a}2`, "result_0")];
    await write(folder, roundOf("v5.0", [row(a), row(`${a}2`)], curves));
    const all = await readRunCurves(a, { folders: [folder] });
    expect(all).toEqual({ items: curves.slice(0, 2), problems: [] });
    const one = await readRunCurves(a, { run: "result_1", folders: [folder] });
    expect(one.items).toEqual([curves[1]]);
    const { items } = await readResultRuns(`${a}2`, [folder]);
    expect(items).toEqual([
      { rowId: `${a}2`, run: "result_0", fate: "counted", timeToTrainMs: 1.5 },
    ]);
  });

  test("report a file that was changed", async () => {
    await write(folder, roundOf("v5.0", [row(a)], [curve(a, "result_0")]));
    await appendFile(join(folder, "mlperf-training-v5.0", "curves.parquet"), "x");
    const { items, problems } = await readRunCurves(a, { folders: [folder] });
    expect(items).toEqual([]);
    expect(problems).toMatchObject([{ kind: "file-changed", file: "curves.parquet" }]);
  });
});
