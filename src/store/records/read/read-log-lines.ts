import type { FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { errorCode } from "../../../foundation/errors/error-code.ts";
import type { LogLevel, LogLine } from "../../../schema/dashboard/log-page.ts";
import { errorLine, isMllogLine, isOfLevel, type LogIndex, rankOf } from "./log-lines.ts";
import { openRecordFile } from "./open-record-file.ts";
import { LineScanner, type ScannedLine } from "./scan-lines.ts";

/** Default maximum number of characters per returned line. */
const defaultCharacters = 4000;
const pieceBytes = 1 << 18;
/** Reading stops after this many bytes of a log (earlier for a search); the result contains where to continue. */
const maxReadBytes = 256 << 20;
const maxSearchedBytes = 64 << 20;

/** Which lines of a log to read. */
export interface LogQuery {
  /** From 1; negative counts from the end. */
  from: number;
  limit: number;
  rank?: number | undefined;
  /** Case-insensitive; `error` also finds tracebacks. Searches the first 1 MiB of each line. */
  find?: string | undefined;
  /** Only lines of this level or a more severe one, judged by their words. */
  level?: LogLevel | undefined;
  /** Leaves out MLPerf log events. */
  hidesMllog?: boolean | undefined;
  /** Longer lines are cut; default 4,000 characters. */
  characters?: number | undefined;
}

/**
 * Reads complete lines of a log, in time proportional to the bytes read and with at most 1 MiB of a line in memory.
 *
 * @returns `nextFrom`: where to continue; undefined at the end
 */
export async function readLogLines(
  path: string,
  index: LogIndex,
  query: LogQuery,
): Promise<{ lines: LogLine[]; nextFrom: number | undefined }> {
  const from = firstLine(index, query.from);
  const matches = matcherOf(query);
  const lines: LogLine[] = [];
  const maxBytes = maxBytesOf(query);
  let number = 0;
  let bytesRead = 0;
  for await (const piece of linesFrom(path, index, from)) {
    bytesRead += piece.byteCount;
    for (const line of piece.lines) {
      number = line.number;
      if (number > index.lineCount) return { lines, nextFrom: undefined };
      // The first line is always read, whatever its length, so that each call makes progress.
      const isEnough = lines.length >= query.limit || (bytesRead > maxBytes && number > from);
      if (isEnough) return { lines, nextFrom: number };
      const text = line.bytes.toString("utf8").replace(/\r$/, "");
      const rank = rankOf(text);
      if (matches(text, rank)) lines.push(shownLine({ ...line, text, rank }, query.characters));
    }
  }
  return { lines, nextFrom: number > 0 && number < index.lineCount ? number + 1 : undefined };
}

/** The raw bytes of a log, or of one of its lines including the line end. Empty if the line does not exist. */
export async function* readLogBytes(
  path: string,
  index: LogIndex,
  line?: number,
): AsyncGenerator<Uint8Array> {
  const file = await openRecordFile(dirname(path), basename(path));
  if (file === undefined) return;
  try {
    if (line === undefined) return yield* bytesBetween(file, 0, (await file.stat()).size);
    const range = await lineRange(file, index, line);
    if (range !== undefined) yield* bytesBetween(file, range.start, range.end);
  } finally {
    await file.close();
  }
}

function firstLine(index: LogIndex, from: number): number {
  return Math.max(1, from < 0 ? index.lineCount + 1 + from : Math.min(from, 1e15));
}

/** Yields the lines of a log in pieces, starting with line `from`. */
async function* linesFrom(
  path: string,
  index: LogIndex,
  from: number,
): AsyncGenerator<{ lines: ScannedLine[]; byteCount: number }> {
  const file = await openRecordFile(dirname(path), basename(path));
  if (file === undefined) return;
  try {
    const { line, byte } = index.positionOf(from);
    const scanner = new LineScanner({ line, byte, from });
    for await (const piece of bytesBetween(file, byte, Number.POSITIVE_INFINITY))
      yield { lines: scanner.push(piece), byteCount: piece.length };
  } catch (error) {
    // The file was deleted during reading: return what was read so far.
    if (errorCode(error) !== "ENOENT") throw error;
  } finally {
    await file.close();
  }
}

async function lineRange(
  file: FileHandle,
  index: LogIndex,
  from: number,
): Promise<{ start: number; end: number } | undefined> {
  if (from > index.lineCount) return undefined;
  const { line, byte } = index.positionOf(from);
  const scanner = new LineScanner({ line, byte, from });
  for await (const piece of bytesBetween(file, byte, Number.POSITIVE_INFINITY)) {
    const [found] = scanner.push(piece);
    if (found !== undefined)
      return { start: found.startByte, end: found.startByte + found.byteCount + 1 };
  }
  return undefined;
}

function maxBytesOf({ rank, find = "", level, hidesMllog = false }: LogQuery): number {
  const isSearch = rank !== undefined || find !== "" || level !== undefined || hidesMllog;
  return isSearch ? maxSearchedBytes : maxReadBytes;
}

async function* bytesBetween(file: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let byte = start; byte < end;) {
    const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, end - byte));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, byte);
    if (bytesRead === 0) return;
    byte += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

type ReadLine = ScannedLine & { text: string; rank: number | undefined };

function shownLine(
  { number, bytes, byteCount, text, rank }: ReadLine,
  characters = defaultCharacters,
): LogLine {
  const isCut = text.length > characters || byteCount > bytes.length;
  const shown = text.length > characters ? text.slice(0, characters) : text;
  return {
    number,
    text: isCut ? `${shown}…` : shown,
    ...(isCut ? { byteCount } : {}),
    ...(rank === undefined ? {} : { rank }),
  };
}

function matcherOf({
  rank,
  find,
  level,
  hidesMllog = false,
}: LogQuery): (text: string, ofRank?: number) => boolean {
  const wanted = find?.toLowerCase();
  const contains = (text: string): boolean => {
    if (wanted === undefined || wanted === "") return true;
    if (wanted === "error" && errorLine.test(text)) return true;
    return text.toLowerCase().includes(wanted);
  };
  return (text, ofRank) =>
    (rank === undefined || ofRank === rank) &&
    (level === undefined || isOfLevel(text, level)) &&
    !(hidesMllog && isMllogLine(text)) &&
    contains(text);
}
