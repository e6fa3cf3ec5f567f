import type { ReferenceCurve, SamplesLaw } from "./reference-curve.ts";
import { tokensToLoss, type LossGoal } from "./scaling-law.ts";

/** What a training has to reach, in the terms that decide how many samples it takes. */
export type SamplesGoal =
  /** A benchmark's quality target, by its reference convergence points. */
  | {
      kind: "reference";
      curve: ReferenceCurve;
      /** Samples of one unit of the curve; undefined for steps, of which the batch size decides. */
      samplesPerUnit: number | undefined;
    }
  /** A number of tokens, whatever quality they give. */
  | { kind: "tokens"; tokens: number; tokensPerSample: number }
  /** A training loss of a language model, by a published scaling law. */
  | { kind: "loss"; goal: LossGoal; tokensPerSample: number };

/** Where a number of samples is from. */
export type SamplesBasis =
  | { kind: "reference-point"; edition: string; batchSize: number }
  | { kind: "between-points"; edition: string; below: number; above: number }
  /** Outside the table: S(B) = S_min (1 + B / B_crit), scaled to meet the nearest point. */
  | { kind: "law"; edition: string; law: SamplesLaw; nearest: number }
  | { kind: "tokens"; tokens: number }
  | { kind: "scaling-law"; law: string; source: string; tokens: number };

export type SamplesAnswer =
  | {
      kind: "known";
      /** To the target, by one training; the median over seeds. */
      samples: number;
      /** Standard deviation of the natural logarithm over seeds, or between published scaling laws. */
      logSpread: number;
      basis: SamplesBasis;
    }
  /** Beyond twice the largest batch size that the reference was run with. */
  | { kind: "batch-too-large"; largest: number; limit: number }
  /** The loss is at or below what the law gives for unlimited data. */
  | { kind: "loss-unreachable"; lowest: number };

/** Reference runs say nothing about batches larger than this many times their largest. */
const extrapolationLimit = 2;

/**
 * Samples until the goal is reached, at a global batch size.
 *
 * Between two reference points the amount is linear in the batch size; outside them it follows the benchmark's fitted
 * law, scaled to meet the nearest point.
 *
 * @param batchSize in samples
 */
export function samplesToTarget(goal: SamplesGoal, batchSize: number): SamplesAnswer {
  switch (goal.kind) {
    case "reference":
      return fromReference(goal, batchSize);
    case "tokens":
      return {
        kind: "known",
        samples: goal.tokens / goal.tokensPerSample,
        logSpread: 0,
        basis: { kind: "tokens", tokens: goal.tokens },
      };
    case "loss": {
      const found = tokensToLoss(goal.goal);
      if (found.kind === "unreachable") return { kind: "loss-unreachable", lowest: found.lowest };
      const { tokens, logSpread, law, source } = found;
      return {
        kind: "known",
        samples: tokens / goal.tokensPerSample,
        logSpread,
        basis: { kind: "scaling-law", law, source, tokens },
      };
    }
  }
}

type ReferenceGoal = Extract<SamplesGoal, { kind: "reference" }>;

function fromReference({ curve, samplesPerUnit }: ReferenceGoal, batchSize: number): SamplesAnswer {
  const largest = curve.points.at(-1)?.batchSize ?? 0;
  const limit = extrapolationLimit * largest;
  if (batchSize > limit) return { kind: "batch-too-large", largest, limit };
  const { amount, logSpread, basis } = amountAt(curve, batchSize);
  const samples = amount * (samplesPerUnit ?? batchSize);
  return { kind: "known", samples, logSpread, basis };
}

function amountAt(
  curve: ReferenceCurve,
  batchSize: number,
): { amount: number; logSpread: number; basis: SamplesBasis } {
  const { points, law, edition } = curve;
  const same = points.find((point) => point.batchSize === batchSize);
  if (same !== undefined)
    return {
      amount: same.amount,
      logSpread: same.logSpread > 0 ? same.logSpread : curve.logSpread,
      basis: { kind: "reference-point", edition, batchSize },
    };
  const above = points.find((point) => point.batchSize > batchSize);
  const below = points.findLast((point) => point.batchSize < batchSize);
  const nearest = above ?? below;
  if (above !== undefined && below !== undefined) {
    const share = (batchSize - below.batchSize) / (above.batchSize - below.batchSize);
    return {
      amount: below.amount + share * (above.amount - below.amount),
      logSpread: curve.logSpread,
      basis: { kind: "between-points", edition, below: below.batchSize, above: above.batchSize },
    };
  }
  const atNearest = nearest?.batchSize ?? batchSize;
  return {
    amount: ((nearest?.amount ?? 0) * lawAt(law, batchSize)) / lawAt(law, atNearest),
    logSpread: curve.logSpread,
    basis: { kind: "law", edition, law, nearest: atNearest },
  };
}

function lawAt({ minimum, criticalBatchSize }: SamplesLaw, batchSize: number): number {
  return criticalBatchSize === undefined ? minimum : minimum * (1 + batchSize / criticalBatchSize);
}
