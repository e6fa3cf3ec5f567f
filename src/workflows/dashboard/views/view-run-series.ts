import { BucketOrder } from "../../../foundation/numbers/bucket-order.ts";
import { BucketGrid, type Buckets, stepFor } from "../../../foundation/numbers/series-buckets.ts";
import type {
  SeriesBuckets,
  SeriesDescription,
  SeriesDocument,
  XAxis,
} from "../../../schema/dashboard/run-series.ts";
import { axisUnits, type PlaceOnAxis, placeOnAxis, type PointSource } from "./run-points.ts";
import { noMarks } from "../follow/point-rows.ts";
import type { WatchedRun } from "../follow/watch-run.ts";

/** Which points of which series, on which axis, in how many buckets. */
export interface SeriesQuery {
  names: readonly string[];
  xAxis: XAxis;
  width: number;
  rank?: number | undefined;
  fromX?: number | undefined;
  toX?: number | undefined;
}

/** Returns the buckets of the requested series; undefined if the run has no such axis. */
export function viewRunSeries(
  run: WatchedRun,
  sources: readonly PointSource[],
  query: SeriesQuery,
): SeriesDocument | undefined {
  const place = placeOnAxis(run, query.xAxis);
  if (place === undefined) return undefined;
  const requested = sources.filter(({ description }) => query.names.includes(description.name));
  const extent = extentOf(requested, place, query);
  const { fromX, toX } = extent;
  const stepX = stepFor(fromX, toX, query.width);
  const end = fromX + stepX * query.width;
  const grids = filledGrids(requested, place, { fromX, stepX, toX: end, rank: query.rank });
  const series = grids.map(({ source, grid }) => bucketsOf(source.description, grid.all()));
  return {
    runId: run.runId,
    xAxis: query.xAxis,
    xUnit: axisUnits[query.xAxis],
    fromX,
    toX,
    width: query.width,
    ...(query.rank === undefined ? {} : { rank: query.rank }),
    series: series.filter(({ x }) => x.length > 0),
  };
}

/** The requested range; by default from the first point on the axis to the last. */
function extentOf(
  sources: readonly PointSource[],
  place: PlaceOnAxis,
  { fromX, toX, rank, xAxis }: SeriesQuery,
): { fromX: number; toX: number } {
  if (fromX !== undefined && toX !== undefined) return { fromX, toX: Math.max(fromX, toX) };
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  const widen = (...at: Parameters<PlaceOnAxis>): void => {
    const x = place(...at);
    if (x < min) min = x;
    if (x > max) max = x;
  };
  // On these axes positions increase with time, so the first and last point give the range.
  const isByTime = xAxis === "clock" || xAxis === "wall" || xAxis === "dollars";
  for (const source of sources) {
    const range = isByTime && rank === undefined ? source.timeRange() : undefined;
    if (range === undefined)
      source.visit(0, rank, (timeMs, samplesCount, _value, marks) =>
        widen(timeMs, samplesCount, marks),
      );
    else for (const timeMs of [range.fromMs, range.toMs]) widen(timeMs, Number.NaN, noMarks);
  }
  return withRequested(min <= max ? { fromX: min, toX: max } : { fromX: 0, toX: 0 }, {
    fromX,
    toX,
  });
}

/** Replaces the ends of the full range by the requested ones. */
function withRequested(
  all: { fromX: number; toX: number },
  requested: { fromX: number | undefined; toX: number | undefined },
): { fromX: number; toX: number } {
  const fromX = requested.fromX ?? all.fromX;
  return { fromX, toX: Math.max(fromX, requested.toX ?? all.toX) };
}

interface GridRange {
  fromX: number;
  stepX: number;
  toX: number;
  rank: number | undefined;
}

/** Sorts the points of each source into buckets. All step series have the same positions, which are sorted once. */
function filledGrids(
  sources: readonly PointSource[],
  place: PlaceOnAxis,
  range: GridRange,
): { source: PointSource; grid: BucketGrid }[] {
  // A single rank has too few points for sorting to pay off.
  const hasAllRanks = range.rank === undefined;
  const ofSteps = hasAllRanks ? sources.find((source) => source.visitColumns) : undefined;
  const order = ofSteps === undefined ? undefined : orderOf(ofSteps, place, range);
  return sources.map((source) => {
    const keepsMedian = source.description.perRank;
    const grid = new BucketGrid({ ...range, keepsMedian });
    const { visitColumns } = source;
    if (visitColumns !== undefined && order !== undefined)
      grid.fillInOrder(order, order.sorted(visitColumns));
    else {
      source.visit(0, range.rank, (timeMs, samplesCount, value, marks) =>
        grid.push(place(timeMs, samplesCount, marks), value),
      );
      grid.settle();
    }
    return { source, grid };
  });
}

function orderOf(source: PointSource, place: PlaceOnAxis, range: GridRange): BucketOrder {
  const order = new BucketOrder({ ...range, mostPoints: source.count() });
  source.visit(0, range.rank, (timeMs, samplesCount, _value, marks) =>
    order.push(place(timeMs, samplesCount, marks)),
  );
  order.settle();
  return order;
}

function bucketsOf({ name, unit }: SeriesDescription, buckets: Buckets): SeriesBuckets {
  // Step parts are stored in single precision; further digits are noise.
  const isSinglePrecision = unit === "milliseconds";
  const rounded = (values: number[]): number[] =>
    isSinglePrecision ? values.map(toSinglePrecision) : values;
  const { x, count } = buckets;
  return {
    name,
    unit,
    x,
    min: rounded(buckets.min),
    max: rounded(buckets.max),
    last: rounded(buckets.last),
    ...(buckets.median === undefined ? {} : { median: rounded(buckets.median) }),
    count,
  };
}

function toSinglePrecision(value: number): number {
  return Number(value.toPrecision(7));
}

/** The changed buckets of one series. */
export type TailUpdate = SeriesBuckets & { fromX: number };

/** The range may grow to this multiple of the requested width before its buckets are rebuilt at twice the size. */
const maxWidthFactor = 2;

/**
 * Series of a run in progress, in buckets that are filled as points arrive. All clients with the same query share one
 * instance.
 */
export class SeriesTail {
  readonly #query: SeriesQuery;
  #parts = new Map<string, { source: PointSource; grid: BucketGrid; count: number }>();
  #place: PlaceOnAxis | undefined;
  #origin = "";
  #epoch = 0;
  #turn = 0;

  constructor(query: SeriesQuery) {
    this.#query = query;
  }

  /** What a client has received: the number of rebuilds, and the turn since the last one. */
  get cursor(): { epoch: number; turn: number } {
    return { epoch: this.#epoch, turn: this.#turn };
  }

  /** Adds the new points of the run. `origin` changes when earlier points are no longer valid. */
  growFrom(run: WatchedRun, sources: readonly PointSource[], origin: string): void {
    const { names, xAxis, rank } = this.#query;
    const requested = sources.filter(({ description }) => names.includes(description.name));
    const place = placeOnAxis(run, xAxis);
    const isByProgram = run.result?.clock.programClock !== undefined;
    const axisOrigin = `${origin} ${run.runStartMs} ${run.launchedMs} ${run.log.samplesPerEpoch} ${isByProgram}`;
    // Energy is known only up to the last reading; a later point would be dropped permanently.
    const isSame = axisOrigin === this.#origin && xAxis !== "energy" && place !== undefined;
    this.#origin = axisOrigin;
    this.#place = place;
    if (!isSame || requested.some(({ description }) => !this.#parts.has(description.name)))
      return this.#rebuild(requested);
    let hasOverrun = false;
    for (const source of requested) {
      const part = this.#parts.get(source.description.name);
      if (part === undefined) continue;
      source.visit(part.count, rank, (timeMs, samplesCount, value, marks) =>
        part.grid.push(place(timeMs, samplesCount, marks), value),
      );
      part.count = source.count();
      part.grid.settle();
      hasOverrun ||= part.grid.overrunX !== undefined;
    }
    this.#turn += 1;
    if (hasOverrun) this.#rebuild(requested);
  }

  #rebuild(requested: readonly PointSource[]): void {
    this.#epoch += 1;
    this.#turn = 1;
    this.#parts = new Map();
    const place = this.#place;
    if (place === undefined) return;
    const { width, rank } = this.#query;
    const { fromX, toX } = extentOf(requested, place, this.#query);
    const stepX = stepFor(fromX, toX, width);
    const end = fromX + stepX * width * maxWidthFactor;
    for (const { source, grid } of filledGrids(requested, place, { fromX, stepX, toX: end, rank }))
      this.#parts.set(source.description.name, { source, grid, count: source.count() });
  }

  /** All buckets, for a client that has received none of them. */
  all(): TailUpdate[] {
    return this.since(0);
  }

  /** The buckets that changed since a turn. */
  since(turn: number): TailUpdate[] {
    return [...this.#parts.values()].flatMap(({ source, grid }) => {
      const buckets = grid.since(turn);
      if (buckets === undefined) return [];
      return [{ ...bucketsOf(source.description, buckets), fromX: buckets.fromX }];
    });
  }
}
