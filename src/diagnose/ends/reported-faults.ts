import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import { lineEvidence, rankOfSign, type SeenSign } from "../lines/line-signs.ts";
import type { RunFacts } from "../run-facts.ts";

/** What tools inside the program have found and print: slow ranks, and results that differ when they are computed again. */
export function reportedFaults({ signs }: Pick<RunFacts, "signs">): Cause[] {
  return [slowOnes(signs), corruptions(signs)].flat();
}

function slowOnes(signs: readonly SeenSign[]): Cause[] {
  const reports = signs.filter(({ slowRanks }) => slowRanks !== undefined);
  const ranks = new Set(reports.flatMap(({ slowRanks }) => slowRanks ?? []));
  if (ranks.size === 0) return [];
  const evidence = reports.slice(0, 3).map((sign) => lineEvidence(sign));
  const named = [...ranks].toSorted((a, b) => a - b);
  return [{ kind: "compute-straggler", ranks: named, hosts: [], likelihood: 0.7, evidence }];
}

/** Megatron computes a step again whose result is not plausible, and once more on another device. */
function corruptions(signs: readonly SeenSign[]): Cause[] {
  return signs.flatMap((sign): Cause[] => {
    const rank = rankOfSign(sign);
    if (sign.kind !== "not-reproducible" || rank === undefined) return [];
    const step = Number(/\biteration\W{0,2}(\d+)/iu.exec(sign.text)?.[1] ?? 0);
    const how = /different GPU/iu.test(sign.text) ? "persistent" : "transient";
    const common = { ranks: [rank], hosts: [], likelihood: 0.8, evidence: [lineEvidence(sign)] };
    return [{ kind: "silent-corruption", ...common, how, step, equalSteps: 0 }];
  });
}
