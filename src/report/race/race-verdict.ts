import { formatSignificant } from "../../foundation/numbers/units.ts";
import {
  type ArmComparison,
  fewestPairs,
  type RaceArm,
  type RaceReport,
  type RunDisturbance,
} from "../../schema/run/race/race-report.ts";
import { countOf } from "../wording.ts";

/** One sentence of the answer, and the figures behind it. */
export interface VerdictText {
  kind: "faster" | "slower" | "open";
  text: string;
  detail: string | undefined;
}

/** What the race found, one sentence for each arm after the base. */
export function raceVerdicts({ arms, baseArm }: RaceReport): VerdictText[] {
  const base = arms.find(({ arm }) => arm === baseArm);
  if (base === undefined) return [];
  return arms.flatMap((arm) =>
    arm.comparison === undefined ? [] : [verdictOf(arm, arm.comparison, base)],
  );
}

function verdictOf(arm: RaceArm, comparison: ArmComparison, base: RaceArm): VerdictText {
  const [name, other] = [armLabel(arm), armLabel(base)];
  const { verdict, ratio } = comparison;
  const detail = testText(comparison);
  switch (verdict.kind) {
    case "faster": {
      const rate = ratio === undefined || ratio === 0 ? undefined : speedup(comparison);
      const text =
        rate === undefined
          ? `${name} is faster than ${other}, which mostly missed the target`
          : `${name} is ${rate} faster than ${other}`;
      return { kind: "faster", text: text + comparedRange(comparison, "faster"), detail };
    }
    case "slower": {
      const text =
        ratio === undefined
          ? `${name} is slower than ${other}: it mostly missed the target`
          : `${name} is ${factor(ratio)} slower than ${other}`;
      return { kind: "slower", text: text + comparedRange(comparison, "slower"), detail };
    }
    case "too-few-runs": {
      const more = `about ${verdict.moreRuns} more would`;
      const few =
        comparison.interval === undefined ? `; fewer than ${fewestPairs} pairs never decide` : "";
      return {
        kind: "open",
        text: `${name} against ${other}: too few runs to tell${few}; ${more}${soFar(comparison)}`,
        detail,
      };
    }
    case "no-difference-seen":
      return {
        kind: "open",
        text: `${name} takes about as long as ${other}: no difference seen${soFar(comparison)}`,
        detail,
      };
    case "nothing-to-compare":
      return {
        kind: "open",
        text: `${name} and ${other} cannot be compared: no run of either reached the target with a common seed`,
        detail: undefined,
      };
  }
}

/** `B (--lr 0.2)`. */
export function armLabel({ letter, name }: Pick<RaceArm, "letter" | "name">): string {
  return name === "" ? letter : `${letter} (${name})`;
}

function factor(ratio: number): string {
  return `${formatSignificant(ratio, 3)}x`;
}

function speedup({ ratio = 1 }: ArmComparison): string {
  return factor(1 / ratio);
}

/** ` (1.10 to 1.38)`, in the direction of the sentence. */
function comparedRange({ interval }: ArmComparison, direction: "faster" | "slower"): string {
  if (interval === undefined) return "";
  const { low, high } = interval;
  const [from, to] = direction === "slower" ? [low, high] : [inverse(high), inverse(low)];
  if (from === undefined) return "";
  return to === undefined
    ? ` (at least ${formatSignificant(from, 3)})`
    : ` (${formatSignificant(from, 3)} to ${formatSignificant(to, 3)})`;
}

function inverse(ratio: number | undefined): number | undefined {
  if (ratio === undefined) return 0;
  return ratio === 0 ? undefined : 1 / ratio;
}

/** The ratio so far, which decides nothing. */
function soFar(comparison: ArmComparison): string {
  const { ratio, interval } = comparison;
  if (ratio === undefined) return "";
  const range = interval === undefined ? "" : ` (${rangeText(interval.low, interval.high)})`;
  return `; time ratio so far ${formatSignificant(ratio, 3)}${range}`;
}

/** A time ratio with its interval, or with the range of its pairs where there are too few for an interval. */
export function ratioText(comparison: ArmComparison | undefined): string {
  if (comparison === undefined || comparison.estimator === undefined) return "";
  const { ratio, interval, lowestPair, highestPair } = comparison;
  const range =
    interval === undefined
      ? `pairs ${rangeText(lowestPair, highestPair)}`
      : rangeText(interval.low, interval.high);
  return `${bound(ratio)} (${range})`;
}

function rangeText(low: number | undefined, high: number | undefined): string {
  return `${bound(low)} … ${bound(high)}`;
}

/** An absent end is infinite: runs missed the target. */
function bound(ratio: number | undefined): string {
  return ratio === undefined ? "∞" : formatSignificant(ratio, 3);
}

export function pText({ test }: ArmComparison): string {
  if (test === undefined) return "";
  return test.pValue < 0.0005 ? "< 0.0005" : formatSignificant(test.pValue, 2);
}

function testText(comparison: ArmComparison): string | undefined {
  const { test, pairCount, estimator } = comparison;
  if (test === undefined) return undefined;
  const p = test.pValue < 0.0005 ? "p < 0.0005" : `p = ${formatSignificant(test.pValue, 2)}`;
  const floor =
    test.leastPossible > 0.01
      ? `, minimum possible p with so few pairs: ${formatSignificant(test.leastPossible, 2)}`
      : "";
  const method = test.method === "exact" ? "exact" : "approximate";
  const center =
    estimator === "median" ? "; median of the pairs, because runs missed the target" : "";
  return `${p} (two-sided ${method} Wilcoxon signed-rank test of ${countOf(pairCount, "pair")}${floor})${center}`;
}

const disturbanceWords: Readonly<Record<RunDisturbance, string>> = {
  "machine-busy": "other processes used more than 10 % of the machine",
  "cpu-quota": "the CPU quota of the container held the program back",
  "thermal-throttling": "the processor throttled because of its temperature",
  "low-frequency": "the processor ran more than 10 % below its usual frequency",
  "on-battery": "the machine ran on battery",
};

/** Warnings about the conditions of runs, each naming them; in the order of the list of disturbances. */
export function raceWarnings({ arms }: RaceReport): string[] {
  const runs = arms.flatMap((arm) =>
    arm.runs.map((run) => ({ ...run, label: `${arm.letter} seed ${run.seed}` })),
  );
  return Object.entries(disturbanceWords).flatMap(([disturbance, words]) => {
    const during = runs.filter((run) => run.disturbances.some((one) => one === disturbance));
    if (during.length === 0) return [];
    const which =
      during.length === runs.length
        ? "all runs"
        : `${countOf(during.length, "run")}: ${named(during.map(({ label }) => label))}`;
    return [`${words} during ${which}; their times are less reliable`];
  });
}

const mostNamed = 6;

function named(labels: readonly string[]): string {
  const rest = labels.length - mostNamed;
  return rest > 0 ? `${labels.slice(0, mostNamed).join(", ")} and ${rest} more` : labels.join(", ");
}
