import type { Settings } from "../../formats/settings.ts";
import type { LoggedValue } from "../../formats/logged-value.ts";
import { namesInSection } from "../../formats/text/sections/name-in-section.ts";
import { valuesAsLines } from "../../formats/values/values-as-lines.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import type { LogOrigin, LogTimes } from "../../schema/run/events/log-origin.ts";
import { experimentText, seedOf } from "./experiment-settings.ts";
import type { LoadedTraining, TimedPiece } from "./loaded-training.ts";
import type { ReadValues } from "./read-value-files.ts";

/** What is known of a training beside its values. */
export interface Described {
  name: string;
  format: string;
  path: string;
  files: readonly string[] | undefined;
  times: LogTimes;
  /** When the training started, if the tracker states it. */
  startMs: number | undefined;
  endMs: number | undefined;
  trackedRunId?: string | undefined;
  ended?: LogOrigin["ended"];
  settings?: Settings;
  /** The tracker's grouping of runs; only runs of one group can be one experiment. */
  group?: string;
  /** The time of the last change of the files, for values without dates. */
  changedMs: number;
  copies: readonly string[];
}

/** Undefined if there are no values. */
export function trainingOf(read: ReadValues, described: Described): LoadedTraining | undefined {
  if (read.values.length === 0) return undefined;
  const { values, back } = inOrder(read.values.map(withPlausibleTime));
  const isDated = described.times.source === "time-stamps";
  const lastMs = values.reduce((most, { timeMs }) => Math.max(most, timeMs ?? 0), 0);
  const firstValueMs = values.find(({ timeMs }) => timeMs !== undefined)?.timeMs ?? lastMs;
  const statedMs = isPlausible(described.startMs) ? described.startMs : firstValueMs;
  const firstMs = Math.min(statedMs, firstValueMs);
  const launchedMs = Math.round(isDated ? firstMs : Math.max(0, described.changedMs - lastMs));
  const offsetMs = isDated ? 0 : launchedMs;
  const endedMs = Math.round(
    isDated ? Math.max(lastMs, described.endMs ?? 0) : launchedMs + lastMs,
  );
  const { startMs: _start, endMs: _end, changedMs: _changed, group: _group, ...kept } = described;
  return {
    trackedRunId: undefined,
    ended: undefined,
    ...experimentOf(described),
    ...kept,
    sha256: read.sha256,
    byteCount: read.byteCount,
    isMllog: false,
    launchedMs,
    endedMs,
    patterns: {},
    metrics: [...new Set(values.flatMap(({ metric, section }) => namesInSection(metric, section)))],
    findings: back === undefined ? [] : [back],
    pieces: () => datedValues(values, { offsetMs, launchedMs }),
  };
}

/** The seed, and what the runs of one experiment have in common. */
function experimentOf({
  format,
  group = "",
  settings = new Map<string, string>(),
}: Described): Pick<LoadedTraining, "seed" | "experimentKey"> {
  if (settings.size === 0) return { seed: undefined, experimentKey: undefined };
  return {
    seed: seedOf(settings),
    experimentKey: `${format} ${group} ${experimentText(settings)}`,
  };
}

/** The year 2286; a later or negative time is damaged. */
const maximumTimeMs = 1e13;

function isPlausible(timeMs: number | undefined): timeMs is number {
  return timeMs !== undefined && timeMs >= 0 && timeMs <= maximumTimeMs;
}

function withPlausibleTime(value: LoggedValue): LoggedValue {
  return isPlausible(value.timeMs) ? value : { ...value, timeMs: undefined };
}

/** Values in the order of their times; trackers store them in the order of their arrival. */
function inOrder(values: readonly LoggedValue[]): {
  values: LoggedValue[];
  back: Extract<Finding, { rule: "log-clock-backwards" }> | undefined;
} {
  let back: Extract<Finding, { rule: "log-clock-backwards" }> | undefined;
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const { timeMs } of values) {
    if (timeMs === undefined) continue;
    if (timeMs < newestMs - orderToleranceMs) {
      back ??= { rule: "log-clock-backwards", fromMs: newestMs, toMs: timeMs, count: 0 };
      back.count += 1;
    }
    newestMs = Math.max(newestMs, timeMs);
  }
  const sorted = values.toSorted((left, right) => (left.timeMs ?? 0) - (right.timeMs ?? 0));
  return { values: back === undefined ? sorted : [...values], back };
}

/** Trackers write values of several threads slightly out of order. */
const orderToleranceMs = 1000;

async function* datedValues(
  values: readonly LoggedValue[],
  { offsetMs, launchedMs }: { offsetMs: number; launchedMs: number },
): AsyncGenerator<TimedPiece> {
  let newestMs = launchedMs;
  for (const { text, timeMs } of valuesAsLines(values)) {
    if (timeMs !== undefined) newestMs = Math.max(newestMs, Math.round(offsetMs + timeMs));
    yield { bytes: Buffer.from(text), timeMs: newestMs };
  }
}

/** @param since what the times are counted from */
export function stampedOrNone(values: readonly LoggedValue[], since: string): LogTimes {
  const isStamped = values.some(({ timeMs }) => timeMs !== undefined);
  if (!isStamped) return { source: "none", reliability: "none", covers: "nothing" };
  const covers = `from ${since} to the time stored with each value`;
  return { source: "time-stamps", reliability: "logged", covers };
}
