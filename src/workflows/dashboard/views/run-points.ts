import {
  metricSeries,
  type SeriesDescription,
  type SeriesUnit,
  type XAxis,
} from "../../../schema/dashboard/run-series.ts";
import { earlierClockMs } from "../../../schema/run/request/continued-run.ts";
import { logTimesOf } from "../../../score/judging/judge-run.ts";
import { costOfRun } from "../../../score/use/cost-of-run.ts";
import { programTimes } from "../../../score/readings/program-times.ts";
import {
  computePhases,
  type ComputePhase,
  type StepChunk,
  type StepColumns,
} from "../../../store/samples/step-columns.ts";
import { noMarks, type PointMarks, type PointRows } from "../follow/point-rows.ts";
import type { WatchRunPoints } from "./watched-points.ts";
import { joulesAt } from "../follow/watched-energy.ts";
import type { WatchedRun } from "../follow/watch-run.ts";

/** Takes one point; `samplesCount` is NaN where it is unknown. */
export type TakePoint = (
  timeMs: number,
  samplesCount: number,
  value: number,
  marks: PointMarks,
) => void;

/** One series of a run: points that only grow in number. */
export interface PointSource {
  description: SeriesDescription;
  count(): number;
  /** The time range of all points, if it is known without reading each point. */
  timeRange(): { fromMs: number; toMs: number } | undefined;
  /** Passes the points from index `from` on to `take`; only those of `rank` if it is set. */
  visit(from: number, rank: number | undefined, take: TakePoint): void;
  /** Only for steps: passes all values in blocks of some thousands, which is several times faster than single points. */
  visitColumns?: (take: TakeColumn) => void;
}

/** Receives the first `rowCount` values of a column. The column is reused after the call. */
export type TakeColumn = (column: Float32Array | Float64Array, rowCount: number) => void;

const stepParts = {
  computeMs: "compute, per step",
  communicationMs: "communication, per step",
  dataWaitMs: "waiting for data, per step",
  otherMs: "other, per step",
} as const;
type StepPart = keyof typeof stepParts;

const phaseLabels: Record<ComputePhase, string> = {
  forwardMs: "forward, per step",
  backwardMs: "backward, per step",
  optimizerMs: "optimizer, per step",
};

/** All series for which the run has points. */
export function pointSources(run: WatchedRun, listed: WatchRunPoints): PointSource[] {
  const { steps } = run.samples;
  const target = run.result?.target ?? run.log.reader.run.target;
  const sources: PointSource[] = [
    listSource({ name: "quality", unit: "", label: target?.metric ?? "quality" }, listed.quality),
  ];
  const lossName = nameOfLoss(listed, steps);
  sources.push(steps.hasLoss ? lossSource(steps) : loggedLoss(listed, lossName));
  sources.push(...metricSources(listed, lossName));
  if (steps.rowCount > 0) {
    sources.push(stepSource(steps, "stepMs", "step time", stepTimes()));
    for (const part of Object.keys(stepParts).filter(isStepPart))
      sources.push(stepSource(steps, part, stepParts[part], (chunk) => chunk[part]));
    for (const phase of steps.hasPhases ? computePhases : [])
      sources.push(stepSource(steps, phase, phaseLabels[phase], phaseTimes(phase)));
  }
  return [...sources, ...hostSources(run, listed)].filter((source) => source.count() > 0);
}

/** The loss that was requested; otherwise one that the program prints. */
function loggedLoss({ loss, metrics }: WatchRunPoints, name: string | undefined): PointSource {
  const printed = name === undefined ? undefined : metrics.get(name);
  if (loss.values.length > 0 || printed === undefined)
    return listSource({ name: "loss", unit: "", label: "loss" }, loss);
  return listSource({ name: "loss", unit: "", label: "loss", ...noteOf(printed) }, printed.rows);
}

/** The metric that the chart of the loss shows. */
function nameOfLoss({ metrics, loss }: WatchRunPoints, steps: StepColumns): string | undefined {
  const names = [...metrics.keys()];
  if (loss.values.length > 0) return names.find((name) => /loss/iu.test(name));
  if (steps.hasLoss) return undefined;
  return names.find((name) => /^(?:train(?:ing)?[ _/.-]?)?loss$/iu.test(name));
}

/** The first metrics other than that of the target. The loss and the throughput have series of their own. */
function metricSources({ metrics }: WatchRunPoints, lossName: string | undefined): PointSource[] {
  return [...metrics.keys()]
    .filter((name) => name !== "throughput" && name !== lossName)
    .slice(0, metricSeries.length)
    .flatMap((metric, index) => {
      const name = metricSeries[index];
      const points = metrics.get(metric);
      return name === undefined || points === undefined
        ? []
        : [listSource({ name, unit: "", label: metric, ...noteOf(points) }, points.rows)];
    });
}

function noteOf({ note }: { note?: string }): { note?: string } {
  return note === undefined ? {} : { note };
}

const perHost = "per host, all processes";

function hostSources(run: WatchedRun, listed: WatchRunPoints): PointSource[] {
  const totals = run.hostTotals;
  const energyNote = totals.energyNote === "" ? {} : { note: totals.energyNote };
  return [
    listSource(
      { name: "samplesPerSecond", unit: "samples per second", label: "throughput" },
      listed.samplesPerSecond,
    ),
    listSource({ name: "powerWatts", unit: "watts", label: "power", ...energyNote }, totals.power),
    listSource(
      { name: "energyJoules", unit: "joules", label: "energy", ...energyNote },
      totals.energy,
    ),
    listSource({ name: "cpuCores", unit: "cores", label: "busy CPU cores" }, totals.cpuCores),
    listSource({ name: "memoryBytes", unit: "bytes", label: "memory" }, totals.memory),
    listSource(
      { name: "acceleratorUtilisation", unit: "fraction", label: "accelerator utilization" },
      totals.acceleratorUtilisation,
    ),
    listSource(
      { name: "acceleratorMemoryBytes", unit: "bytes", label: "accelerator memory" },
      totals.acceleratorMemory,
    ),
    listSource(
      { name: "networkReceived", unit: "bytes per second", label: "received", note: perHost },
      totals.networkReceived,
    ),
    listSource(
      { name: "networkSent", unit: "bytes per second", label: "sent", note: perHost },
      totals.networkSent,
    ),
  ];
}

function isStepPart(name: string): name is StepPart {
  return name in stepParts;
}

/** Milliseconds of one step: the sum of the parts that the program reports. */
export function stepTime(chunk: StepChunk, row: number): number {
  return (
    (chunk.computeMs[row] ?? 0) + (chunk.communicationMs[row] ?? 0) + (chunk.dataWaitMs[row] ?? 0)
  );
}

/** Step times of all rows of a chunk, in a buffer that is reused. */
function stepTimes(): (chunk: StepChunk) => Float64Array {
  let buffer = new Float64Array(0);
  return (chunk) => {
    const { rowCount, computeMs, communicationMs, dataWaitMs } = chunk;
    if (buffer.length < rowCount) buffer = new Float64Array(rowCount);
    for (let row = 0; row < rowCount; row++)
      buffer[row] = (computeMs[row] ?? 0) + (communicationMs[row] ?? 0) + (dataWaitMs[row] ?? 0);
    return buffer;
  };
}

/** Times of one part of the computation; NaN for chunks in which no row has it, in a buffer that is reused. */
function phaseTimes(phase: ComputePhase): (chunk: StepChunk) => Float32Array {
  let buffer = new Float32Array(0);
  return (chunk) => {
    if (chunk[phase].length > 0) return chunk[phase];
    if (buffer.length < chunk.rowCount)
      buffer = new Float32Array(chunk.timeMs.length).fill(Number.NaN);
    return buffer;
  };
}

function lossSource(steps: StepColumns): PointSource {
  const source = stepSource(steps, "loss", "loss", ({ loss }) => loss);
  return { ...source, description: { ...source.description, unit: "" } };
}

function stepSource(
  steps: StepColumns,
  name: string,
  label: string,
  columnOf: (chunk: StepChunk) => Float32Array | Float64Array,
): PointSource {
  return {
    description: { name, unit: "milliseconds", label, perRank: true },
    count: () => steps.rowCount,
    timeRange: () => steps.timeRange,
    visit(from, rank, take) {
      let base = 0;
      for (const chunk of steps.chunks) {
        const { rowCount, timeMs, samplesCount } = chunk;
        const isNew = from < base + rowCount;
        const column = isNew ? columnOf(chunk) : timeMs;
        for (let row = Math.max(0, from - base); row < rowCount; row++) {
          if (rank !== undefined && chunk.rank[row] !== rank) continue;
          take(timeMs[row] ?? 0, samplesCount[row] ?? 0, column[row] ?? 0, noMarks);
        }
        base += rowCount;
      }
    },
    visitColumns(take) {
      for (const chunk of steps.chunks) take(columnOf(chunk), chunk.rowCount);
    },
  };
}

function listSource(
  description: Omit<SeriesDescription, "perRank" | "unit"> & { unit: SeriesUnit },
  { timesMs, samples, marks, values }: PointRows,
): PointSource {
  return {
    description: { ...description, perRank: false },
    count: () => values.length,
    timeRange: () => undefined,
    visit(from, _rank, take) {
      for (let index = from; index < values.length; index++)
        take(
          timesMs[index] ?? 0,
          samples[index] ?? Number.NaN,
          values[index] ?? 0,
          marks[index] ?? noMarks,
        );
    },
  };
}

/** The position of a point on an axis; NaN if it has none. */
export type PlaceOnAxis = (timeMs: number, samplesCount: number, marks: PointMarks) => number;

export const axisUnits: Record<XAxis, SeriesUnit> = {
  clock: "milliseconds",
  wall: "milliseconds",
  samples: "samples",
  steps: "steps",
  epochs: "epochs",
  dollars: "US dollars",
  energy: "joules",
};

/** Returns how to place points of a run on an axis; undefined if the run has no such axis. */
export function placeOnAxis(run: WatchedRun, axis: XAxis): PlaceOnAxis | undefined {
  switch (axis) {
    case "wall":
    case "clock":
    case "dollars":
    case "energy":
      // A log without times has curves over steps.
      return logTimesOf(run.request)?.source === "none" ? undefined : placeByTime(run, axis);
    case "samples":
      return hasSamples(run) ? (_timeMs, samplesCount) => samplesCount : undefined;
    case "steps":
      return hasSteps(run) ? (_timeMs, _samplesCount, { step }) => step : undefined;
    case "epochs":
      return placeByEpoch(run.log.samplesPerEpoch);
  }
}

function placeByTime(
  run: WatchedRun,
  axis: "wall" | "clock" | "dollars" | "energy",
): PlaceOnAxis | undefined {
  const { launchedMs, hostTotals } = run;
  switch (axis) {
    case "wall":
      return (timeMs) => timeMs;
    case "clock":
      return placeByClock(run);
    case "dollars":
      return placeByCost(launchedMs, usdPerMsOf(run));
    case "energy":
      return hostTotals.energy.values.length < 2
        ? undefined
        : (timeMs) => joulesAt(hostTotals.energy, timeMs);
  }
}

/** On the clock that gives the time to train: the program's own, once the verdict is by it. */
function placeByClock({ request, result, runStartMs }: WatchedRun): PlaceOnAxis | undefined {
  const earlierMs = earlierClockMs(request);
  const program =
    result?.clock.programClock === undefined ? undefined : programTimes(result.evaluations);
  if (program !== undefined)
    return (timeMs, _samplesCount, { programMs }) =>
      earlierMs + (Number.isNaN(programMs) ? program(timeMs) : programMs);
  return runStartMs === undefined ? undefined : (timeMs) => earlierMs + timeMs - runStartMs;
}

function hasSamples({ samples, log }: WatchedRun): boolean {
  return samples.steps.maximumSamples > 0 || log.reader.run.samplesCount !== undefined;
}

function hasSteps({ request, log }: WatchedRun): boolean {
  const isImported = request.startable.kind === "imported";
  return isImported && log.reader.run.evaluations.some(({ step }) => step !== undefined);
}

function placeByEpoch(samplesPerEpoch: number | undefined): PlaceOnAxis | undefined {
  if (samplesPerEpoch === undefined) return undefined;
  return (_timeMs, samplesCount) => samplesCount / samplesPerEpoch;
}

function placeByCost(launchedMs: number, usdPerMs: number | undefined): PlaceOnAxis | undefined {
  return usdPerMs === undefined ? undefined : (timeMs) => (timeMs - launchedMs) * usdPerMs;
}

function usdPerMsOf({ request: { price, system, launchTarget } }: WatchedRun): number | undefined {
  const hour = costOfRun({
    billedMs: 3_600_000,
    trainingMs: undefined,
    price,
    launchTarget,
    system,
  });
  return hour.kind === "priced" ? hour.billedUsd / 3_600_000 : undefined;
}
