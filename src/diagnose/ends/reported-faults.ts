import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import { lineEvidence, rankOfSign, type SeenSign } from "../lines/line-signs.ts";
import type { RunFacts } from "../run-facts.ts";

/** What tools inside the program and beside it have found and print: slow ranks, results that differ when they are computed again, hot devices. */
export function reportedFaults({ signs }: Pick<RunFacts, "signs">): Cause[] {
  return [
    slowOnes(signs),
    corruptions(signs),
    ...reportedKinds.map((kind) => reported(kind, signs)),
  ].flat();
}

const reportedKinds = [
  "data-wait",
  "thermal",
  "replicas-differ",
  "weak-link",
  "clock-moved",
] as const;

function reported(kind: (typeof reportedKinds)[number], signs: readonly SeenSign[]): Cause[] {
  const reports = signs.filter((sign) => sign.kind === kind);
  const [first] = reports;
  if (first === undefined) return [];
  const ranks = [...new Set(reports.flatMap((sign) => rankOfSign(sign) ?? []))];
  const speakers = new Set(signs.flatMap((sign) => rankOfSign(sign) ?? []));
  // If all say so, none of them is another than the others.
  const areFew = ranks.length === 1 || ranks.length <= speakers.size / 2;
  const common = {
    ranks: areFew ? ranks.toSorted((a, b) => a - b) : [],
    hosts: [],
    likelihood: 0.8,
    evidence: reports.slice(0, 3).map((sign) => lineEvidence(sign)),
  };
  switch (kind) {
    case "data-wait":
      return [{ kind: "data-starvation", ...common }];
    case "thermal":
      return [{ kind: "thermal-throttle", ...common }];
    case "replicas-differ":
      return [{ kind: "replica-divergence", ...common }];
    case "weak-link":
      return [{ kind: "slow-link", ...common }];
    case "clock-moved":
      return clockSteps(first, common);
  }
}

const moved =
  /\b(?:by|of|:)\s*(?<value>[-+]?\d+(?:\.\d+)?)\s*(?<unit>ms|milliseconds?|s|sec(?:ond)?s?|min(?:ute)?s?|h(?:ours?)?)\b/iu;
const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

function clockSteps(
  { text }: SeenSign,
  common: Pick<Cause, "ranks" | "evidence" | "likelihood" | "hosts">,
): Cause[] {
  const { value, unit = "" } = moved.exec(text)?.groups ?? {};
  if (value === undefined) return [];
  const ms = /^m(?:s|illi)/iu.test(unit) ? 1 : (unitMs[unit.slice(0, 1).toLowerCase()] ?? 1);
  return [{ kind: "clock-step", ...common, steppedMs: ms * Number(value) }];
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
