import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import type { StepSample } from "../../schema/run/measured/telemetry-sample.ts";

/**
 * The first step after which replicas of the parameters differ, although they were equal before. Ranks are blamed if most of the others
 * still agree. Replicas that never were equal are not meant to be, such as the parts of a divided model.
 *
 * @param ranks the step samples of each rank
 */
export function findDivergedReplicas(
  ranks: ReadonlyMap<number, readonly StepSample[]>,
): Cause | undefined {
  const bySteps = checksumsByStep(ranks);
  let lastEqual: { step: number; rankCount: number } | undefined;
  for (const [step, checksums] of [...bySteps].toSorted(([a], [b]) => a - b)) {
    if (checksums.size < 2) continue;
    const groups = groupsOf(checksums);
    if (groups.length === 1) lastEqual = { step, rankCount: checksums.size };
    // Ranks that were not compared before may be of another part of the model.
    else if (lastEqual?.rankCount === checksums.size) return divergence(step, groups, lastEqual);
  }
  return undefined;
}

function checksumsByStep(
  ranks: ReadonlyMap<number, readonly StepSample[]>,
): Map<number, Map<number, string>> {
  const bySteps = new Map<number, Map<number, string>>();
  for (const [rank, samples] of ranks) {
    for (const { step, checksum } of samples.flatMap((each) => each.parameterChecksums ?? [])) {
      const known = bySteps.get(step) ?? new Map<number, string>();
      known.set(rank, checksum);
      bySteps.set(step, known);
    }
  }
  return bySteps;
}

/** Ranks with equal checksums, the largest group first. */
function groupsOf(checksums: ReadonlyMap<number, string>): number[][] {
  const groups = new Map<string, number[]>();
  for (const [rank, checksum] of checksums)
    groups.set(checksum, [...(groups.get(checksum) ?? []), rank]);
  return [...groups.values()].toSorted((a, b) => b.length - a.length);
}

function divergence(
  step: number,
  groups: readonly number[][],
  lastEqual: { step: number; rankCount: number },
): Cause {
  const [most = [], ...others] = groups;
  const differing = others.flat().toSorted((a, b) => a - b);
  const isMinority = most.length > lastEqual.rankCount / 2;
  const shown = [differing[0], most[0]].flatMap((rank) => (rank === undefined ? [] : [rank]));
  return {
    kind: "replica-divergence",
    ranks: isMinority ? differing : [],
    hosts: [],
    likelihood: isMinority ? 0.95 : 0.9,
    evidence: shown.map((rank) => ({
      kind: "samples" as const,
      rank,
      firstStep: lastEqual.step,
      lastStep: step,
      text: `parameters after step ${step} ${most.includes(rank) ? `equal on ${most.length} of ${lastEqual.rankCount} ranks` : "differ from those"}; all equal after step ${lastEqual.step}`,
    })),
    step,
    lastEqualStep: lastEqual.step,
  };
}
