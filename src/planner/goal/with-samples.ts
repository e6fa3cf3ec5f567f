import { samplesToTarget, type SamplesGoal } from "../samples/samples-to-target.ts";
import { describeBasis } from "../samples/describe-basis.ts";
import type { TimeSource } from "../search/time-estimate.ts";

/** A TimeSource whose estimates say how many samples their batch size takes. */
export function withSamples(times: TimeSource, goal: SamplesGoal | undefined): TimeSource {
  if (goal === undefined) return times;
  return (accelerator, count) => {
    const answer = times(accelerator, count);
    if (answer.kind === "none") return answer;
    const estimates = answer.estimates.map((estimate) => {
      const batch = estimate.layout.globalBatch;
      const samples = batch === undefined ? undefined : samplesToTarget(goal, batch);
      if (samples?.kind !== "known") return estimate;
      const basis = describeBasis(samples.basis);
      return Object.assign({}, estimate, { samples: { amount: samples.samples, basis } });
    });
    return { kind: "estimates", estimates };
  };
}
