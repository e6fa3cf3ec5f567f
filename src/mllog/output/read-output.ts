import type { LogLine } from "../../schema/logs/log-event.ts";
import type { Finding } from "../../schema/run/finding.ts";
import type { Observation } from "../../schema/run/observation.ts";
import { createLogReader } from "../log-reader.ts";
import { findToken } from "../parse-line.ts";
import type { LinearPattern } from "./linear-pattern.ts";
import { LineLimit, type LogBlock } from "./line-limit.ts";
import { nearestLine, readMetric, type MetricPattern } from "./metric-pattern.ts";

/** What to look for in a program's output. */
export interface OutputPatterns {
  metrics: readonly MetricPattern[];
  samples?: MetricPattern | undefined;
  clockStart?: Pick<LinearPattern, "test"> | undefined;
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
/** How many lines are kept to find one that nearly matches. */
const keptLineCount = 2000;
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
  /** What a line must hold for a pattern to match it; undefined: nothing in particular. */
  readonly #needles: readonly string[] | undefined;
  readonly #matchCounts = new Map<string, number>();
  readonly #keptLines: string[] = [];
  readonly #limit: LineLimit;
  readonly #log = new PlacedLogReader();
  #clockStarted = false;

  /** @param mostLineBytes of a longer line, patterns see this much; default 1 MiB */
  constructor(patterns: OutputPatterns, mostLineBytes = longestLineBytes) {
    this.#patterns = patterns;
    this.#limit = new LineLimit(mostLineBytes);
    const literals = [...patterns.metrics, ...(patterns.samples ? [patterns.samples] : [])].map(
      (pattern) => pattern.literal,
    );
    const isSearchable = !literals.includes("") && patterns.clockStart === undefined;
    this.#needles = isSearchable ? literals : undefined;
  }

  take(block: LogBlock, arrivalMs: number): ReadBlock {
    const blockStart = this.#log.byteCount;
    const lines = this.#log.push(block);
    const { text, restLength } = this.#limit.cut(block);
    this.#keepLines(text);
    const seen: Observation[] = [];
    let next = 0;
    const takeLine = (lineText?: string): void => {
      const line = lines[next];
      if (line !== undefined) this.#takeLine(line, { text: lineText, arrivalMs, seen });
      next += 1;
    };
    // The text lacks the line that an earlier block began.
    while ((lines[next]?.byteOffset ?? Infinity) < blockStart + restLength) takeLine();
    for (const line of this.#candidates(text, lines.length > 0)) {
      if (findToken(line) !== undefined) takeLine(line);
      this.#scanLine(line, arrivalMs, seen);
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
    const missing = this.#patterns.metrics.filter(({ metric }) => !this.#matchCounts.has(metric));
    return missing.map(({ metric, pattern }): Finding => {
      const nearest = nearestLine(metric, this.#keptLines);
      const finding: Finding = { rule: "metric-never-matched", metric, pattern };
      if (nearest !== undefined) finding.nearestLine = nearest;
      return finding;
    });
  }

  /** What the reading itself found out. */
  findings(): Finding[] {
    const { unreadableCount: count, firstUnreadableLine: firstLine } = this;
    const unreadable: Finding[] =
      firstLine === undefined ? [] : [{ rule: "unreadable-log-lines", count, firstLine }];
    return [...unreadable, ...this.#limit.findings(), ...this.unmatched()];
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

  #scanLine(line: string, arrivalMs: number, seen: Observation[]): void {
    const { clockStart, samples, metrics } = this.#patterns;
    if (!this.#clockStarted && clockStart?.test(line) === true) {
      this.#clockStarted = true;
      seen.push({ kind: "clock-start", by: "pattern", arrivalMs });
    }
    const count = samples === undefined ? undefined : readMetric(samples, line)?.value;
    if (count !== undefined && Number.isFinite(count)) {
      seen.push({ kind: "samples", samplesCount: count, arrivalMs });
    }
    for (const pattern of metrics) {
      const read = readMetric(pattern, line);
      if (read === undefined) continue;
      this.#matchCounts.set(pattern.metric, (this.#matchCounts.get(pattern.metric) ?? 0) + 1);
      seen.push({ kind: "metric", metric: pattern.metric, ...read, arrivalMs });
    }
  }

  #keepLines(text: string): void {
    if (this.#keptLines.length >= keptLineCount || this.#patterns.metrics.length === 0) return;
    for (const line of text.split(/\r\n|\n|\r/u, keptLineCount - this.#keptLines.length)) {
      this.#keptLines.push(shortened(line));
    }
  }

  #candidates(text: string, mayHoldTokens: boolean): Iterable<string> {
    if (this.#needles === undefined) return text.split(/\r\n|\n|\r/u);
    return linesHolding(text, mayHoldTokens ? [token, ...this.#needles] : this.#needles);
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

/** The lines of a text that hold one of the needles, in order, each once. */
function linesHolding(text: string, needles: readonly string[]): string[] {
  const starts = new Map<number, number>();
  for (const needle of needles) {
    let hit = text.indexOf(needle);
    while (hit !== -1) {
      const start = lineStart(text, hit);
      const end = lineEnd(text, hit);
      starts.set(start, end);
      hit = text.indexOf(needle, end);
    }
  }
  return [...starts].toSorted(([a], [b]) => a - b).map(([start, end]) => text.slice(start, end));
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
