import { HeatGrid } from "../../../foundation/numbers/heat-grid.ts";
import type {
  HeatmapDocument,
  HeatmapMetric,
  RankOrder,
} from "../../../schema/dashboard/run-series.ts";
import type { HostSample } from "../../../schema/run/measured/telemetry-sample.ts";
import type { StepChunk } from "../../../store/samples/step-columns.ts";
import { stepTime } from "./run-points.ts";
import type { WatchedRun } from "../follow/watch-run.ts";

export interface HeatmapQuery {
  metric: HeatmapMetric;
  columns: number;
  rows: number;
  rankOrder: RankOrder;
  /** Milliseconds since the epoch. */
  fromMs?: number | undefined;
  toMs?: number | undefined;
}

/** Passes the points of every rank to `take`; for power, those of every accelerator. */
type VisitPoints = (take: (rank: number, timeMs: number, value: number) => void) => void;

/** Limits the memory for the cells of all ranks; with more ranks, there are fewer columns. */
const maxCells = 8 << 20;

/**
 * Ranks over time: the mean of a metric in each cell. With more ranks than rows, a row holds several ranks, and a cell is
 * that of the rank with the largest mean.
 */
export function viewRunHeatmap(run: WatchedRun, query: HeatmapQuery): HeatmapDocument {
  const visit = pointsOf(run, query.metric);
  const seen = surveyRanks(visit, query);
  const ranks = [...seen.meanOfRank.keys()].toSorted(
    query.rankOrder === "rank"
      ? (a, b) => a - b
      : (a, b) => (seen.meanOfRank.get(b) ?? 0) - (seen.meanOfRank.get(a) ?? 0) || a - b,
  );
  const rows = Math.max(1, Math.min(query.rows, ranks.length));
  const ranksPerRow = Array.from({ length: rows }, (): number[] => []);
  const firstPositions: number[] = [];
  const positionOfRank = new Int32Array(ranks.reduce((a, b) => Math.max(a, b), 0) + 1).fill(-1);
  for (const [position, rank] of ranks.entries()) {
    const row = Math.floor((position * rows) / ranks.length);
    positionOfRank[rank] = position;
    firstPositions[row] ??= position;
    ranksPerRow[row]?.push(rank);
  }
  const columns = Math.max(1, Math.min(query.columns, Math.floor(maxCells / (ranks.length || 1))));
  const { fromMs, toMs } = seen;
  const spanMs = Math.max(1, toMs - fromMs) * (1 + 1e-9);
  const grid = new HeatGrid(Math.max(1, ranks.length), columns);
  visit((rank, timeMs, value) => {
    if (timeMs < fromMs || timeMs > toMs) return;
    const column = Math.floor(((timeMs - fromMs) / spanMs) * columns);
    grid.add(positionOfRank[rank] ?? -1, column, value);
  });
  const isMerged = ranks.length > rows;
  const peaks = isMerged ? grid.peaks(firstPositions) : undefined;
  const values = peaks?.values ?? grid.means();
  return {
    runId: run.runId,
    metric: query.metric,
    unit: query.metric === "powerWatts" ? "watts" : "milliseconds",
    fromMs,
    toMs,
    rankOrder: query.rankOrder,
    columns,
    rows,
    values,
    ...(peaks === undefined ? {} : { peakRanks: peaks.rows.map((row) => ranks[row] ?? -1) }),
    ranksPerRow,
    ...rangeOf(values),
  };
}

/** Returns the ranks that have points in the time range, with the mean of each. */
function surveyRanks(
  visit: VisitPoints,
  { fromMs: requestedFromMs, toMs: requestedToMs }: HeatmapQuery,
): { meanOfRank: Map<number, number>; fromMs: number; toMs: number } {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  let sums = new Float64Array(64);
  let counts = new Uint32Array(64);
  visit((rank, timeMs, value) => {
    if (timeMs < (requestedFromMs ?? timeMs) || timeMs > (requestedToMs ?? timeMs)) return;
    if (!Number.isFinite(value)) return;
    if (timeMs < fromMs) fromMs = timeMs;
    if (timeMs > toMs) toMs = timeMs;
    if (rank >= counts.length) {
      const size = Math.max(rank + 1, counts.length * 2);
      [sums, counts] = [
        widened(sums, new Float64Array(size)),
        widened(counts, new Uint32Array(size)),
      ];
    }
    sums[rank] = (sums[rank] ?? 0) + value;
    counts[rank] = (counts[rank] ?? 0) + 1;
  });
  const meanOfRank = new Map<number, number>();
  for (const [rank, count] of counts.entries())
    if (count > 0) meanOfRank.set(rank, (sums[rank] ?? 0) / count);
  const [from, to] = fromMs <= toMs ? [fromMs, toMs] : [0, 0];
  return { meanOfRank, fromMs: requestedFromMs ?? from, toMs: requestedToMs ?? to };
}

function widened<Column extends Float64Array | Uint32Array>(
  column: Column,
  larger: Column,
): Column {
  larger.set(column);
  return larger;
}

function pointsOf(run: WatchedRun, metric: HeatmapMetric): VisitPoints {
  if (metric === "powerWatts") {
    const hosts = numberAccelerators(run.samples.samplesByHost);
    return (take) => {
      for (const { samples, firstNumber } of hosts)
        for (const { timeMs, accelerators = [] } of samples)
          for (const { index, powerWatts } of accelerators)
            if (powerWatts !== undefined) take(firstNumber + index, timeMs, powerWatts);
    };
  }
  const valueOf =
    metric === "stepMs" ? stepTime : (chunk: StepChunk, row: number) => chunk[metric][row] ?? 0;
  return (take) => {
    for (const chunk of run.samples.steps.chunks) {
      const { rowCount, rank, timeMs } = chunk;
      for (let row = 0; row < rowCount; row++)
        take(rank[row] ?? 0, timeMs[row] ?? 0, valueOf(chunk, row));
    }
  };
}

/** Numbers accelerators consecutively, host after host in the order of their names. */
function numberAccelerators(
  samplesByHost: ReadonlyMap<string, readonly HostSample[]>,
): { samples: readonly HostSample[]; firstNumber: number }[] {
  let firstNumber = 0;
  return [...samplesByHost]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, samples]) => {
      const host = { samples, firstNumber };
      let count = 0;
      for (const { accelerators = [] } of samples)
        for (const { index } of accelerators) count = Math.max(count, index + 1);
      firstNumber += count;
      return host;
    });
}

function rangeOf(values: readonly (number | null)[]): { least?: number; greatest?: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return min <= max ? { least: min, greatest: max } : {};
}
