import type { Finding } from "../../schema/run/finding.ts";
import type { Observation } from "../../schema/run/observation.ts";
import type { LinearPattern } from "./linear-pattern.ts";
import { nearestLine, readMetric, type MetricPattern } from "./metric-pattern.ts";
import { parseLine } from "../parse-line.ts";

/** What to look for in a program's output. */
export interface OutputPatterns {
  metrics: readonly MetricPattern[];
  samples?: MetricPattern | undefined;
  clockStart?: Pick<LinearPattern, "test"> | undefined;
}

const token = ":::ML";

/** How many lines are kept to find one that nearly matches. */
const keptLineCount = 2000;

/**
 * Turns a program's output into observations: MLLOG lines, metrics, samples, the start of the clock.
 * Lines that cannot hold any of them cost one search each.
 */
export class OutputScanner {
  /** Lines that carry the MLLOG token and could not be read. */
  unreadableCount = 0;
  firstUnreadableLine: string | undefined;
  /** Whether any MLLOG line was read. */
  sawEvent = false;
  readonly #patterns: OutputPatterns;
  /** What a line must hold to be worth a look; undefined: every line is. */
  readonly #needles: readonly string[] | undefined;
  readonly #matchCounts = new Map<string, number>();
  readonly #keptLines: string[] = [];
  #clockStarted = false;

  constructor(patterns: OutputPatterns) {
    this.#patterns = patterns;
    const literals = [...patterns.metrics, ...(patterns.samples ? [patterns.samples] : [])].map(
      (pattern) => pattern.literal,
    );
    const isSearchable = !literals.includes("") && patterns.clockStart === undefined;
    this.#needles = isSearchable ? [token, ...literals] : undefined;
  }

  /** @param text whole lines, or the last piece of output without its newline */
  scan(text: string, arrivalMs: number): Observation[] {
    this.#keepLines(text);
    const seen: Observation[] = [];
    for (const line of this.#candidates(text)) this.#scanLine(line, arrivalMs, seen);
    return seen;
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

  #scanLine(line: string, arrivalMs: number, seen: Observation[]): void {
    if (line.includes(token)) this.#scanEvent(line, arrivalMs, seen);
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

  #scanEvent(line: string, arrivalMs: number, seen: Observation[]): void {
    const parsed = parseLine(line);
    if (parsed.kind === "event") {
      this.sawEvent = true;
      seen.push({ kind: "event", event: parsed.event, arrivalMs });
    } else if (parsed.kind === "unreadable") {
      this.unreadableCount += 1;
      this.firstUnreadableLine ??= line.slice(0, 200);
    }
  }

  #keepLines(text: string): void {
    if (this.#keptLines.length >= keptLineCount || this.#patterns.metrics.length === 0) return;
    for (const line of text.split(/\r\n|\n|\r/u, keptLineCount - this.#keptLines.length)) {
      this.#keptLines.push(line.slice(0, 200));
    }
  }

  #candidates(text: string): Iterable<string> {
    if (this.#needles === undefined) return text.split(/\r\n|\n|\r/u);
    return linesHolding(text, this.#needles);
  }
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
