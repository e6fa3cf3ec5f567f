import type { RankStep } from "../../schema/plan/finished-training.ts";
import type { StepSample } from "../../schema/run/measured/telemetry-sample.ts";

interface Sums {
  stepCount: number;
  computeMs: number;
  communicationMs: number;
  dataWaitMs: number;
}

/** Adds up the step times that ranks report. */
export class RankTimes {
  readonly #byRank = new Map<number, Sums>();
  /** Per step: the longest computation of a rank, the sum over the ranks, and their number. */
  readonly #bySteps = new Map<number, { longest: number; sum: number; ranks: number }>();

  push(sample: StepSample): void {
    const { rank, step, stepCount, computeMs, communicationMs, dataWaitMs } = sample;
    const sums = this.#byRank.get(rank) ?? {
      stepCount: 0,
      computeMs: 0,
      communicationMs: 0,
      dataWaitMs: 0,
    };
    sums.stepCount += stepCount;
    sums.computeMs += computeMs;
    sums.communicationMs += communicationMs;
    sums.dataWaitMs += dataWaitMs;
    this.#byRank.set(rank, sums);
    const ofStep = this.#bySteps.get(step) ?? { longest: 0, sum: 0, ranks: 0 };
    const busyMs = (computeMs + dataWaitMs) / stepCount;
    ofStep.longest = Math.max(ofStep.longest, busyMs);
    ofStep.sum += busyMs;
    ofStep.ranks += 1;
    this.#bySteps.set(step, ofStep);
  }

  /** Means per step of each rank. */
  ranks(): RankStep[] {
    return [...this.#byRank]
      .toSorted(([a], [b]) => a - b)
      .map(([rank, sums]) => ({
        rank,
        stepCount: sums.stepCount,
        computeMs: sums.computeMs / sums.stepCount,
        communicationMs: sums.communicationMs / sums.stepCount,
        dataWaitMs: sums.dataWaitMs / sums.stepCount,
      }));
  }

  /** How much longer the slowest rank of a step was busy than the mean of all, on average over the steps. */
  spreadMs(): number | undefined {
    const shared = [...this.#bySteps.values()].filter(({ ranks }) => ranks > 1);
    if (shared.length === 0) return undefined;
    const total = shared.reduce((sum, one) => sum + one.longest - one.sum / one.ranks, 0);
    return total / shared.length;
  }
}
