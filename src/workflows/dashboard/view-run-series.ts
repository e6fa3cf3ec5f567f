import { BucketOrder } from "../../foundation/bucket-order.ts";
import { BucketGrid, type Buckets, stepFor } from "../../foundation/series-buckets.ts";
import type {
  SeriesBuckets,
  SeriesDescription,
  SeriesDocument,
  XAxis,
} from "../../schema/dashboard/run-series.ts";
import { axisUnits, type PlaceOnAxis, placeOnAxis, type PointSource } from "./run-points.ts";
import type { WatchedRun } from "./watch-run.ts";

/** Which points of which series, on which axis, in how many buckets. */
export interface SeriesQuestion {
  names: readonly string[];
  xAxis: XAxis;
  width: number;
  rank?: number | undefined;
  fromX?: number | undefined;
  toX?: number | undefined;
}

/** The buckets of some series of a run; undefined where the run has no such axis. */
export function viewRunSeries(
  run: WatchedRun,
  sources: readonly PointSource[],
  question: SeriesQuestion,
): SeriesDocument | undefined {
  const place = placeOnAxis(run, question.xAxis);
  if (place === undefined) return undefined;
  const wanted = sources.filter(({ description }) => question.names.includes(description.name));
  const extent = extentOf(wanted, place, question);
  const { fromX, toX } = extent;
  const stepX = stepFor(fromX, toX, question.width);
  const end = fromX + stepX * question.width;
  const grids = filledGrids(wanted, place, { fromX, stepX, toX: end, rank: question.rank });
  const series = grids.map(({ source, grid }) => bucketsOf(source.description, grid.all()));
  return {
    runId: run.runId,
    xAxis: question.xAxis,
    xUnit: axisUnits[question.xAxis],
    fromX,
    toX,
    width: question.width,
    ...(question.rank === undefined ? {} : { rank: question.rank }),
    series: series.filter(({ x }) => x.length > 0),
  };
}

/** From the first point to the last on the axis, unless asked otherwise. */
function extentOf(
  sources: readonly PointSource[],
  place: PlaceOnAxis,
  { fromX, toX, rank, xAxis }: SeriesQuestion,
): { fromX: number; toX: number } {
  if (fromX !== undefined && toX !== undefined) return { fromX, toX: Math.max(fromX, toX) };
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  const widen = (timeMs: number, samplesCount: number): void => {
    const x = place(timeMs, samplesCount);
    if (x < least) least = x;
    if (x > greatest) greatest = x;
  };
  // On these axes a later point stands further right, so that the first and the last say it all.
  const isByTime = xAxis === "clock" || xAxis === "wall" || xAxis === "dollars";
  for (const source of sources) {
    const range = isByTime && rank === undefined ? source.timeRange() : undefined;
    if (range === undefined) source.visit(0, rank, widen);
    else for (const timeMs of [range.fromMs, range.toMs]) widen(timeMs, Number.NaN);
  }
  return asked(least <= greatest ? { fromX: least, toX: greatest } : { fromX: 0, toX: 0 }, {
    fromX,
    toX,
  });
}

/** What there is, narrowed or widened to what was asked. */
function asked(
  all: { fromX: number; toX: number },
  wanted: { fromX: number | undefined; toX: number | undefined },
): { fromX: number; toX: number } {
  const fromX = wanted.fromX ?? all.fromX;
  return { fromX, toX: Math.max(fromX, wanted.toX ?? all.toX) };
}

interface GridPlace {
  fromX: number;
  stepX: number;
  toX: number;
  rank: number | undefined;
}

/** Each source with its points in buckets. Series of steps have their points at the same places: they are sorted once. */
function filledGrids(
  sources: readonly PointSource[],
  place: PlaceOnAxis,
  where: GridPlace,
): { source: PointSource; grid: BucketGrid }[] {
  // A single rank's points are few.
  const isWhole = where.rank === undefined;
  const ofSteps = isWhole ? sources.find((source) => source.visitColumns) : undefined;
  const order = ofSteps === undefined ? undefined : orderOf(ofSteps, place, where);
  return sources.map((source) => {
    const keepsMedian = source.description.perRank;
    const grid = new BucketGrid({ ...where, keepsMedian });
    const { visitColumns } = source;
    if (visitColumns !== undefined && order !== undefined)
      grid.fillInOrder(order, order.sorted(visitColumns));
    else {
      source.visit(0, where.rank, (timeMs, samplesCount, value) =>
        grid.push(place(timeMs, samplesCount), value),
      );
      grid.settle();
    }
    return { source, grid };
  });
}

function orderOf(source: PointSource, place: PlaceOnAxis, where: GridPlace): BucketOrder {
  const order = new BucketOrder({ ...where, mostPoints: source.count() });
  source.visit(0, where.rank, (timeMs, samplesCount) => order.push(place(timeMs, samplesCount)));
  order.settle();
  return order;
}

function bucketsOf({ name, unit }: SeriesDescription, buckets: Buckets): SeriesBuckets {
  // Parts of steps are kept in single precision; digits behind it are noise.
  const isRough = unit === "milliseconds";
  const tidy = (values: number[]): number[] => (isRough ? values.map(toSinglePrecision) : values);
  const { x, count } = buckets;
  return {
    name,
    unit,
    x,
    min: tidy(buckets.min),
    max: tidy(buckets.max),
    last: tidy(buckets.last),
    ...(buckets.median === undefined ? {} : { median: tidy(buckets.median) }),
    count,
  };
}

function toSinglePrecision(value: number): number {
  return Number(value.toPrecision(7));
}

/** News of one series for a client that has seen some of it. */
export type TailNews = SeriesBuckets & { fromX: number };

/** How much wider than asked a stretch may get before its buckets are made anew, twice as wide. */
const mostTimesWidth = 2;

/**
 * Series of a running run, in buckets that are filled on as points come. All clients that look at the same series in the
 * same way share one.
 */
export class SeriesTail {
  readonly #question: SeriesQuestion;
  #parts = new Map<string, { source: PointSource; grid: BucketGrid; seen: number }>();
  #place: PlaceOnAxis | undefined;
  #origin = "";
  #epoch = 0;
  #turn = 0;

  constructor(question: SeriesQuestion) {
    this.#question = question;
  }

  /** Two numbers that say what a client has seen: when the buckets were made, and the turn they are in. */
  get cursor(): { epoch: number; turn: number } {
    return { epoch: this.#epoch, turn: this.#turn };
  }

  /** Takes in what the run has come to have. `origin` is another where earlier points do not hold any more. */
  growFrom(run: WatchedRun, sources: readonly PointSource[], origin: string): void {
    const { names, xAxis, rank } = this.#question;
    const wanted = sources.filter(({ description }) => names.includes(description.name));
    const place = placeOnAxis(run, xAxis);
    const axisOrigin = `${origin} ${run.runStartMs} ${run.launchedMs} ${run.log.samplesPerEpoch}`;
    // Energy is only known up to the last reading: a point behind it would have been left out for good.
    const isSame = axisOrigin === this.#origin && xAxis !== "energy" && place !== undefined;
    this.#origin = axisOrigin;
    this.#place = place;
    if (!isSame || wanted.some(({ description }) => !this.#parts.has(description.name)))
      return this.#rebuild(wanted);
    let hasOverrun = false;
    for (const source of wanted) {
      const part = this.#parts.get(source.description.name);
      if (part === undefined) continue;
      source.visit(part.seen, rank, (timeMs, samplesCount, value) =>
        part.grid.push(place(timeMs, samplesCount), value),
      );
      part.seen = source.count();
      part.grid.settle();
      hasOverrun ||= part.grid.overrunX !== undefined;
    }
    this.#turn += 1;
    if (hasOverrun) this.#rebuild(wanted);
  }

  #rebuild(wanted: readonly PointSource[]): void {
    this.#epoch += 1;
    this.#turn = 1;
    this.#parts = new Map();
    const place = this.#place;
    if (place === undefined) return;
    const { width, rank } = this.#question;
    const { fromX, toX } = extentOf(wanted, place, this.#question);
    const stepX = stepFor(fromX, toX, width);
    const end = fromX + stepX * width * mostTimesWidth;
    for (const { source, grid } of filledGrids(wanted, place, { fromX, stepX, toX: end, rank }))
      this.#parts.set(source.description.name, { source, grid, seen: source.count() });
  }

  /** Everything, for a client that has seen nothing of these buckets. */
  all(): TailNews[] {
    return this.since(0);
  }

  /** What has changed since a turn. */
  since(turn: number): TailNews[] {
    return [...this.#parts.values()].flatMap(({ source, grid }) => {
      const buckets = grid.since(turn);
      if (buckets === undefined) return [];
      return [{ ...bucketsOf(source.description, buckets), fromX: buckets.fromX }];
    });
  }
}
