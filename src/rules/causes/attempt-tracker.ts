import type { LogCause } from "../../schema/logs/log-cause.ts";

/** The lines from one start of a program to the next. */
interface Segment {
  firstLine: number;
  fromMs: number;
  toMs: number;
  openings: Set<string>;
  /** Lines of `run_start`. */
  runStarts: number[];
  runStopCount: number;
  /** Training or evaluation lines were logged since the last `run_start`. */
  hasProgress: boolean;
  hasInitStop: boolean;
}

/** Keys that a program logs once, at its start. */
const openingKeys: ReadonlySet<string> = new Set([
  "cache_clear",
  "init_start",
  "submission_benchmark",
]);

const progressKeys: ReadonlySet<string> = new Set([
  "block_start",
  "block_stop",
  "epoch_start",
  "epoch_stop",
  "eval_start",
  "eval_stop",
  "eval_accuracy",
]);

/** A log of many attempts lists the first ones. */
const listedStarts = 16;

/** Divides a log into the programs that wrote it, by the keys that each program logs once. */
export class AttemptTracker {
  readonly #segments: Segment[] = [];
  #current: Segment | undefined;
  /** Lines since an opening key that may begin the next segment. */
  #pending: Segment | undefined;

  push(key: string, timeMs: number, line: number): void {
    const isOpening = openingKeys.has(key);
    const current = (this.#current ??= newSegment(line, timeMs));
    const mayBegin = isOpening
      ? mayRestart(current, key, timeMs)
      : key === "run_start" && current.hasProgress;
    if (mayBegin) this.#pending ??= newSegment(line, timeMs);
    const segment = this.#pending ?? current;
    segment.fromMs = Math.min(segment.fromMs, timeMs);
    segment.toMs = Math.max(segment.toMs, timeMs);
    if (isOpening) segment.openings.add(key);
    else this.#count(segment, key, line);
    if (this.#pending === undefined) return;
    if (isRestart(this.#pending, current)) this.#split(this.#pending);
    else if (key === "run_start") this.#join(current, this.#pending);
  }

  #count(segment: Segment, key: string, line: number): void {
    if (key === "run_start") {
      segment.runStarts.push(line);
      segment.hasProgress = false;
    } else if (key === "run_stop") segment.runStopCount++;
    else if (key === "init_stop") segment.hasInitStop = true;
    else if (progressKeys.has(key)) segment.hasProgress = segment.runStarts.length > 0;
  }

  /** The opening keys were of a late rank. */
  #join(current: Segment, late: Segment): void {
    current.fromMs = Math.min(current.fromMs, late.fromMs);
    current.toMs = Math.max(current.toMs, late.toMs);
    for (const key of late.openings) current.openings.add(key);
    current.runStarts.push(...late.runStarts);
    current.runStopCount += late.runStopCount;
    current.hasInitStop ||= late.hasInitStop;
    this.#pending = undefined;
  }

  #split(next: Segment): void {
    if (this.#current !== undefined) this.#segments.push(this.#current);
    this.#current = next;
    this.#pending = undefined;
  }

  finish(): LogCause[] {
    const segments = [...this.#segments, ...(this.#current === undefined ? [] : [this.#current])];
    if (segments.length > 1) return severalSegments(segments);
    const [only] = segments;
    if (only === undefined || only.runStarts.length < 2 || only.runStopCount < 2) return [];
    return [
      {
        cause: "several-ranks",
        rankCount: only.runStarts.length,
        startLines: only.runStarts.slice(0, listedStarts),
        areInterleaved: true,
      },
    ];
  }
}

function newSegment(firstLine: number, timeMs: number): Segment {
  return {
    firstLine,
    fromMs: timeMs,
    toMs: timeMs,
    openings: new Set(),
    runStarts: [],
    runStopCount: 0,
    hasProgress: false,
    hasInitStop: false,
  };
}

/** Ranks of one job begin within this time. */
const rankSpreadMs = 60_000;

/** A repeated opening key begins a new attempt if the earlier one had left its start, or had begun long before. */
function mayRestart(
  { openings, runStarts, hasInitStop, toMs }: Segment,
  key: string,
  timeMs: number,
): boolean {
  if (!openings.has(key)) return false;
  if (runStarts.length > 0 || hasInitStop) return true;
  // The script that starts a program may log `cache_clear` as well.
  return openings.size >= 2 && timeMs > toMs + rankSpreadMs;
}

/** Late lines of another rank repeat single keys; a restarted program repeats its whole start. */
function isRestart({ openings, runStarts }: Segment, earlier: Segment): boolean {
  const repeated = [...openings].filter((key) => earlier.openings.has(key));
  return repeated.length >= 2 || (runStarts.length > 0 && earlier.runStarts.length > 0);
}

function severalSegments(segments: readonly Segment[]): LogCause[] {
  const startLines = segments.slice(0, listedStarts).map(({ firstLine }) => firstLine);
  const overlapping = segments.some((each, index) =>
    segments.slice(index + 1).some((other) => overlap(each, other)),
  );
  // An attempt that ended early has no `run_stop`.
  const endedEarly = segments.some(({ runStopCount }) => runStopCount === 0);
  const areRanks =
    overlapping && !(endedEarly && segments.every(({ runStarts }) => runStarts.length > 0));
  if (!areRanks) return [{ cause: "several-attempts", startLines }];
  const rankCount = segments.filter(({ runStarts }) => runStarts.length > 0).length;
  // Without a second `run_start`, the lines of other ranks are only part of the start, as in many accepted logs.
  if (rankCount < 2) return [];
  return [{ cause: "several-ranks", rankCount, startLines, areInterleaved: false }];
}

/** Whether two segments cover the same time for more than half of the shorter one. */
function overlap(a: Segment, b: Segment): boolean {
  const sharedMs = Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs);
  const shorterMs = Math.min(a.toMs - a.fromMs, b.toMs - b.fromMs);
  return sharedMs >= 0 && sharedMs >= shorterMs / 2;
}
