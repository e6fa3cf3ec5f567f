import { median } from "../../foundation/numbers/statistics.ts";
import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import type { StepSample } from "../../schema/run/measured/telemetry-sample.ts";
import { lineEvidence } from "../lines/line-signs.ts";
import type { PrintedSpike } from "../lines/printed-losses.ts";

/** Losses that a new one is compared with. */
const windowLength = 50;
const minimumPast = 10;
/** Losses after a jump that show whether it lasts. */
const minimumAfter = 5;
/** Robust standard deviations above the past. */
const minimumZ = 10;
/** A spike also exceeds the past median by this factor, so that a flat curve's noise is none. */
const minimumFactor = 1.5;

/**
 * The largest jump of the training loss above its recent past, as a robust z-score (median and median absolute deviation). It is blamed on
 * ranks if each rank has a loss of its own, and only a few of them jump, or jump while the others still have their usual loss: the
 * gradients of a bad batch spoil the weights of all ranks for the next step.
 *
 * @param options `withLasting`: also a jump after which the loss stays high; default: yes
 */
export function findLossSpike(
  ranks: ReadonlyMap<number, readonly StepSample[]>,
  { withLasting = true } = {},
): Cause | undefined {
  const curves = [...ranks.values()].map(withLoss).filter(({ length }) => length > minimumPast);
  const spikes = curves.flatMap((losses) => {
    const spike = worstSpike(losses);
    return spike === undefined || (!withLasting && isLasting(spike, losses)) ? [] : spike;
  });
  const [worst] = spikes.toSorted((a, b) => b.z - a.z);
  if (worst === undefined) return undefined;
  const few = Math.max(1, curves.length / 3);
  const isOfFew = spikes.length <= few && curves.length > 1;
  const early = curves.length > 1 ? earlySpikes(curves) : [];
  const blamed = isOfFew ? spikes : early.length <= few ? early : [];
  const { rank, step, loss, usual, z, firstStep } = worst;
  const text = `loss ${loss.toPrecision(4)} at step ${step}, ${z.toFixed(0)} robust standard deviations above the median ${usual.toPrecision(4)} of the samples before it`;
  return {
    kind: "loss-spike",
    ranks: blamed.map((spike) => spike.rank).toSorted((a, b) => a - b),
    hosts: [],
    likelihood: 0.8,
    evidence: [{ kind: "samples", rank, firstStep, lastStep: step, text }],
    step,
    loss,
    usualLoss: usual,
  };
}

/** The first jumps, if every other rank still had its usual loss in the same step or after it. */
function earlySpikes(curves: readonly (readonly Loss[])[]): Loss[] {
  const firsts = curves.map((losses) =>
    losses.find((_, at) => at >= minimumPast && spikeAt(losses, at) !== undefined),
  );
  const step = Math.min(...firsts.map((first) => first?.step ?? Number.POSITIVE_INFINITY));
  const early = firsts.flatMap((first) => (first?.step === step ? [first] : []));
  const isUsualElsewhere = curves.every((losses, index) => {
    const first = firsts[index];
    const isSeen = losses.some(
      (loss) => loss.step >= step && loss.step < (first?.step ?? Infinity),
    );
    return first?.step === step || isSeen;
  });
  return isUsualElsewhere ? early : [];
}

function worstSpike(losses: readonly Loss[]): Spike | undefined {
  let worst: Spike | undefined;
  for (let at = minimumPast; at < losses.length; at += 1) {
    const spike = spikeAt(losses, at);
    if (spike !== undefined && spike.z > (worst?.z ?? 0)) worst = spike;
  }
  return worst;
}

/** Whether most losses after a jump are nearer to it than to the usual ones. */
function isLasting({ step, loss, usual }: Spike, losses: readonly Loss[]): boolean {
  const after = losses.filter((each) => each.step > step).map((each) => each.loss);
  return after.length >= minimumAfter && median(after) > (usual + loss) / 2;
}

interface Loss {
  rank: number;
  step: number;
  loss: number;
}
type Spike = Loss & { z: number; usual: number; firstStep: number };

function spikeAt(losses: readonly Loss[], at: number): Spike | undefined {
  const from = Math.max(0, at - windowLength);
  const here = losses[at];
  // The lower the usual loss, the larger the jump. Few losses exceed even the lowest so far, and need their medians.
  if (here === undefined || !doesExceed(here.loss, lowestLoss(losses, from, at))) return undefined;
  const window = losses.slice(from, at);
  const [first] = window;
  if (first === undefined) return undefined;
  const past = window.map(({ loss }) => loss);
  const usual = median(past);
  const spread = 1.4826 * median(past.map((loss) => Math.abs(loss - usual)));
  // A curve that falls during the window is spread out by its trend, which only makes this more careful.
  const z = (here.loss - usual) / Math.max(spread, Math.abs(usual) * 0.01, Number.EPSILON);
  const isSpike = z >= minimumZ && doesExceed(here.loss, usual);
  return isSpike ? { ...here, z, usual, firstStep: first.step } : undefined;
}

function doesExceed(loss: number, usual: number): boolean {
  return loss - usual > (minimumFactor - 1) * Math.abs(usual);
}

function lowestLoss(losses: readonly Loss[], from: number, to: number): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let at = from; at < to; at++) {
    const { loss } = losses[at] ?? { loss: lowest };
    if (loss < lowest) lowest = loss;
  }
  return lowest;
}

/** A jump of a printed loss, for a program that leaves no samples. */
export function printedLossSpike(spike: PrintedSpike | undefined): Cause | undefined {
  if (spike === undefined) return undefined;
  const step = /\b(?:step|iter(?:ation)?|update|batch)\w*\W{0,4}(\d+)/iu.exec(spike.text)?.[1];
  return {
    kind: "loss-spike",
    ranks: [],
    hosts: [],
    likelihood: 0.7,
    evidence: [lineEvidence(spike)],
    ...(step === undefined ? {} : { step: Number(step) }),
    loss: spike.loss,
    usualLoss: spike.usual,
  };
}

function withLoss(samples: readonly StepSample[]): Loss[] {
  return samples.flatMap(({ rank, step, loss }) =>
    loss === undefined ? [] : [{ rank, step, loss }],
  );
}
