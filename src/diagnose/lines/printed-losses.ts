import { median } from "../../foundation/statistics.ts";

/** A line that prints a loss. */
export interface PrintedLoss {
  file: string;
  line: number;
  rank: number | undefined;
  text: string;
}

/** A printed loss that was far above those before it, and came back. */
export interface PrintedSpike extends PrintedLoss {
  loss: number;
  /** The median of the losses before it. */
  usual: number;
  /** Robust standard deviations above them. */
  z: number;
}

const lossValue =
  /loss\w*["']?\s*[:=|]?\s*["'(]*\s*([-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|nan\b|inf(?:inity)?\b))/iu;
/** Losses that a new one is compared with. */
const windowLength = 50;
const minimumPast = 10;
const minimumZ = 10;
/** A spike also exceeds the past median by this factor. */
const minimumFactor = 3;
/** Medians are computed again after this many losses. */
const refreshed = 25;
/** A loss that stays high for more lines is another phase of the training. */
const longestSpike = 15;
/** Some programs print NaN as the loss of an evaluation that has not run yet. */
const ofEvaluation = /(?:^|[^a-z])(?:val|eval|test|sanity)/iu;
/** So many bad losses in a row are no accident of one batch; fewer count if no other was printed. */
const minimumBad = 3;

/** Whether a line states the value of a loss. */
export function hasLoss(text: string): boolean {
  return lossValue.test(text);
}

interface Curve {
  past: number[];
  seen: number;
  usual: number;
  spread: number;
  /** Highest loss since the curve left its usual range, and for how many lines. */
  high: PrintedSpike | undefined;
  highLines: number;
  /** The first of the bad losses that no good one followed. */
  bad: PrintedLoss | undefined;
  badLines: number;
}

/** The losses that each rank prints, in memory that does not grow with them. */
export class PrintedLosses {
  readonly #curves = new Map<number | undefined, Curve>();
  #spike: PrintedSpike | undefined;

  /** The ranks that print a loss. */
  get ranks(): readonly number[] {
    return [...this.#curves.keys()].flatMap((rank) => rank ?? []);
  }

  /** Of each rank whose last losses are all no finite numbers, the first of these. */
  get bad(): readonly PrintedLoss[] {
    return [...this.#curves.values()].flatMap(({ bad, badLines, seen }) => {
      if (bad === undefined) return [];
      const isOnly = seen === 0 && !ofEvaluation.test(bad.text);
      return isOnly || badLines >= minimumBad ? [bad] : [];
    });
  }

  /** The largest. */
  get spike(): PrintedSpike | undefined {
    return this.#spike;
  }

  push(printed: PrintedLoss): void {
    const value = lossValue.exec(printed.text)?.[1];
    if (value === undefined) return;
    const curve = this.#curves.get(printed.rank) ?? emptyCurve();
    this.#curves.set(printed.rank, curve);
    const loss = /\d/u.test(value) ? Number.parseFloat(value) : Number.NaN;
    if (!Number.isFinite(loss)) {
      curve.bad ??= printed;
      curve.badLines += 1;
      return;
    }
    curve.bad = undefined;
    curve.badLines = 0;
    this.#compare(curve, { ...printed, loss });
  }

  #compare(curve: Curve, printed: PrintedLoss & { loss: number }): void {
    const spike = spikeAbove(curve, printed);
    if (spike !== undefined && curve.highLines < longestSpike) {
      curve.highLines += 1;
      curve.high = larger(curve.high, spike);
      return;
    }
    if (spike === undefined) {
      // It came back, so what was seen was a spike.
      if (curve.high !== undefined) this.#spike = larger(this.#spike, curve.high);
      curve.highLines = 0;
    }
    curve.high = undefined;
    remember(curve, printed.loss);
  }
}

function larger(known: PrintedSpike | undefined, spike: PrintedSpike): PrintedSpike {
  return known === undefined || spike.z > known.z ? spike : known;
}

function spikeAbove(
  { past, usual, spread }: Curve,
  printed: PrintedLoss & { loss: number },
): PrintedSpike | undefined {
  if (past.length < minimumPast || usual <= 0 || printed.loss <= minimumFactor * usual)
    return undefined;
  const z = (printed.loss - usual) / Math.max(spread, usual * 0.01);
  return z < minimumZ ? undefined : { ...printed, usual, z };
}

function remember(curve: Curve, loss: number): void {
  const { past } = curve;
  past.push(loss);
  if (past.length > windowLength) past.shift();
  curve.seen += 1;
  if (curve.seen > minimumPast && curve.seen % refreshed !== 0) return;
  const usual = median(past);
  curve.usual = usual;
  curve.spread = 1.4826 * median(past.map((each) => Math.abs(each - usual)));
}

function emptyCurve(): Curve {
  return {
    past: [],
    seen: 0,
    usual: 0,
    spread: 0,
    high: undefined,
    highLines: 0,
    bad: undefined,
    badLines: 0,
  };
}
