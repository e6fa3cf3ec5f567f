import { isAscii } from "node:buffer";
import { createHash } from "node:crypto";
import { isJsonObject } from "../../foundation/json.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { isResultRow } from "./is-result-row.ts";
import type { TableLine } from "./parquet-file.ts";

// A round's rows as JSON, next to its rows.parquet: a new process needs fifty times as long to unpack Parquet. The
// Parquet file takes precedence: a cache that is missing, outdated or damaged is ignored without a message.
//
// Two lines of text: the source and SHA-256 of the second line; then the rows, without absent values.

/** Its file name in a round's folder. */
export const rowsCacheName = "rows-cache.jsonl";

const schemaVersion = 1;
const lineFeed = 0x0a;

/**
 * Encodes the lines of a rows.parquet as a cache.
 *
 * @param rowsSha256 of the complete rows.parquet
 * @returns undefined if JSON cannot represent a value, such as NaN
 */
export function packRowsCache(lines: readonly TableLine[], rowsSha256: string): string | undefined {
  if (!lines.every((line) => Object.values(line).every(isKeptByJson))) return undefined;
  const body = JSON.stringify(lines);
  const head = JSON.stringify({ schemaVersion, rowsSha256, bodySha256: sha256Of(body) });
  return `${head}\n${body}`;
}

/** Texts, and numbers that JSON preserves. */
function isKeptByJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value === "string";
}

/**
 * The rows in a cache, if it was created from exactly this rows.parquet and is complete; otherwise undefined.
 *
 * @param rowsSha256 of the rows.parquet next to it
 */
export function unpackRowsCache(cache: Buffer, rowsSha256: string): ResultRow[] | undefined {
  const end = cache.indexOf(lineFeed);
  if (end === -1) return undefined;
  const body = cache.subarray(end + 1);
  const head = parse(cache.subarray(0, end));
  const isUsable =
    isJsonObject(head) &&
    head["schemaVersion"] === schemaVersion &&
    head["rowsSha256"] === rowsSha256 &&
    head["bodySha256"] === sha256Of(body);
  if (!isUsable) return undefined;
  const rows = parse(body);
  return Array.isArray(rows) && rows.every(isRow) ? rows : undefined;
}

function isRow(line: unknown): line is ResultRow {
  return isJsonObject(line) && isResultRow(line);
}

function parse(bytes: Buffer): unknown {
  try {
    // Decoding Latin-1 takes half the time of UTF-8.
    return JSON.parse(bytes.toString(isAscii(bytes) ? "latin1" : "utf8"));
  } catch {
    // An empty value is not a cache.
    return undefined;
  }
}

function sha256Of(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
