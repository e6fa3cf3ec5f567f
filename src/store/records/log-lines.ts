import { errorCode } from "../../foundation/error-code.ts";
import type { LogLine } from "../../schema/dashboard/log-page.ts";
import { openRegular } from "../samples/follow-file.ts";

const lineFeed = 10;
/** The place of every so many-th line is kept. */
const indexEvery = 1024;
const longestTextLength = 4000;
const pieceBytes = 1 << 18;
/** A search ends after so much of a log, and says where to go on. */
const searchedBytes = 64 << 20;
/** Ranks are looked for in so much of a log. */
const rankedBytes = 16 << 20;

const errorLine =
  /Traceback \(most recent call last\)|\b[A-Za-z]*(?:Error|Exception)\b:|\b(?:FATAL|ERROR)\b|\berror:|^error\b|Segmentation fault|core dumped|out of memory/;
const rankLine =
  /^\s*\[?(?:rank|default|worker)[ _-]?(\d{1,6})\]?[:\]]|^\[(\d{1,6})\](?=[: ])|^\[\d+,(\d{1,6})\]<std/i;

/** Where the lines of a log stand, found while it is read: enough to open it at any line. */
export class LogIndex {
  /** Byte at which line `1 + index * indexEvery` begins. */
  #places = [0];
  #lineCount = 0;
  #byteCount = 0;
  #firstErrorLine: number | undefined;
  #ranks = new Set<number>();

  get lineCount(): number {
    return this.#lineCount;
  }

  get firstErrorLine(): number | undefined {
    return this.#firstErrorLine;
  }

  /** Ranks that name themselves in the first 16 MiB. */
  ranks(): number[] {
    return [...this.#ranks].toSorted((a, b) => a - b);
  }

  /** Takes whole lines, in order; `text` is the same, one character for each byte. */
  take(bytes: Uint8Array, text: string): void {
    const before = this.#lineCount;
    for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
      this.#lineCount += 1;
      if (this.#lineCount % indexEvery === 0) this.#places.push(this.#byteCount + at + 1);
    }
    if (this.#firstErrorLine === undefined && errorLine.test(text)) {
      const index = text.split("\n").findIndex((line) => errorLine.test(line));
      if (index >= 0) this.#firstErrorLine = before + index + 1;
    }
    if (this.#byteCount < rankedBytes) this.#findRanks(text);
    this.#byteCount += bytes.length;
  }

  #findRanks(text: string): void {
    for (const line of text.split("\n")) {
      const rank = rankOf(line);
      if (rank !== undefined && this.#ranks.size < 1 << 14) this.#ranks.add(rank);
    }
  }

  /** The nearest known place at or before a line. */
  placeOf(line: number): { line: number; byte: number } {
    const index = Math.min(Math.floor((line - 1) / indexEvery), this.#places.length - 1);
    return { line: index * indexEvery + 1, byte: this.#places[index] ?? 0 };
  }
}

/** Which lines of a log are wanted. */
export interface LogQuestion {
  /** From 1; negative counts from the end. */
  from: number;
  limit: number;
  rank?: number | undefined;
  /** Capitals do not matter; `error` finds what looks like one. */
  find?: string | undefined;
}

/** Reads some whole lines of a log; `nextFrom` is where to go on, absent at the end. */
export async function readLogLines(
  path: string,
  index: LogIndex,
  question: LogQuestion,
): Promise<{ lines: LogLine[]; nextFrom: number | undefined }> {
  const first =
    question.from < 0 ? index.lineCount + 1 + question.from : Math.min(question.from, 1e15);
  const from = Math.max(1, first);
  const matches = matcherOf(question);
  const lines: LogLine[] = [];
  let number = 0;
  for await (const line of linesFrom(path, index, from)) {
    number = line.number;
    if (line.number > index.lineCount) return { lines, nextFrom: undefined };
    if (lines.length >= question.limit || line.bytesRead > searchedBytes)
      return { lines, nextFrom: line.number };
    if (matches(line.text, line.rank)) lines.push(shown(line));
  }
  return { lines, nextFrom: number > 0 && number < index.lineCount ? number + 1 : undefined };
}

interface PlacedLine {
  number: number;
  text: string;
  rank: number | undefined;
  bytesRead: number;
}

async function* linesFrom(path: string, index: LogIndex, from: number): AsyncGenerator<PlacedLine> {
  const file = await openRegular(path);
  if (file === undefined) return;
  try {
    const start = index.placeOf(from);
    let { line, byte } = start;
    let rest = Buffer.alloc(0);
    const buffer = Buffer.allocUnsafe(pieceBytes);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, byte);
      if (bytesRead === 0) return;
      byte += bytesRead;
      const piece = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      let begin = 0;
      for (let end = piece.indexOf(lineFeed); end !== -1; end = piece.indexOf(lineFeed, begin)) {
        if (line >= from) yield placed(piece.subarray(begin, end), line, byte - start.byte);
        line += 1;
        begin = end + 1;
      }
      rest = Buffer.from(piece.subarray(begin));
    }
  } catch (error) {
    // Deleted while it was read: what was read is what there is.
    if (errorCode(error) !== "ENOENT") throw error;
  } finally {
    await file.close();
  }
}

function placed(bytes: Buffer, number: number, bytesRead: number): PlacedLine {
  const text = bytes.toString("utf8").replace(/\r$/, "");
  return { number, text, rank: rankOf(text), bytesRead };
}

function shown({ number, text, rank }: PlacedLine): LogLine {
  const cut = text.length > longestTextLength ? `${text.slice(0, longestTextLength)}…` : text;
  return { number, text: cut, ...(rank === undefined ? {} : { rank }) };
}

function matcherOf({ rank, find }: LogQuestion): (text: string, ofRank?: number) => boolean {
  const wanted = find?.toLowerCase();
  const holds = (text: string): boolean => {
    if (wanted === undefined || wanted === "") return true;
    if (wanted === "error" && errorLine.test(text)) return true;
    return text.toLowerCase().includes(wanted);
  };
  return (text, ofRank) => (rank === undefined || ofRank === rank) && holds(text);
}

/** Which rank a line says it is of: `[rank3]:`, `[default3]:`, `[3]:`, `rank 3:`, `[1,3]<stdout>`. */
export function rankOf(line: string): number | undefined {
  const found = rankLine.exec(line.length > 64 ? line.slice(0, 64) : line);
  const digits = found?.[1] ?? found?.[2] ?? found?.[3];
  return digits === undefined ? undefined : Number(digits);
}
