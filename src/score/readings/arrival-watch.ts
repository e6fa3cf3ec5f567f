import { median } from "../../foundation/statistics.ts";

/** Silence is reported after so many times the usual interval between lines, and not before the minimum. */
const silentIntervals = 10;
const shortestSilenceMs = 3000;
const keptIntervals = 64;
/** Evaluations that all arrive within this share of the run, at its end, were held back by a buffer. */
const burstFraction = 0.02;
const shortestRunMs = 2000;

/** Follows when output arrives: whether it stopped coming, and whether it came all at once. Times are milliseconds since the epoch. */
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

  /** How long nothing has come, where that is unusually long. */
  silence(nowMs: number): { silentMs: number; usualMs: number } | undefined {
    if (this.#lastMs === undefined || this.#intervalsMs.length === 0) return undefined;
    const silentMs = nowMs - this.#lastMs;
    const usualMs = median(this.#intervalsMs);
    const isUnusual = silentMs >= Math.max(shortestSilenceMs, silentIntervals * usualMs);
    return isUnusual ? { silentMs, usualMs } : undefined;
  }

  /** Several evaluations that all arrived in one burst at the end of a longer run: their times say nothing. */
  burst(endMs: number): { evaluationCount: number; withinMs: number } | undefined {
    const { count, firstMs, lastMs } = this.#evaluations;
    const runMs = endMs - this.#launchedMs;
    const withinMs = lastMs - firstMs;
    const isAtEnd = endMs - firstMs <= burstFraction * runMs;
    if (count < 2 || runMs < shortestRunMs || !isAtEnd) return undefined;
    return { evaluationCount: count, withinMs };
  }
}
