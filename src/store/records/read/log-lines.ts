import type { LogLevel } from "../../../schema/dashboard/log-page.ts";

const lineFeed = 10;
/** The position of every 1024th line is stored. */
const indexEvery = 1024;
/** Rank numbers are collected only from this many bytes at the start of a log. */
const maxRankBytes = 16 << 20;
const maxRanks = 1 << 14;

/** Matches a line that looks like an error. */
export const errorLine =
  /Traceback \(most recent call last\)|\b[A-Za-z]*(?:Error|Exception)\b:|\b(?:FATAL|ERROR)\b|\berror:|^error\b|Segmentation fault|core dumped|out of memory/;
/** Matches the last line of a Python traceback, and other lines that state why a program failed. */
const causeLine =
  /^(?:\[?(?:rank|default|worker)[ _-]?\d+\]?:?\s*|\[\d+\]:?\s*)?(?:[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit)\b(?::|$)|Segmentation fault|.*\bout of memory\b|(?:FATAL|fatal)\b)/;
const warningLine = /\bWARN(?:ING)?\b|\bWarning:|^warning\b/;
const mllogLine = /:::MLL(?:OG)?\b/;

/** Whether a line is of a level or a more severe one, judged by its words. */
export function isOfLevel(line: string, level: LogLevel): boolean {
  return errorLine.test(line) || (level === "warning" && warningLine.test(line));
}

/** Whether a line is an MLPerf log event rather than text for people. */
export function isMllogLine(line: string): boolean {
  return mllogLine.test(line);
}

const rankLine =
  /^\s*\[?(?:rank|default|worker)[ _-]?(\d{1,6})\]?[:\]]|^\[(\d{1,6})\](?=[: ])|^\[\d+,(\d{1,6})\]<std/i;

/** Line positions of a log, collected while the log is read, so that it can be opened at any line. */
export class LogIndex {
  /** Byte offset of line `1 + index * indexEvery`. */
  #positions = [0];
  #lineCount = 0;
  #byteCount = 0;
  #firstErrorLine: number | undefined;
  #causeLine: number | undefined;
  #ranks = new Set<number>();

  get lineCount(): number {
    return this.#lineCount;
  }

  get firstErrorLine(): number | undefined {
    return this.#firstErrorLine;
  }

  /** The last line that states why the program failed: the end of a traceback, a fatal error. */
  get causeLine(): number | undefined {
    return this.#causeLine;
  }

  /** Ranks whose number appears in a line prefix in the first 16 MiB. */
  ranks(): number[] {
    return [...this.#ranks].toSorted((a, b) => a - b);
  }

  /**
   * Adds complete lines, in order.
   *
   * @param text the same lines, one character for each byte
   * @param cutBytes number of bytes missing from the last line before its line end
   */
  take(bytes: Uint8Array, text: string, cutBytes = 0): void {
    const before = this.#lineCount;
    for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
      this.#lineCount += 1;
      const cutBefore = at === bytes.length - 1 ? cutBytes : 0;
      if (this.#lineCount % indexEvery === 0)
        this.#positions.push(this.#byteCount + cutBefore + at + 1);
    }
    if (errorLine.test(text)) {
      const lines = text.split("\n");
      const first = lines.findIndex((line) => errorLine.test(line));
      if (first >= 0) this.#firstErrorLine ??= before + first + 1;
      const cause = lines.findLastIndex((line) => causeLine.test(line));
      if (cause >= 0) this.#causeLine = before + cause + 1;
    }
    if (this.#byteCount < maxRankBytes) this.#findRanks(text);
    this.#byteCount += bytes.length + cutBytes;
  }

  #findRanks(text: string): void {
    for (const line of text.split("\n")) {
      const rank = rankOf(line);
      if (rank !== undefined && this.#ranks.size < maxRanks) this.#ranks.add(rank);
    }
  }

  /** The nearest stored position at or before a line. */
  positionOf(line: number): { line: number; byte: number } {
    const index = Math.min(Math.floor((line - 1) / indexEvery), this.#positions.length - 1);
    return { line: index * indexEvery + 1, byte: this.#positions[index] ?? 0 };
  }
}

/** The rank in a line's prefix: `[rank3]:`, `[default3]:`, `[3]:`, `rank 3:`, `[1,3]<stdout>`. */
export function rankOf(line: string): number | undefined {
  const found = rankLine.exec(line.length > 64 ? line.slice(0, 64) : line);
  const digits = found?.[1] ?? found?.[2] ?? found?.[3];
  return digits === undefined ? undefined : Number(digits);
}
