import { median } from "../../foundation/numbers/statistics.ts";
import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import type { StepSample } from "../../schema/run/measured/telemetry-sample.ts";

/** A rank is blamed for at least this part of each step. */
const minimumFraction = 0.1;
/** All ranks together starve if waiting for data takes at least this part of each step. */
const starvedFraction = 0.15;
/** Samples of the first steps are left out: compilation, caches. */
const warmupFraction = 0.1;
const minimumSamples = 4;
/** The waiting of ranks differs by chance in few samples. */
const minimumSamplesToBlame = 8;

/** The medians of a rank's samples, milliseconds per step. */
interface RankSteps {
  rank: number;
  firstStep: number;
  lastStep: number;
  stepMs: number;
  computeMs: number;
  dataMs: number;
  communicationMs: number;
  /** The last step of each sample. */
  steps: readonly number[];
  /** Its waiting in each sample. */
  waitsMs: readonly number[];
  /** Its backward pass; undefined if it is not reported alone. */
  backwardMs: number | undefined;
  backwardsMs: readonly number[];
  otherMs: number;
}

/**
 * Who makes every step longer. In synchronous training all ranks' steps take equally long, so the slow rank is the one that waits
 * least for the others: the others wait for it in communication, and its own time before the collective is longer.
 *
 * @param ranks the step samples of each rank, in the order of time
 */
export function findSlowRanks(ranks: ReadonlyMap<number, readonly StepSample[]>): Cause[] {
  const measured = [...ranks].flatMap(([rank, samples]) => stepsOf(rank, samples) ?? []);
  if (measured.length === 0) return [];
  const isLong = measured.every(({ waitsMs }) => waitsMs.length >= minimumSamplesToBlame);
  if (measured.length < 2 || !isLong) return starvation(measured);
  const slow = slowRanks(measured);
  if (slow.length > 0) return slow;
  const withWaits = measured.flatMap((each) => withHiddenWaits(each));
  const hidden = withWaits.length === measured.length ? slowRanks(withWaits) : [];
  return hidden.length > 0 ? hidden : starvation(measured);
}

/**
 * Gradients are exchanged during the backward pass, and a program that does not report when it sends them waits for others in there.
 * Its time then counts as waiting, so that a rank that is slow before it shows.
 */
function withHiddenWaits(each: RankSteps): RankSteps[] {
  const { backwardMs } = each;
  if (backwardMs === undefined) return [];
  return [
    {
      ...each,
      computeMs: Math.max(0, each.computeMs - backwardMs),
      communicationMs: each.communicationMs + backwardMs,
      waitsMs: each.waitsMs.map((waitMs, index) => waitMs + (each.backwardsMs[index] ?? 0)),
    },
  ];
}

function stepsOf(rank: number, all: readonly StepSample[]): RankSteps | undefined {
  const samples = all.slice(Math.ceil(all.length * warmupFraction));
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || samples.length < minimumSamples)
    return undefined;
  const stepTimes = samples.flatMap((sample, index) => {
    const before = samples[index - 1];
    return before === undefined ? [] : [(sample.timeMs - before.timeMs) / sample.stepCount];
  });
  const perStep = (part: (sample: StepSample) => number): number =>
    median(samples.map((sample) => part(sample) / sample.stepCount));
  const parts = {
    computeMs: perStep(({ computeMs }) => computeMs),
    dataMs: perStep(({ dataWaitMs }) => dataWaitMs),
    communicationMs: perStep(({ communicationMs }) => communicationMs),
  };
  const sum = parts.computeMs + parts.dataMs + parts.communicationMs;
  const stepMs = Math.max(sum, median(stepTimes));
  return {
    rank,
    firstStep: first.step,
    lastStep: last.step,
    stepMs,
    ...parts,
    backwardMs: samples.every((sample) => sample.backwardMs !== undefined)
      ? perStep(({ backwardMs = 0 }) => backwardMs)
      : undefined,
    backwardsMs: samples.map(({ backwardMs = 0, stepCount }) => backwardMs / stepCount),
    steps: samples.map(({ step }) => step),
    waitsMs: samples.map(({ communicationMs, stepCount }) => communicationMs / stepCount),
    otherMs: stepMs - sum,
  };
}

/** Ranks that the others wait for. */
function slowRanks(measured: readonly RankSteps[]): Cause[] {
  const stepMs = median(measured.map((each) => each.stepMs));
  const hasWaits = measured.some(
    ({ communicationMs }) => communicationMs > minimumFraction * stepMs,
  );
  const usualOf = usualParts(measured);
  const slow = measured.flatMap((each) => {
    const usual = usualOf(each);
    const excess = excessOver(usual, each);
    // Without measured waiting, the longer own time decides.
    const lostMs = hasWaits ? usual.communicationMs - each.communicationMs : excess.ms;
    const isSlow = lostMs > minimumFraction * stepMs && lostMs > 6 * usual.spreadMs;
    const isLasting = !hasWaits || waitsLess(each, measured, usual.communicationMs);
    return isSlow && isLasting && excess.ms > lostMs / 2 ? [{ each, excess, lostMs }] : [];
  });
  return ([true, false] as const).flatMap((isData) => {
    const blamed = slow.filter(({ excess }) => (excess.part === "data") === isData);
    const [worst] = blamed.toSorted((a, b) => b.lostMs - a.lostMs);
    // More than a third of the ranks: imbalance by design, such as pipeline stages, not a fault of some.
    const isDesign = blamed.length > Math.max(1, measured.length / 3);
    if (worst === undefined || isDesign) return [];
    const ranks = blamed.map(({ each }) => each);
    return [
      {
        kind: isData ? ("data-starvation" as const) : ("compute-straggler" as const),
        ranks: ranks.map(({ rank }) => rank).toSorted((a, b) => a - b),
        hosts: [],
        likelihood: hasWaits ? 0.9 : 0.7,
        evidence: [...ranks.slice(0, 3), ...typicalRank(measured, ranks)].map(samplesEvidence),
        lostMsPerStep: worst.lostMs,
        stepMs,
      },
    ];
  });
}

/** A slow rank waits less than the others in this part of its samples. */
const lastingFraction = 0.75;

/**
 * Whether a rank waits less than the others in most samples, not only in the median of a few. Each sample is compared with those of the others
 * at that time, because what disturbs all of them, such as other work on their hosts, makes the waiting of all longer.
 */
function waitsLess(each: RankSteps, measured: readonly RankSteps[], usualMs: number): boolean {
  const others = measured.length <= fewRanks ? measured.filter((other) => other !== each) : [];
  const places = others.map(() => 0);
  const fewer = each.waitsMs.filter((waitMs, index) => {
    const step = each.steps[index] ?? 0;
    const then = others.flatMap((other, at) => {
      const place = placeOf(other, step, places[at] ?? 0);
      places[at] = place;
      return other.waitsMs[place] ?? [];
    });
    return waitMs < (then.length === 0 ? usualMs : median(then));
  });
  return fewer.length > lastingFraction * each.waitsMs.length;
}

/** The sample that holds a step, or the one after it, from a place on. */
function placeOf({ steps }: RankSteps, step: number, from: number): number {
  let place = from;
  while (place < steps.length - 1 && (steps[place] ?? 0) < step) place += 1;
  return place;
}

type Parts = Pick<RankSteps, "computeMs" | "dataMs" | "otherMs" | "communicationMs">;
type UsualParts = Parts & { spreadMs: number };

/** Up to this many ranks, a rank is compared with the others alone. */
const fewRanks = 16;

/** The medians of the other ranks' parts; of many ranks, of all of them. */
function usualParts(measured: readonly RankSteps[]): (each: RankSteps) => UsualParts {
  if (measured.length <= fewRanks) {
    return (each) => mediansOf(measured.filter((other) => other !== each));
  }
  const all = mediansOf(measured);
  return () => all;
}

/** `spreadMs`: the median absolute deviation of their waiting, scaled as a standard deviation. */
function mediansOf(ranks: readonly RankSteps[]): UsualParts {
  const of = (part: keyof Parts): number => median(ranks.map((each) => each[part]));
  const communicationMs = of("communicationMs");
  const deviations = ranks.map((each) => Math.abs(each.communicationMs - communicationMs));
  return {
    computeMs: of("computeMs"),
    dataMs: of("dataMs"),
    otherMs: of("otherMs"),
    communicationMs,
    spreadMs: 1.4826 * median(deviations),
  };
}

/** The part of a rank's step that exceeds the usual one most. `other` is time in none of the measured parts. */
function excessOver(
  usual: Parts,
  each: RankSteps,
): { part: "compute" | "data" | "other"; ms: number } {
  const compute = each.computeMs - usual.computeMs;
  const data = each.dataMs - usual.dataMs;
  const other = each.otherMs - usual.otherMs;
  const most = Math.max(compute, data, other);
  return { part: most === data ? "data" : most === compute ? "compute" : "other", ms: most };
}

/** Every rank waits for data, so no rank is to blame. */
function starvation(measured: readonly RankSteps[]): Cause[] {
  const stepMs = median(measured.map((each) => each.stepMs));
  const dataMs = median(measured.map((each) => each.dataMs));
  if (stepMs === 0 || dataMs < starvedFraction * stepMs) return [];
  return [
    {
      kind: "data-starvation",
      ranks: [],
      hosts: [],
      likelihood: 0.85,
      evidence: measured.slice(0, 3).map(samplesEvidence),
      lostMsPerStep: dataMs,
      stepMs,
    },
  ];
}

/** A rank that waits as long as most, for comparison. */
function typicalRank(measured: readonly RankSteps[], blamed: readonly RankSteps[]): RankSteps[] {
  const others = measured.filter((each) => !blamed.includes(each));
  const sorted = others.toSorted((a, b) => a.communicationMs - b.communicationMs);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? [] : [middle];
}

function samplesEvidence(each: RankSteps): Cause["evidence"][number] {
  const { rank, firstStep, lastStep } = each;
  const parts = [
    `${ms(each.computeMs)} compute`,
    `${ms(each.dataMs)} waiting for data`,
    `${ms(each.communicationMs)} waiting for other ranks`,
    `${ms(each.otherMs)} other`,
  ];
  const text = `median step ${ms(each.stepMs)}: ${parts.join(", ")}`;
  return { kind: "samples", rank, firstStep, lastStep, text };
}

function ms(value: number): string {
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ms`;
}
