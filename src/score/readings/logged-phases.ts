import type { LogEvent } from "../../schema/logs/log-event.ts";

/** What a log says about a training beside its evaluations. */
export class LoggedPhases {
  #evaluationMs: number | undefined;
  #evaluationStartMs: number | undefined;
  #globalBatchSize: number | undefined;

  /** Time from each `eval_start` to its `eval_stop`, up to the target; undefined if the log has none. */
  get evaluationMs(): number | undefined {
    return this.#evaluationMs;
  }

  get globalBatchSize(): number | undefined {
    return this.#globalBatchSize;
  }

  /** @param isReached whether the target was met before this line */
  take({ key, value, timeMs }: LogEvent, isReached: boolean): void {
    if (key === "global_batch_size" && typeof value === "number") this.#globalBatchSize ??= value;
    // Of several ranks that log the same evaluation, the first counts.
    if (key === "eval_start" && !isReached) this.#evaluationStartMs ??= timeMs;
    if (key !== "eval_stop" || this.#evaluationStartMs === undefined) return;
    const durationMs = Math.max(0, timeMs - this.#evaluationStartMs);
    this.#evaluationMs = (this.#evaluationMs ?? 0) + durationMs;
    this.#evaluationStartMs = undefined;
  }
}
