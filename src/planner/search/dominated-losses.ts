import type { PlanLoss } from "../../schema/plan/run-plan.ts";
import { balance, least, valuesOf, type Candidate } from "./candidate.ts";
import { dominates } from "./pareto-archive.ts";

/** For each accelerator that is not on the front: which offer beats its best one, and by how much. */
export function dominatedLosses(
  candidates: readonly Candidate[],
  front: readonly Candidate[],
): PlanLoss[] {
  const onFront = new Set(front.map(({ accelerator }) => accelerator.name));
  const names = new Set(candidates.map(({ accelerator }) => accelerator.name));
  return [...names].flatMap((name) => {
    if (onFront.has(name)) return [];
    const best = least(
      candidates.filter(({ accelerator }) => accelerator.name === name),
      balance,
    );
    const winner = front
      .filter((one) => dominates(valuesOf(one), valuesOf(best)))
      .toSorted((a, b) => balance(a) - balance(b))[0];
    if (winner === undefined) return [];
    return {
      accelerator: name,
      count: best.count,
      reason: "dominated",
      text: lossText(best, winner),
    };
  });
}

function lossText(best: Candidate, winner: Candidate): string {
  const kwh = (best.energy?.kwh ?? Number.NaN) / (winner.energy?.kwh ?? Number.NaN);
  const ratios = [
    `${ratioText(best.paidMs / winner.paidMs)} the time`,
    `${ratioText(best.usd / winner.usd)} the cost`,
    ...(Number.isFinite(kwh) ? [`${ratioText(kwh)} the energy`] : []),
  ];
  return `${best.count} of them take ${ratios.join(", ")} of ${winner.count} ${winner.accelerator.name}`;
}

function ratioText(ratio: number): string {
  return `${ratio.toFixed(ratio < 9.95 ? 2 : 0)}x`;
}
