import type { Evaluation } from "../../schema/run/outcome/run-result.ts";

/** Key of the metadata that states the program's clock in the lines that Pitwall adds to a log. */
export const programClockKey = "program_clock_ms";

/** A clock may go backwards by this fraction of its maximum, because several ranks print their own. */
const fallToleranceFraction = 0.01;

/** A clock below this fraction of its maximum was reset, for example at the start of an epoch. */
const restartFraction = 0.5;

/** How a reading of a clock relates to the one before. */
export type ClockStep =
  | { kind: "forward" }
  | { kind: "restarted" }
  | { kind: "backwards"; fromMs: number; toMs: number };

/** Adds up the parts of a clock that the program resets, for example in each epoch. */
export class ProgramClockSum {
  #baseMs = 0;
  #shownMs = 0;
  #highestMs = Number.NEGATIVE_INFINITY;

  /** The newest reading, and the parts before the last reset. */
  get totalMs(): number {
    return this.#baseMs + this.#shownMs;
  }

  push(shownMs: number): ClockStep {
    const step = this.#stepTo(shownMs);
    if (step.kind === "restarted") {
      this.#baseMs += this.#highestMs;
      this.#highestMs = shownMs;
    } else this.#highestMs = Math.max(this.#highestMs, shownMs);
    this.#shownMs = shownMs;
    return step;
  }

  #stepTo(shownMs: number): ClockStep {
    const highestMs = this.#highestMs;
    if (shownMs < highestMs * restartFraction) return { kind: "restarted" };
    const isBack = shownMs < highestMs - fallToleranceFraction * Math.abs(highestMs);
    return isBack ? { kind: "backwards", fromMs: highestMs, toMs: shownMs } : { kind: "forward" };
  }
}

/**
 * Assigns the readings of a program's own clock to its evaluations. The reading of an evaluation is the newest since the
 * evaluation before, as on its own line; if there is none, the next one before the evaluation after.
 */
export class EvaluationClock {
  #freshMs: number | undefined;
  #unclocked: Evaluation | undefined;

  /** The newest reading since the last evaluation. */
  get freshMs(): number | undefined {
    return this.#freshMs;
  }

  push(programMs: number): void {
    const unclocked = this.#unclocked;
    this.#unclocked = undefined;
    if (unclocked === undefined) this.#freshMs = programMs;
    else unclocked.programMs = programMs;
  }

  evaluated(evaluation: Evaluation): void {
    this.#freshMs = undefined;
    this.#unclocked = evaluation.programMs === undefined ? evaluation : undefined;
  }
}
