import { median } from "../../foundation/numbers/statistics.ts";
import type { LogLine } from "../../schema/logs/log-event.ts";
import { clockedMs } from "./clock.ts";
import type { RunDigest, RunEnergy } from "../../schema/logs/submission.ts";

/** The timed part of a run, milliseconds since the epoch. */
type RunClock = Pick<RunDigest, "runStartMs" | "runStopMs">;

interface PowerReading {
  timeMs: number;
  watts: number;
  /** Sorted by time; readings of the same millisecond keep their log order. */
  isAfterStop: boolean;
}

/** Summary of one meter's log, as plain data: a node's readings or the power estimate for a switch. */
export type MeterDigest =
  | {
      kind: "node";
      startMs: number | undefined;
      /** As logged. */
      stopMs: number | undefined;
      readings: readonly PowerReading[];
      /** Ratio of power at the wall to power at the meter. */
      conversionEfficiency: number;
    }
  | { kind: "switch"; watts: number; conversionEfficiency: number };

/** Reads `node_<k>.txt`. Uses the last `conversion_eff`. */
export function digestNodeMeter(lines: readonly LogLine[]): MeterDigest {
  let startMs: number | undefined;
  let stopMs: number | undefined;
  let conversionEfficiency = 1;
  const readings: PowerReading[] = [];
  const events = lines.flatMap((line) => (line.kind === "event" ? [line.event] : []));
  for (const { key, timeMs, value } of events.toSorted((a, b) => a.timeMs - b.timeMs)) {
    if (key === "power_measurement_start") startMs = timeMs;
    if (key === "power_measurement_stop") stopMs = timeMs;
    if (typeof value !== "number") continue;
    if (key === "conversion_eff") conversionEfficiency = value;
    if (key === "power_reading" && startMs !== undefined)
      readings.push({ timeMs, watts: value, isAfterStop: stopMs !== undefined });
  }
  return { kind: "node", startMs, stopMs, readings, conversionEfficiency };
}

/** Reads `sw_<k>.txt`. Uses the first estimate and the last efficiency logged before it. */
export function digestSwitchMeter(lines: readonly LogLine[]): MeterDigest {
  let conversionEfficiency = 1;
  for (const line of lines) {
    if (line.kind !== "event" || typeof line.event.value !== "number") continue;
    const { key, value } = line.event;
    if (key === "conversion_eff") conversionEfficiency = value;
    if (key === "interconnect_power_est")
      return { kind: "switch", watts: value, conversionEfficiency };
  }
  return { kind: "switch", watts: 0, conversionEfficiency };
}

/**
 * Calculates the energy of one run in joules: the mean measured power of each node plus the estimated power of each
 * switch, multiplied by the time to train.
 *
 * If a meter logged no stop after its start, the official tool divides by zero. Pitwall ends the measurement at the
 * last reading instead and records this in the result.
 *
 * @see MLPerf training power rules; mlcommons/logging, result_summarizer
 */
export function measureEnergy(meters: readonly MeterDigest[], clock: RunClock): RunEnergy {
  const timeToTrainMs = clockedMs(clock);
  if (timeToTrainMs === undefined) return { kind: "not-computable", reason: "no-clock" };
  const nodes = meters.filter((meter) => meter.kind === "node");
  if (nodes.length === 0) return { kind: "not-computable", reason: "no-node-log" };
  let nodeJoules = 0;
  let metersEndedByLastReading = 0;
  for (const node of nodes) {
    const measured = nodeWatts(node);
    if (measured.kind === "not-computable") return measured;
    nodeJoules += (measured.watts * timeToTrainMs) / 1000;
    if (measured.isEndedByLastReading) metersEndedByLastReading++;
  }
  const switchJoules = meters
    .filter((meter) => meter.kind === "switch")
    .reduce(
      (sum, { watts, conversionEfficiency }) =>
        sum + (conversionEfficiency * watts * timeToTrainMs) / 1000,
      0,
    );
  const inRunNodeJoules = nodes.map((node) => joulesInRun(node, clock));
  return {
    kind: "measured",
    joules: nodeJoules + switchJoules,
    inRunJoules: inRunNodeJoules.every((joules) => joules !== undefined)
      ? inRunNodeJoules.reduce((sum, joules) => sum + joules, switchJoules)
      : undefined,
    switchJoules,
    readingIntervalMs: longestReadingInterval(nodes),
    metersEndedByLastReading,
  };
}

function longestReadingInterval(
  nodes: readonly Extract<MeterDigest, { kind: "node" }>[],
): number | undefined {
  const mediansMs = nodes.flatMap(({ readings }) => {
    const gapsMs = readings
      .slice(1)
      .map(({ timeMs }, index) => timeMs - (readings[index]?.timeMs ?? timeMs));
    return gapsMs.length === 0 ? [] : [median(gapsMs)];
  });
  return mediansMs.length === 0 ? undefined : Math.max(...mediansMs);
}

/** Of a run, readings must cover at least this part for its energy to be known. */
const neededCoverage = 0.95;

/** The energy of a node between the start and the stop of the run: the official figure uses the whole measurement. */
function joulesInRun(
  { startMs, readings, conversionEfficiency }: Extract<MeterDigest, { kind: "node" }>,
  { runStartMs, runStopMs }: RunClock,
): number | undefined {
  if (startMs === undefined || runStartMs === undefined || runStopMs === undefined)
    return undefined;
  let wattMs = 0;
  let coveredMs = 0;
  let beforeMs = startMs;
  for (const { timeMs, watts } of readings) {
    const inRunMs = Math.min(timeMs, runStopMs) - Math.max(beforeMs, runStartMs);
    if (inRunMs > 0) {
      wattMs += watts * inRunMs;
      coveredMs += inRunMs;
    }
    beforeMs = timeMs;
  }
  return coveredMs < neededCoverage * (runStopMs - runStartMs)
    ? undefined
    : (conversionEfficiency * wattMs) / 1000;
}

type NodeWatts =
  | { kind: "measured"; watts: number; isEndedByLastReading: boolean }
  | Extract<RunEnergy, { kind: "not-computable" }>;

/** Each reading applies to the interval since the previous reading. */
function nodeWatts(node: Extract<MeterDigest, { kind: "node" }>): NodeWatts {
  const { startMs, stopMs, readings, conversionEfficiency } = node;
  if (startMs === undefined) return { kind: "not-computable", reason: "no-start" };
  const isUsable = stopMs !== undefined && stopMs > startMs;
  const endMs = isUsable ? stopMs : readings.at(-1)?.timeMs;
  if (endMs === undefined || endMs <= startMs)
    return { kind: "not-computable", reason: "no-readings" };
  let wattMs = 0;
  let beforeMs = startMs;
  for (const { timeMs, watts, isAfterStop } of readings) {
    if (isUsable && isAfterStop) break;
    wattMs += watts * (timeMs - beforeMs);
    beforeMs = timeMs;
  }
  return {
    kind: "measured",
    watts: (conversionEfficiency * wattMs) / (endMs - startMs),
    isEndedByLastReading: !isUsable,
  };
}
