import { median } from "../../foundation/numbers/statistics.ts";

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

/** What follows the word, up to the value; `loss_scale` and `loss_weight` are no losses. */
const beforeValue = /(?!_?(?:scal|weight|coef|fact))\w*["']?\s*[:=|]?\s*["'(]*\s*/iuy;
const lossValue = /[-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|nan\b|inf(?:inity)?\b)/iuy;
const words = ["loss", "Loss", "LOSS"];
/** Losses that a new one is compared with. */
const windowLength = 50;
const minimumPast = 10;
/** A spike exceeds the past median by this factor and these deviations; a smaller one by more of these, as in a loss that hardly varies. */
const spikes = [
  { factor: 3, z: 10 },
  { factor: 1.6, z: 25 },
] as const;
/** Medians are computed again after this many losses. */
const refreshed = 25;
/** A loss that stays high for more lines is another phase of the training. */
const longestSpike = 15;
/** A process that is started again while others go on prints the loss of a new model, as all did at the start, until it has the state of the others. */
const newModel = { factor: 1.2, lines: 3 };
/** Some programs print NaN as the loss of an evaluation that has not run yet. */
const ofEvaluation = /(?:^|[^a-z])(?:val|eval|test|sanity)/iu;
/** Some programs print 0 for a loss that is NaN. */
const badGradient = /grad\w*["']?\s*[:=]\s*["']?[-+]?(?:nan|inf)/iu;
/** So many bad losses in a row are no accident of one batch; fewer count if no other was printed. */
const minimumBad = 3;

/** Whether a line states the value of a loss. */
export function hasLoss(text: string): boolean {
  return placeOfLoss(text) !== undefined;
}

/** Where a line states the value of a loss; undefined if it states none. */
export function placeOfLoss(text: string): number | undefined {
  for (const word of words) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      const start = endOfMatch(beforeValue, text, at + word.length);
      if (endOfMatch(lossValue, text, start) > start) return start;
    }
  }
  return undefined;
}

/** No number is longer. */
const longestValue = 32;

function valueAt(text: string, at: number): number {
  const value = Number.parseFloat(text.slice(at, at + longestValue));
  return Number.isNaN(value) ? Number.NaN : value;
}

/** @returns where the match ends; `at` if nothing matches there */
function endOfMatch(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

interface Curve {
  file: string;
  past: number[];
  seen: number;
  usual: number;
  spread: number;
  /** The highest of the first losses. */
  first: number;
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
  #restarts = 0;

  get isEmpty(): boolean {
    return this.#curves.size === 0;
  }

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

  /** A process of the program has failed and is started again, while others may go on. */
  restarted(): void {
    this.#restarts += 1;
  }

  /** The largest. */
  get spike(): PrintedSpike | undefined {
    return this.#spike;
  }

  /** @param at where the line states the value */
  push({ file, line, rank, text }: PrintedLoss, at: number): void {
    // The mean of all steps, which transformers prints at the end.
    if (text.includes("train_runtime")) return;
    const loss = valueAt(text, at);
    const known = this.#curves.get(rank);
    // Another file is the output of another run, attempt or host.
    const curve = known?.file === file ? known : emptyCurve(file);
    this.#curves.set(rank, curve);
    if (!Number.isFinite(loss) || (loss === 0 && badGradient.test(text))) {
      curve.bad ??= { file, line, rank, text };
      curve.badLines += 1;
      return;
    }
    curve.bad = undefined;
    curve.badLines = 0;
    // Most losses are no higher than those before.
    if (curve.high === undefined && loss <= curve.usual * spikes[1].factor) {
      curve.highLines = 0;
      remember(curve, loss);
      return;
    }
    this.#compare(curve, { file, line, rank, text, loss });
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
      if (curve.high !== undefined && !this.#isOfNewModel(curve, curve.high))
        this.#spike = larger(this.#spike, curve.high);
      curve.highLines = 0;
    }
    curve.high = undefined;
    remember(curve, printed.loss);
  }

  /** Each restart explains one. */
  #isOfNewModel({ first, highLines }: Curve, { loss }: PrintedSpike): boolean {
    const isNew = highLines <= newModel.lines && loss <= newModel.factor * first;
    if (!isNew || this.#restarts === 0) return false;
    this.#restarts -= 1;
    return true;
  }
}

function larger(known: PrintedSpike | undefined, spike: PrintedSpike): PrintedSpike {
  return known === undefined || spike.z > known.z ? spike : known;
}

function spikeAbove(
  { past, usual, spread }: Curve,
  printed: PrintedLoss & { loss: number },
): PrintedSpike | undefined {
  if (past.length < minimumPast || usual <= 0 || printed.loss <= usual) return undefined;
  const z = (printed.loss - usual) / Math.max(spread, usual * 0.01);
  const isSpike = spikes.some((least) => printed.loss > least.factor * usual && z >= least.z);
  return isSpike ? { ...printed, usual, z } : undefined;
}

function remember(curve: Curve, loss: number): void {
  const { past } = curve;
  past.push(loss);
  if (past.length > windowLength) past.shift();
  curve.seen += 1;
  if (curve.seen <= minimumPast) curve.first = Math.max(curve.first, loss);
  if (curve.seen > minimumPast && curve.seen % refreshed !== 0) return;
  const usual = median(past);
  curve.usual = usual;
  curve.spread = 1.4826 * median(past.map((each) => Math.abs(each - usual)));
}

function emptyCurve(file: string): Curve {
  return {
    file,
    past: [],
    seen: 0,
    usual: 0,
    spread: 0,
    first: 0,
    high: undefined,
    highLines: 0,
    bad: undefined,
    badLines: 0,
  };
}
