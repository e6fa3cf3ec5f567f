import type { LogLine } from "../../schema/logs/log-event.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import type { Observation, PrintedValue } from "../../schema/run/events/observation.ts";
import { createLogReader } from "../log-reader.ts";
import { findToken } from "../parse-line.ts";
import { LineLimit, type LogBlock } from "./line-limit.ts";

/** Reads metrics from lines of text; see `formats/text/metrics/metric-reader.ts`. */
export interface MetricLines {
  /** Whether any line of a text may hold something; where none does, they are not read. */
  mayHold(text: string): boolean;
  read(line: string): {
    metrics: readonly PrintedValue[];
    samplesCount: number | undefined;
    clockMs: number | undefined;
  };
  findings(): Finding[];
  /** Metrics that no line has matched so far. */
  unmatched(): Finding[];
}

/** What to look for in a program's output. */
export interface OutputPatterns {
  metrics: MetricLines;
  clockStart?: { test(line: string): boolean } | undefined;
}

/** What a block holds. */
export interface ReadBlock {
  /** MLPerf lines that ended in this block, with their positions in the whole log. */
  lines: LogLine[];
  /** What the block says of the run, in the order of its lines. */
  seen: Observation[];
}

const token = ":::ML";
/** Patterns look at this much of a line. */
const longestLineBytes = 1 << 20;
const shownLength = 200;

/**
 * Reads the log of a run, block by block and each MLPerf line once: the lines for the rules, and observations (events,
 * metrics, samples, the start of the clock) for the tracker. Blocks that can hold none of these cost one search each.
 */
export class OutputReader {
  /** Lines that carry the MLLOG token and could not be read. */
  unreadableCount = 0;
  firstUnreadableLine: string | undefined;
  readonly #patterns: OutputPatterns;
  readonly #limit: LineLimit;
  readonly #log = new PlacedLogReader();
  #clockStarted = false;

  /** @param mostLineBytes of a longer line, patterns see this much; default 1 MiB */
  constructor(patterns: OutputPatterns, mostLineBytes = longestLineBytes) {
    this.#patterns = patterns;
    this.#limit = new LineLimit(mostLineBytes);
  }

  take(block: LogBlock, arrivalMs: number): ReadBlock {
    const blockStart = this.#log.byteCount;
    const lines = this.#log.push(block);
    const { text, restLength } = this.#limit.cut(block);
    const seen: Observation[] = [];
    let next = 0;
    const takeLine = (lineText?: string): void => {
      const line = lines[next];
      if (line !== undefined) this.#takeLine(line, { text: lineText, arrivalMs, seen });
      next += 1;
    };
    // The text lacks the line that an earlier block began.
    while ((lines[next]?.byteOffset ?? Infinity) < blockStart + restLength) takeLine();
    for (const { line, isRewritten } of this.#candidates(text, lines.length > 0)) {
      if (findToken(line) !== undefined) takeLine(line);
      this.#scanLine({ line, isRewritten }, arrivalMs, seen);
    }
    while (next < lines.length) takeLine();
    return { lines, seen };
  }

  /** Takes lines that the reader's owner added to the log; they are placed and not observed. */
  takeAdded(block: LogBlock): LogLine[] {
    return this.#log.push(block);
  }

  /** The log is over: reads its last line where that has no end. */
  end(arrivalMs: number): ReadBlock {
    const lines = this.#log.end();
    const seen: Observation[] = [];
    for (const line of lines) this.#takeLine(line, { text: undefined, arrivalMs, seen });
    return { lines, seen };
  }

  /** Metrics that no line has matched so far, each with a line that nearly does. */
  unmatched(): Finding[] {
    return this.#patterns.metrics.unmatched();
  }

  /** What the reading itself found out. */
  findings(): Finding[] {
    const { unreadableCount: count, firstUnreadableLine: firstLine } = this;
    const unreadable: Finding[] =
      firstLine === undefined ? [] : [{ rule: "unreadable-log-lines", count, firstLine }];
    return [...unreadable, ...this.#limit.findings(), ...this.#patterns.metrics.findings()];
  }

  #takeLine(
    line: LogLine,
    { text, arrivalMs, seen }: { text: string | undefined; arrivalMs: number; seen: Observation[] },
  ): void {
    if (line.kind === "event") {
      seen.push({ kind: "event", event: line.event, arrivalMs });
      return;
    }
    this.unreadableCount += 1;
    this.firstUnreadableLine ??= shortened(text ?? `line ${line.lineNumber}: ${line.reason}`);
  }

  #scanLine({ line, isRewritten }: PrintedLine, arrivalMs: number, seen: Observation[]): void {
    const { clockStart, metrics } = this.#patterns;
    if (!this.#clockStarted && clockStart?.test(line) === true) {
      this.#clockStarted = true;
      seen.push({ kind: "clock-start", by: "pattern", arrivalMs });
    }
    const read = metrics.read(line);
    const { samplesCount, clockMs } = read;
    if (clockMs !== undefined) seen.push({ kind: "program-clock", programMs: clockMs, arrivalMs });
    if (samplesCount !== undefined && Number.isFinite(samplesCount))
      seen.push({ kind: "samples", samplesCount, arrivalMs });
    for (const value of read.metrics)
      seen.push({ kind: "metric", ...value, arrivalMs, ...(isRewritten ? { isRewritten } : {}) });
  }

  #candidates(text: string, mayHoldTokens: boolean): Iterable<PrintedLine> {
    const isClockAwaited = this.#patterns.clockStart !== undefined && !this.#clockStarted;
    if (isClockAwaited || this.#patterns.metrics.mayHold(text)) return printedLines(text);
    if (!mayHoldTokens) return [];
    return linesHolding(text, token).map((line) => ({ line, isRewritten: false }));
  }
}

/** Reads MLPerf lines and places them in the whole log, of which it parses only the blocks that may hold a token. */
class PlacedLogReader {
  readonly #reader = createLogReader();
  /** Whole lines without a token, which the reader did not see. */
  #skippedLines = 0;
  #skippedBytes = 0;
  #isAtLineStart = true;
  #byteCount = 0;

  /** Bytes taken so far. */
  get byteCount(): number {
    return this.#byteCount;
  }

  push({ bytes, text }: Pick<LogBlock, "bytes" | "text">): LogLine[] {
    if (bytes.length === 0) return [];
    this.#byteCount += bytes.length;
    const isWhole = text.endsWith("\n");
    const mayBeSkipped =
      this.#isAtLineStart && isWhole && !text.includes(token) && !text.includes("\r");
    this.#isAtLineStart = isWhole;
    if (!mayBeSkipped) return this.#placed(this.#reader.push(bytes));
    this.#skippedLines += countLineFeeds(text);
    this.#skippedBytes += bytes.length;
    return [];
  }

  end(): LogLine[] {
    return this.#placed(this.#reader.end());
  }

  #placed(lines: LogLine[]): LogLine[] {
    if (this.#skippedBytes === 0) return lines;
    for (const line of lines) {
      line.lineNumber += this.#skippedLines;
      line.byteOffset += this.#skippedBytes;
    }
    return lines;
  }
}

function shortened(line: string): string {
  return line.slice(0, shownLength);
}

function countLineFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

interface PrintedLine {
  line: string;
  /** Ended by a carriage return alone: what comes next is written over it. */
  isRewritten: boolean;
}

function* printedLines(text: string): Generator<PrintedLine> {
  let start = 0;
  while (start < text.length) {
    const end = lineEnd(text, start);
    const isReturn = text.charCodeAt(end) === 13;
    const isPair = isReturn && text.charCodeAt(end + 1) === 10;
    // A block never ends between the two characters of a pair.
    yield { line: text.slice(start, end), isRewritten: isReturn && !isPair };
    start = end + (isPair ? 2 : 1);
  }
}

/** The lines of a text that hold a needle, in order, each once. */
function linesHolding(text: string, needle: string): string[] {
  const lines: string[] = [];
  for (let hit = text.indexOf(needle); hit !== -1;) {
    const end = lineEnd(text, hit);
    lines.push(text.slice(lineStart(text, hit), end));
    hit = text.indexOf(needle, end);
  }
  return lines;
}

function lineStart(text: string, from: number): number {
  let start = from;
  while (start > 0 && !isLineEnd(text, start - 1)) start--;
  return start;
}

function lineEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !isLineEnd(text, end)) end++;
  return end;
}

function isLineEnd(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code === 10 || code === 13;
}
