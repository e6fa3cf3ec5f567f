import { z } from "zod";

/**
 * What a point may be placed by. `clock`: milliseconds since run_start; `wall`: milliseconds since the epoch; `samples`:
 * training samples; `steps`: those that an imported log states; `epochs`; `dollars`: US dollars billed since launch; `energy`: joules since launch.
 */
export const xAxes = ["clock", "wall", "samples", "steps", "epochs", "dollars", "energy"] as const;
export type XAxis = (typeof xAxes)[number];

/** Units of values and axes, as data; the page formats them. */
export const seriesUnits = [
  "",
  "milliseconds",
  "samples",
  "samples per second",
  "epochs",
  "steps",
  "US dollars",
  "joules",
  "watts",
  "bytes",
  "bytes per second",
  "fraction",
  "cores",
] as const;
export type SeriesUnit = (typeof seriesUnits)[number];

/** Names of the series of metrics other than that of the target; their labels are the names of the metrics. */
export const metricSeries = [
  "metric1",
  "metric2",
  "metric3",
  "metric4",
  "metric5",
  "metric6",
  "metric7",
  "metric8",
] as const;

/** The series that the page of a run shows. */
export const pageSeries: readonly string[] = [
  "quality",
  "loss",
  "samplesPerSecond",
  "computeMs",
  "communicationMs",
  "dataWaitMs",
  "otherMs",
  "forwardMs",
  "backwardMs",
  "optimizerMs",
  "powerWatts",
  "energyJoules",
  "cpuCores",
  "memoryBytes",
  "acceleratorUtilisation",
  "acceleratorMemoryBytes",
  "networkReceived",
  "networkSent",
  ...metricSeries,
];

/** A series that a run has. */
export const seriesDescription = z.object({
  /**
   * `quality` (the target's metric), `loss`, `stepMs`, `computeMs`, `communicationMs`, `dataWaitMs`, `otherMs`,
   * `forwardMs`, `backwardMs`, `optimizerMs` (each per step), `samplesPerSecond`, `powerWatts`, `energyJoules`, `cpuCores`, `memoryBytes`, `acceleratorUtilisation`,
   * `acceleratorMemoryBytes`, `networkReceived`, `networkSent` (a point for each host), `metric1` … `metric8`.
   */
  name: z.string(),
  unit: z.enum(seriesUnits),
  /** For people: `val_acc`, `step time`. */
  label: z.string(),
  /** Whether each rank has its own, so that `rank=` may choose one. */
  perRank: z.boolean(),
  /** How the values were obtained, if not obvious: `measured by rapl`, `estimated: …`. */
  note: z.string().optional(),
});
export type SeriesDescription = z.output<typeof seriesDescription>;

/**
 * One series over the chosen axis: parallel arrays, one entry for each bucket that holds a point, in order of x. A bucket
 * of one point is that point.
 */
export const seriesBuckets = z.object({
  name: z.string(),
  unit: z.enum(seriesUnits),
  /** Of the bucket's last point, computed from that very point. */
  x: z.array(z.number()),
  min: z.array(z.number()),
  max: z.array(z.number()),
  /** Value of the point with the maximum x. */
  last: z.array(z.number()),
  /** Exact over the bucket's points, all ranks together; only for per-rank series. */
  median: z.array(z.number()).optional(),
  count: z.array(z.number().int().positive()),
});
export type SeriesBuckets = z.output<typeof seriesBuckets>;

/**
 * GET /api/runs/:id/series?names=loss,stepMs&x=clock&from=&to=&width=1200&rank=: at most `width` buckets for each series.
 * `from` and `to` are in the unit of the axis; without them it is all there is. Names the run does not have are absent.
 */
export const seriesDocument = z.object({
  runId: z.string(),
  xAxis: z.enum(xAxes),
  xUnit: z.enum(seriesUnits),
  /** The stretch that the buckets divide. */
  fromX: z.number(),
  toX: z.number(),
  width: z.number().int().positive(),
  rank: z.number().int().nonnegative().optional(),
  series: z.array(seriesBuckets),
});
export type SeriesDocument = z.output<typeof seriesDocument>;

export const heatmapMetrics = [
  "stepMs",
  "computeMs",
  "communicationMs",
  "dataWaitMs",
  "otherMs",
  "powerWatts",
] as const;
export type HeatmapMetric = (typeof heatmapMetrics)[number];
/** The order of ranks in rows: by number, or by their mean over the interval, largest first. */
export const rankOrders = ["rank", "mean"] as const;
export type RankOrder = (typeof rankOrders)[number];

/** GET /api/runs/:id/heatmap?metric=stepMs&columns=400&rows=256&order=rank&from=&to= (milliseconds since the epoch). */
export const heatmapDocument = z.object({
  runId: z.string(),
  metric: z.enum(heatmapMetrics),
  unit: z.enum(seriesUnits),
  /** Milliseconds since the epoch; columns divide the stretch evenly. */
  fromMs: z.number(),
  toMs: z.number(),
  rankOrder: z.enum(rankOrders),
  columns: z.number().int().positive(),
  rows: z.number().int().positive(),
  /**
   * rows x columns, row by row: mean of the points in the cell; null where there is none. A row of several ranks has the
   * mean of the rank with the largest one, so that a single slow rank stays visible.
   */
  values: z.array(z.number().nullable()),
  /** For each value, the rank that it is of; -1 where there is none. Present if a row has several ranks. */
  peakRanks: z.array(z.number().int()).optional(),
  /** The ranks of each row (accelerators for `powerWatts`), in the chosen order: several where there are more than rows. */
  ranksPerRow: z.array(z.array(z.number().int().nonnegative())),
  least: z.number().optional(),
  greatest: z.number().optional(),
});
export type HeatmapDocument = z.output<typeof heatmapDocument>;
