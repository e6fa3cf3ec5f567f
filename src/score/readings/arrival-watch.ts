import { median } from "../../foundation/statistics.ts";

/** Silence is reported after this multiple of the median interval between lines, but not before the minimum. */
const silentIntervals = 10;
const minimumSilenceMs = 3000;
const keptIntervals = 64;
/** If all evaluations arrive within this last fraction of the run, they were delayed by a buffer. */
const burstFraction = 0.02;
const minimumRunMs = 2000;

/** Detects output that stopped, and output that arrived in one burst. Times are milliseconds since the epoch. */
export class ArrivalWatch {
  readonly #launchedMs: number;
  readonly #intervalsMs: number[] = [];
  readonly #evaluations = { count: 0, firstMs: 0, lastMs: 0 };
  #lastMs: number | undefined;

  constructor(launchedMs: number) {
    this.#launchedMs = launchedMs;
  }

  output(timeMs: number): void {
    if (this.#lastMs !== undefined && timeMs > this.#lastMs) {
      this.#intervalsMs.push(timeMs - this.#lastMs);
      if (this.#intervalsMs.length > keptIntervals) this.#intervalsMs.shift();
    }
    this.#lastMs = timeMs;
  }

  evaluation(timeMs: number): void {
    if (this.#evaluations.count === 0) this.#evaluations.firstMs = timeMs;
    this.#evaluations.count += 1;
    this.#evaluations.lastMs = timeMs;
  }

  /** The time since the last output, if it is unusually long. */
  silence(nowMs: number): { silentMs: number; usualMs: number } | undefined {
    if (this.#lastMs === undefined || this.#intervalsMs.length === 0) return undefined;
    const silentMs = nowMs - this.#lastMs;
    const usualMs = median(this.#intervalsMs);
    const isUnusual = silentMs >= Math.max(minimumSilenceMs, silentIntervals * usualMs);
    return isUnusual ? { silentMs, usualMs } : undefined;
  }

  /** Several evaluations that all arrived in one burst at the end of a longer run. Their times are meaningless. */
  burst(endMs: number): { evaluationCount: number; withinMs: number } | undefined {
    const { count, firstMs, lastMs } = this.#evaluations;
    const runMs = endMs - this.#launchedMs;
    const withinMs = lastMs - firstMs;
    const isAtEnd = endMs - firstMs <= burstFraction * runMs;
    if (count < 2 || runMs < minimumRunMs || !isAtEnd) return undefined;
    return { evaluationCount: count, withinMs };
  }
}
