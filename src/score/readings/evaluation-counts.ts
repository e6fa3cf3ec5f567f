import type { Evaluation } from "../../schema/run/outcome/run-result.ts";
import { EvaluationClock } from "./evaluation-clock.ts";

/**
 * Assigns sample counts and readings of the program's clock to the evaluations of one metric. Both may be printed before
 * or after the evaluation that they belong to.
 */
export class EvaluationCounts {
  readonly clock = new EvaluationClock();
  #hasFreshCount = false;
  #uncounted: Evaluation | undefined;

  /** Whether a sample count was read since the last evaluation. */
  get hasFreshCount(): boolean {
    return this.#hasFreshCount;
  }

  evaluated(evaluation: Evaluation): void {
    this.clock.evaluated(evaluation);
    this.#hasFreshCount = false;
    this.#uncounted = evaluation.samplesCount === undefined ? evaluation : undefined;
  }

  /** @param samplesCount of the last evaluation if that has none yet, otherwise of the next one */
  counted(samplesCount: number): void {
    if (this.#uncounted === undefined) {
      this.#hasFreshCount = true;
      return;
    }
    this.#uncounted.samplesCount = samplesCount;
    this.#uncounted = undefined;
  }
}
