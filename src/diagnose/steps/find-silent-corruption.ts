import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import type { StepSample, VerifiedStep } from "../../schema/run/measured/telemetry-sample.ts";

/** So many steps with equal results on all ranks show that the program is deterministic. */
const equalStepsNeeded = 3;

type Corruption = Extract<Cause, { kind: "silent-corruption" }>;

/** What steps that were computed several times show. */
export interface ReplayVerdict {
  cause?: Corruption;
  /** Absent if too few steps show it. */
  isDeterministic?: boolean;
}

/** One step on all ranks that verified it. */
interface ReplayedStep {
  step: number;
  results: ReadonlyMap<number, VerifiedStep>;
}

/**
 * Whether a rank computed different results from the same state. A program that is not deterministic does that on most ranks and from its
 * first replayed step on; a fault of a processor or of memory does it on few, or after steps with equal results.
 *
 * @param ranks the step samples of each rank
 */
export function findSilentCorruption(
  ranks: ReadonlyMap<number, readonly StepSample[]>,
): ReplayVerdict {
  const steps = replayedSteps(ranks);
  const firstDiffering = steps.findIndex((each) => differingRanks(each).length > 0);
  if (firstDiffering < 0) return steps.length >= equalStepsNeeded ? { isDeterministic: true } : {};
  const equalSteps = firstDiffering;
  const later = steps.slice(firstDiffering);
  const rankCount = Math.max(...later.map(({ results }) => results.size));
  const suspects = [...new Set(later.flatMap(suspectRanks))].toSorted((a, b) => a - b);
  const isOfFew =
    suspects.length > 0 && suspects.length < rankCount / 2 + (rankCount === 2 ? 1 : 0);
  const isShown = equalSteps >= equalStepsNeeded;
  if (!isShown && !isOfFew) return { isDeterministic: false };
  const isNamed = isOfFew || rankCount === 1;
  const likelihood = isShown && isNamed ? 0.95 : 0.7;
  const blamed = isNamed ? suspects : [];
  return { isDeterministic: true, cause: corruption(later, { blamed, equalSteps, likelihood }) };
}

function replayedSteps(ranks: ReadonlyMap<number, readonly StepSample[]>): ReplayedStep[] {
  const bySteps = new Map<number, Map<number, VerifiedStep>>();
  for (const [rank, samples] of ranks) {
    for (const verified of samples.flatMap(({ verifiedSteps }) => verifiedSteps ?? [])) {
      const known = bySteps.get(verified.step) ?? new Map<number, VerifiedStep>();
      known.set(rank, verified);
      bySteps.set(verified.step, known);
    }
  }
  return [...bySteps]
    .map(([step, results]) => ({ step, results }))
    .toSorted((a, b) => a.step - b.step);
}

function differingRanks({ results }: ReplayedStep): number[] {
  return [...results].flatMap(([rank, { outcome }]) => (outcome === "equal" ? [] : [rank]));
}

/** Those whose own computation differs; the others then have received it. If none is known to, all that differ. */
function suspectRanks(step: ReplayedStep): number[] {
  const differing = differingRanks(step);
  const computed = differing.filter((rank) => step.results.get(rank)?.where === "computation");
  return computed.length > 0 ? computed : differing;
}

/** @param steps from the first one with different results on */
function corruption(
  steps: readonly ReplayedStep[],
  found: { blamed: readonly number[]; equalSteps: number; likelihood: number },
): Corruption {
  const differing = steps.filter((each) => differingRanks(each).length > 0);
  const results = differing.flatMap((each) =>
    suspectRanks(each).flatMap((rank) => {
      const verified = each.results.get(rank);
      return verified === undefined ? [] : [{ rank, verified }];
    }),
  );
  const isPersistent = results.some(({ verified }) => verified.outcome === "persistent");
  return {
    kind: "silent-corruption",
    ranks: [...found.blamed],
    hosts: [],
    likelihood: found.likelihood,
    evidence: results.map(({ rank, verified }) => ({
      kind: "samples" as const,
      rank,
      firstStep: verified.step,
      lastStep: verified.step,
      text: `${outcomeTexts[verified.outcome]}${placeTexts[verified.where ?? "unknown"]}`,
    })),
    how: isPersistent ? "persistent" : "transient",
    step: differing[0]?.step ?? 0,
    equalSteps: found.equalSteps,
  };
}

const outcomeTexts: Record<VerifiedStep["outcome"], string> = {
  equal: "all executions of the step have equal results",
  transient: "one execution of the step has other results than the other two",
  persistent: "all executions of the step have different results",
};

const placeTexts: Record<NonNullable<VerifiedStep["where"]>, string> = {
  computation: ", before any exchange with other ranks",
  "after-exchange": "; what it sent to other ranks was equal",
  unknown: "",
};
