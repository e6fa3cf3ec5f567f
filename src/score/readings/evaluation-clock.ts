import type { Evaluation } from "../../schema/run/run-result.ts";

/** Key of the metadata that states the program's clock in the lines that Pitwall adds to a log. */
export const programClockKey = "program_clock_ms";

/** A clock may go backwards by this fraction of its maximum, because several ranks print their own. */
const fallToleranceFraction = 0.01;

/**
 * Assigns the readings of a program's own clock to its evaluations. The reading of an evaluation is the newest since the
 * evaluation before, as on its own line; if there is none, the next one before the evaluation after.
 */
export class EvaluationClock {
  #freshMs: number | undefined;
  #highestMs = Number.NEGATIVE_INFINITY;
  #unclocked: Evaluation | undefined;

  /** The newest reading since the last evaluation. */
  get freshMs(): number | undefined {
    return this.#freshMs;
  }

  /** @returns how far the clock went backwards, if it did */
  push(programMs: number): { fromMs: number; toMs: number } | undefined {
    const highestMs = this.#highestMs;
    this.#highestMs = Math.max(highestMs, programMs);
    const unclocked = this.#unclocked;
    this.#unclocked = undefined;
    if (unclocked === undefined) this.#freshMs = programMs;
    else unclocked.programMs = programMs;
    const isBack = programMs < highestMs - fallToleranceFraction * Math.abs(highestMs);
    return isBack ? { fromMs: highestMs, toMs: programMs } : undefined;
  }

  evaluated(evaluation: Evaluation): void {
    this.#freshMs = undefined;
    this.#unclocked = evaluation.programMs === undefined ? evaluation : undefined;
  }
}
