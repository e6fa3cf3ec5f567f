import { createHash } from "node:crypto";
import { join } from "node:path";
import { errorMessage } from "../../foundation/error-code.ts";
import type { ResultRow } from "../../schema/atlas/result-row.ts";
import type { ResultsProblem } from "../../schema/atlas/results-problem.ts";
import { describeRefusal, readBytes } from "../open-file.ts";
import type { RoundPlace } from "./find-rounds.ts";
import { isResultRow } from "./is-result-row.ts";
import type { TableLine, TableReading } from "./parquet-file.ts";
import { rowColumns } from "./result-tables.ts";
import { rowsCacheName, unpackRowsCache } from "./rows-cache.ts";

/** Reads lines of one of a round's Parquet files, if the manifest vouches for it. */
export async function readTable(
  round: RoundPlace,
  file: string,
  wanted: TableReading,
  problems: ResultsProblem[],
): Promise<TableLine[] | undefined> {
  const vouched = await readVouched(round, file, problems);
  return vouched && unpack({ round, file, problems }, vouched.bytes, wanted);
}

/** Reads a round's rows: from their cache where that was made of the very file that the manifest vouches for. */
export async function readRows(
  round: RoundPlace,
  problems: ResultsProblem[],
): Promise<ResultRow[] | undefined> {
  const file = "rows.parquet";
  const [vouched, cache] = await Promise.all([
    readVouched(round, file, problems),
    readCache(round),
  ]);
  if (vouched === undefined) return undefined;
  const cached = cache && unpackRowsCache(cache, vouched.sha256);
  if (cached !== undefined) return cached;
  const place = { round, file, problems };
  const lines = await unpack(place, vouched.bytes, { columns: rowColumns });
  if (lines === undefined || lines.every(isResultRow)) return lines;
  const strangeCount = lines.filter((line) => !isResultRow(line)).length;
  const reason = `${strangeCount} rows are not of the kind that this version reads`;
  problems.push({ kind: "file-unreadable", folder: round.folder, file, reason });
  return undefined;
}

async function readCache({ folder }: RoundPlace): Promise<Buffer | undefined> {
  const read = await readBytes(join(folder, rowsCacheName), { followsLinks: true });
  // Whatever is wrong with it, it is only a cache.
  return read.kind === "read" ? read.bytes : undefined;
}

/** A file whose sha256 is the manifest's. */
async function readVouched(
  { folder, manifest }: RoundPlace,
  file: string,
  problems: ResultsProblem[],
): Promise<{ bytes: Uint8Array; sha256: string } | undefined> {
  const read = await readBytes(join(folder, file), { followsLinks: true });
  if (read.kind === "missing") {
    problems.push({ kind: "file-missing", folder, file });
    return undefined;
  }
  if (read.kind !== "read") {
    const reason = describeRefusal(read);
    problems.push({ kind: "file-unreadable", folder, file, reason });
    return undefined;
  }
  const { bytes } = read;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 === manifest.files[file]?.sha256) return { bytes, sha256 };
  problems.push({ kind: "file-changed", folder, file });
  return undefined;
}

interface TablePlace {
  round: RoundPlace;
  file: string;
  problems: ResultsProblem[];
}

async function unpack(
  { round, file, problems }: TablePlace,
  bytes: Uint8Array,
  wanted: TableReading,
): Promise<TableLine[] | undefined> {
  const { unpackTable } = await import("./parquet-file.ts");
  try {
    return await unpackTable(bytes, wanted);
  } catch (error) {
    // The parser throws what it stumbles over, as errors of all kinds.
    const reason = errorMessage(error);
    problems.push({ kind: "file-unreadable", folder: round.folder, file, reason });
    return undefined;
  }
}
