import { createHash } from "node:crypto";
import { join } from "node:path";
import { errorMessage } from "../../foundation/errors/error-code.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import { describeRefusal, readBytesSync } from "../open-file.ts";
import type { RoundFolder } from "./find-rounds.ts";
import { isResultRow } from "./is-result-row.ts";
import type { TableLine, TableReading } from "./parquet-file.ts";
import { rowColumns } from "./result-tables.ts";
import { rowsCacheName, unpackRowsCache } from "./rows-cache.ts";

/** Reads lines of a round's Parquet file, if the file matches the checksum in the manifest. */
export async function readTable(
  round: RoundFolder,
  file: string,
  wanted: TableReading,
  problems: ResultsProblem[],
): Promise<TableLine[] | undefined> {
  const vouched = readVouched(round, file, problems);
  return vouched && unpack({ round, file, problems }, vouched.bytes, wanted);
}

/** Reads a round's rows: from the cache if it was created from exactly the file in the manifest. */
export async function readRows(
  round: RoundFolder,
  problems: ResultsProblem[],
): Promise<ResultRow[] | undefined> {
  const file = "rows.parquet";
  const vouched = readVouched(round, file, problems);
  if (vouched === undefined) return undefined;
  const cache = readCache(round);
  const cached = cache && unpackRowsCache(cache, vouched.sha256);
  if (cached !== undefined) return cached;
  const source = { round, file, problems };
  const lines = await unpack(source, vouched.bytes, { columns: rowColumns });
  if (lines === undefined || lines.every(isResultRow)) return lines;
  const strangeCount = lines.filter((line) => !isResultRow(line)).length;
  const reason = `${strangeCount} rows are not of the kind that this version reads`;
  problems.push({ kind: "file-unreadable", folder: round.folder, file, reason });
  return undefined;
}

function readCache({ folder }: RoundFolder): Buffer | undefined {
  const read = readBytesSync(join(folder, rowsCacheName), { followsLinks: true });
  // An unreadable cache is treated as missing.
  return read.kind === "read" ? read.bytes : undefined;
}

/** A file with the SHA-256 in the manifest. */
function readVouched(
  { folder, manifest }: RoundFolder,
  file: string,
  problems: ResultsProblem[],
): { bytes: Uint8Array; sha256: string } | undefined {
  const read = readBytesSync(join(folder, file), { followsLinks: true });
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

interface TableSource {
  round: RoundFolder;
  file: string;
  problems: ResultsProblem[];
}

async function unpack(
  { round, file, problems }: TableSource,
  bytes: Uint8Array,
  wanted: TableReading,
): Promise<TableLine[] | undefined> {
  const { unpackTable } = await import("./parquet-file.ts");
  try {
    return await unpackTable(bytes, wanted);
  } catch (error) {
    // The parser throws errors of various classes.
    const reason = errorMessage(error);
    problems.push({ kind: "file-unreadable", folder: round.folder, file, reason });
    return undefined;
  }
}
