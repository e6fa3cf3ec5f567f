import type { Accelerator } from "../../schema/catalogue.ts";
import type { PlanBasis, PlanLoss, PlannedLayout, PlanOffer } from "../../schema/plan/run-plan.ts";

/** How long a training takes on a number of accelerators, and what that is based on. */
export interface TimeEstimate {
  basis: PlanBasis;
  /** Undisturbed, to the target, without initialization; median. */
  trainMs: number;
  /** Standard deviation of the natural logarithm of the time, apart from seeds. */
  timeLogSpread: number;
  seedLogSpread: number;
  layout: PlannedLayout;
  samples?: PlanOffer["samples"];
  /** Part of `trainMs` that evaluations take. */
  evaluationMs?: number | undefined;
  stepTimeMs?: number | undefined;
  breakdown?: PlanOffer["breakdown"];
  mfu?: number | undefined;
  memoryBytesPerAccelerator?: number | undefined;
  limitedBy: string;
  /** From published results of other accelerators. */
  isTransferred?: boolean | undefined;
  evidence?: PlanOffer["evidence"];
  other?: PlanOffer["other"];
  /** What the user's own runs changed. */
  calibration?: PlanOffer["calibration"];
  /** Replaces fields that take longer to find, for offers that are shown. */
  detail?:
    | (() => Partial<Pick<TimeEstimate, "timeLogSpread" | "limitedBy" | "evidence" | "breakdown">>)
    | undefined;
}

export type EstimateAnswer =
  | { kind: "estimates"; estimates: readonly TimeEstimate[] }
  | { kind: "none"; reason: PlanLoss["reason"]; text: string };

/** Times of a training by accelerator and count: one estimate per batch size that is worth considering. */
export type TimeSource = (accelerator: Accelerator, count: number) => EstimateAnswer;

/**
 * Joins published results and the analytic model: the one with the narrower interval decides, and the other is kept
 * beside it. A published result of the same accelerator and nearly the same count always decides. Results of other
 * accelerators do not count where the model does not fit.
 */
export function joinTimeSources(published: TimeSource, model: TimeSource): TimeSource {
  return (accelerator, count) => {
    const fromResults = published(accelerator, count);
    const fromModel = model(accelerator, count);
    if (fromResults.kind === "none") return fromModel;
    if (fromModel.kind === "none") return isOwn(fromResults.estimates) ? fromResults : fromModel;
    const result = fastest(fromResults.estimates);
    const modelled = nearestBatch(fromModel.estimates, result?.layout.globalBatch);
    if (result === undefined) return fromModel;
    if (modelled === undefined) return fromResults;
    const isNear = (result.evidence?.distance ?? Number.POSITIVE_INFINITY) <= nearDistance;
    if (isNear || result.timeLogSpread <= modelled.timeLogSpread)
      return { kind: "estimates", estimates: [withModel(result, modelled)] };
    const other = { basis: "published", trainMs: result.trainMs } as const;
    return {
      kind: "estimates",
      estimates: fromModel.estimates.map((estimate) => Object.assign({}, estimate, { other })),
    };
  };
}

/** Published results of the accelerator itself; a machine that they ran on has room for the model. */
function isOwn(estimates: readonly TimeEstimate[]): boolean {
  return estimates.some(({ isTransferred }) => isTransferred !== true);
}

/** A published time with what only the model knows. */
function withModel(result: TimeEstimate, modelled: TimeEstimate): TimeEstimate {
  const hasLayout = result.layout.tp !== undefined;
  return {
    ...result,
    layout: hasLayout
      ? result.layout
      : { ...modelled.layout, source: `model; ${result.layout.source}` },
    mfu: (modelled.mfu ?? 0) * (modelled.trainMs / result.trainMs) || undefined,
    memoryBytesPerAccelerator: modelled.memoryBytesPerAccelerator,
    other: { basis: "model", trainMs: modelled.trainMs },
    detail: () => ({ ...result.detail?.(), breakdown: modelled.detail?.().breakdown }),
  };
}

/** One doubling, or one year. */
const nearDistance = 1;

function fastest(estimates: readonly TimeEstimate[]): TimeEstimate | undefined {
  return estimates.toSorted((a, b) => a.trainMs - b.trainMs)[0];
}

/** Without a batch size, the fastest. */
function nearestBatch(
  estimates: readonly TimeEstimate[],
  batch: number | undefined,
): TimeEstimate | undefined {
  if (batch === undefined) return fastest(estimates);
  const distance = ({ layout }: TimeEstimate): number =>
    Math.abs(Math.log2((layout.globalBatch ?? 1) / batch));
  return estimates.toSorted((a, b) => distance(a) - distance(b))[0];
}
