import { median } from "../../foundation/numbers/statistics.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";

/** Silence is reported after this multiple of the median interval between lines, but not before the minimum. */
const silentIntervals = 10;
const minimumSilenceMs = 3000;
const keptIntervals = 64;
/** If all evaluations arrive within this last fraction of the run, they were delayed by a buffer. */
const burstFraction = 0.02;
const minimumRunMs = 2000;
/** Time that a program may take to exit after its last output. */
const exitMs = 500;
/** Output that arrives within this time is one block. */
const sameBlockMs = 5;
/** Evaluations of a buffered program arrive in at least this many blocks of at least this many. */
const fewestBlocks = 3;
const evaluationsPerBlock = 4;
const minimumPauseMs = 200;
/** A last evaluation may be printed twice, in a summary too. */
const fewestInOneBlock = 3;

/** Detects output that stopped, and output that arrived in one burst. Times are milliseconds since the epoch. */
export class ArrivalWatch {
  readonly #launchedMs: number;
  readonly #intervalsMs: number[] = [];
  readonly #evaluations = { count: 0, firstMs: 0, lastMs: 0 };
  /** Arrival times of the output that contained evaluations, the newest. */
  readonly #blockTimesMs: number[] = [];
  #blockCount = 0;
  #lastMs: number | undefined;

  constructor(launchedMs: number) {
    this.#launchedMs = launchedMs;
  }

  /** The program was started again: the time without it is not silence, and how long it takes to start is not known. */
  restarted(timeMs: number): void {
    this.#lastMs = timeMs;
    this.#intervalsMs.length = 0;
  }

  output(timeMs: number): void {
    if (this.#lastMs !== undefined && timeMs > this.#lastMs) {
      this.#intervalsMs.push(timeMs - this.#lastMs);
      if (this.#intervalsMs.length > keptIntervals) this.#intervalsMs.shift();
    }
    // Output of another host may be older, after a broken connection.
    this.#lastMs = Math.max(this.#lastMs ?? timeMs, timeMs);
  }

  /** What makes the times of the output unreliable, at its end. */
  findings({ timeMs, wasStopped }: { timeMs: number; wasStopped: boolean }): Finding[] {
    const burst = this.burst(timeMs);
    const blocks = burst === undefined ? this.blocks() : undefined;
    const silence = wasStopped ? this.silenceAtEnd(timeMs) : undefined;
    return [
      ...(burst === undefined ? [] : [{ rule: "output-came-at-once" as const, ...burst }]),
      ...(blocks === undefined ? [] : [{ rule: "output-came-in-blocks" as const, ...blocks }]),
      ...(silence === undefined ? [] : [{ rule: "output-stopped" as const, ...silence }]),
    ];
  }

  /** @param count number of evaluations that arrived together */
  evaluations(timeMs: number, count: number): void {
    const known = this.#evaluations;
    if (known.count === 0) known.firstMs = timeMs;
    if (known.count === 0 || timeMs - known.lastMs > sameBlockMs) {
      this.#blockCount += 1;
      this.#blockTimesMs.push(timeMs);
      if (this.#blockTimesMs.length > keptIntervals) this.#blockTimesMs.shift();
    }
    known.count += count;
    known.lastMs = timeMs;
  }

  /** Evaluations that arrived several at a time, with pauses between, as from a buffer that fills up. */
  blocks(): { evaluationCount: number; blockCount: number; intervalMs: number } | undefined {
    const { count } = this.#evaluations;
    const blockCount = this.#blockCount;
    if (blockCount < fewestBlocks || count < blockCount * evaluationsPerBlock) return undefined;
    const times = this.#blockTimesMs;
    const intervalMs = median(times.slice(1).map((time, index) => time - (times[index] ?? time)));
    return intervalMs < minimumPauseMs
      ? undefined
      : { evaluationCount: count, blockCount, intervalMs };
  }

  /** The time since the last output of a run that was ended, if it is unusually long or the usual interval is unknown. */
  silenceAtEnd(endMs: number): { silentMs: number; usualMs?: number } | undefined {
    if (this.#intervalsMs.length > 0) return this.silence(endMs);
    const silentMs = endMs - (this.#lastMs ?? this.#launchedMs);
    return silentMs >= minimumSilenceMs ? { silentMs } : undefined;
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
    const isOneBlock =
      this.#blockCount === 1 && count >= fewestInOneBlock && endMs - firstMs <= exitMs;
    const isAtEnd = isOneBlock || endMs - firstMs <= burstFraction * runMs;
    if (count < 2 || runMs < minimumRunMs || !isAtEnd) return undefined;
    return { evaluationCount: count, withinMs };
  }
}
