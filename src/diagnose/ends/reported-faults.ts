import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import { lineEvidence, rankOfSign, type SeenSign } from "../lines/line-signs.ts";
import type { RunFacts } from "../run-facts.ts";

/** What tools inside the program have found and print: slow ranks, and results that differ when they are computed again. */
export function reportedFaults({ signs }: Pick<RunFacts, "signs">): Cause[] {
  return [slowOnes(signs), waitsForData(signs), corruptions(signs)].flat();
}

function waitsForData(signs: readonly SeenSign[]): Cause[] {
  const reports = signs.filter(({ kind }) => kind === "data-wait");
  if (reports.length === 0) return [];
  const speakers = new Set(signs.flatMap(({ rank }) => rank ?? []));
  const ranks = [...new Set(reports.flatMap((sign) => rankOfSign(sign) ?? []))];
  // If all say so, or the only one that prints, none is the slow one.
  const isOfFew = ranks.length > 0 && ranks.length <= speakers.size / 2;
  const evidence = reports.slice(0, 3).map((sign) => lineEvidence(sign));
  const named = isOfFew ? ranks.toSorted((a, b) => a - b) : [];
  return [{ kind: "data-starvation", ranks: named, hosts: [], likelihood: 0.7, evidence }];
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

/** A watchdog or a supervisor says that there is no progress, without the rank that the others wait for. */
export function reportedHang({ signs }: Pick<RunFacts, "signs">): Cause | undefined {
  const reports = signs.filter(({ kind }) => kind === "no-progress");
  if (reports.length === 0) return undefined;
  const ranks = [...new Set(reports.flatMap((sign) => rankOfSign(sign) ?? []))];
  return {
    kind: "hang",
    // Of several that report it, those that wait do so, too.
    ranks: ranks.length === 1 ? ranks : [],
    hosts: [],
    likelihood: 0.7,
    evidence: reports.slice(0, 3).map((sign) => lineEvidence(sign)),
    waitingRanks: 0,
    placeIsNow: false,
  };
}
