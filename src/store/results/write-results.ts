import { createHash } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RoundContents } from "../../schema/atlas/rounds/round-contents.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { ResultRun } from "../../schema/atlas/results/result-run.ts";
import type { RoundManifest } from "../../schema/atlas/rounds/round-manifest.ts";
import type { RunCurve } from "../../schema/atlas/results/run-curve.ts";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { onDisk } from "../disk-error.ts";
import { makeDirectory } from "../make-directory.ts";
import { packTable, type TableLine, unpackTable } from "./parquet-file.ts";
import {
  type ColumnTable,
  curveColumns,
  type CurvePoint,
  rowColumns,
  runColumns,
} from "./result-tables.ts";
import { roundFolderName } from "./results-folders.ts";
import { packRowsCache, rowsCacheName } from "./rows-cache.ts";

/**
 * Writes a round's folder inside `into`, completely or not at all; replaces an existing round.
 *
 * @param importedBy `pitwall 0.1.0`
 * @returns the round's folder
 * @throws UserError, WorldError disk errors
 */
export async function writeResults(
  into: string,
  round: RoundContents,
  importedBy: string,
): Promise<{ folder: string; manifest: RoundManifest }> {
  const folder = join(into, roundFolderName(round.manifest));
  const packed = await packRound(round, importedBy);
  const manifest: RoundManifest = {
    schemaVersion: 1,
    ...round.manifest,
    importedBy,
    resultCount: round.rows.length,
    runCount: round.runs.length,
    files: Object.fromEntries(
      Object.entries(packed).map(([name, { bytes, rowCount }]) => [
        name,
        { bytes: bytes.length, sha256: sha256Of(bytes), rowCount },
      ]),
    ),
  };
  const cache = await packCache(packed["rows.parquet"].bytes);
  await onDisk(
    { doing: "write the imported round", path: folder, chosenBy: "--into" },
    async () => {
      const draft = `${folder}.draft-${process.pid}`;
      try {
        await makeDirectory(draft);
        for (const [name, { bytes }] of Object.entries(packed))
          await writeFile(join(draft, name), bytes);
        if (cache !== undefined) await writeFile(join(draft, rowsCacheName), cache);
        await writeFile(join(draft, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
        await moveDraft(draft, folder);
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
    },
  );
  return { folder, manifest };
}

interface PackedTable {
  bytes: Uint8Array;
  rowCount: number;
}

/** Small enough to unpack quickly; large enough to keep the overhead per group low. */
const linesPerGroup = 10_000;

async function packRound(
  { rows, runs, curves }: RoundContents,
  createdBy: string,
): Promise<Record<"rows.parquet" | "runs.parquet" | "curves.parquet", PackedTable>> {
  const pack = async (
    lines: readonly TableLine[],
    columns: ColumnTable,
    codec: "GZIP" | "SNAPPY",
  ): Promise<PackedTable> => ({
    bytes: await packTable(lines, { columns, codec, linesPerGroup, createdBy }),
    rowCount: lines.length,
  });
  return {
    "rows.parquet": await pack(rows.toSorted(byRow).map(asLine), rowColumns, "SNAPPY"),
    "runs.parquet": await pack(runs.toSorted(byRow).map(asLine), runColumns, "GZIP"),
    "curves.parquet": await pack(
      curves.toSorted(byRow).flatMap((curve) => pointsOf(curve).map(asLine)),
      curveColumns,
      "GZIP",
    ),
  };
}

/** Built from the decoded file, so that both have the same values. */
async function packCache(rows: Uint8Array): Promise<string | undefined> {
  return packRowsCache(await unpackTable(rows, { columns: rowColumns }), sha256Of(rows));
}

function asLine(noun: ResultRow | ResultRun | CurvePoint): TableLine {
  return { ...noun };
}

/** Sorting is stable: a result's runs keep their order. */
function byRow(a: { rowId: string }, b: { rowId: string }): number {
  if (a.rowId === b.rowId) return 0;
  return a.rowId < b.rowId ? -1 : 1;
}

function pointsOf(curve: RunCurve): CurvePoint[] {
  const { rowId, run, series, metricName, pointCount, clockMs, value, samples } = curve;
  return clockMs.map((pointMs, index) => ({
    rowId,
    run,
    series,
    metricName,
    pointCount,
    clockMs: pointMs,
    value: value[index] ?? 0,
    samples: samples?.[index],
  }));
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Moves the draft to the folder's path, and removes the previous folder. */
async function moveDraft(draft: string, folder: string): Promise<void> {
  await makeDirectory(dirname(folder));
  const former = `${folder}.former-${process.pid}`;
  try {
    await rename(folder, former);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  await rename(draft, folder);
  await rm(former, { recursive: true, force: true });
}
