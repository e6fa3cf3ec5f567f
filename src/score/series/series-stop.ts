import type { Outcome } from "../../schema/run/outcome/outcome.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";
import type { SeriesStop } from "../../schema/run/request/series-stop.ts";

/** The data of an ended run that decides whether its series continues. */
export interface EndedRun {
  result: { outcome: Outcome; clock: Pick<RunResult["clock"], "billedMs"> };
  /** The last line that the program printed, if it printed one. */
  lastLine: string | undefined;
}

/** Whether a series stops with a run that has just ended. */
export type StopAfter = (ended: EndedRun) => SeriesStop | undefined;

/** A series stops after this many failed runs in a row. */
const failuresToStop = 2;
/** A run that fails within this time has hardly trained. */
const diesAtOnceMs = 10_000;
const keptLineLength = 300;

/**
 * Whether a series stops because its newest runs all failed: with the same error (exit code or signal, and the last
 * line of output without its numbers), or each within seconds.
 *
 * @param runs the runs of this command, in order
 */
export function seriesStop(runs: readonly EndedRun[]): SeriesStop | undefined {
  const newest = runs.slice(-failuresToStop);
  const errors = new Set(newest.map((run) => maskedError(run)));
  const last = newest.at(-1);
  if (newest.length < failuresToStop || last === undefined) return undefined;
  const { outcome } = last.result;
  if (errors.has(undefined) || outcome.kind !== "died") return undefined;
  const { exitCode, signal } = outcome;
  const lastLine = last.lastLine?.trim().slice(0, keptLineLength);
  const stop = {
    diedCount: newest.length,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(lastLine === undefined ? {} : { lastLine }),
  };
  if (errors.size === 1) return { kind: "same-error", ...stop };
  const longestMs = Math.max(...newest.map(({ result }) => result.clock.billedMs));
  return longestMs < diesAtOnceMs ? { kind: "died-at-once", ...stop, longestMs } : undefined;
}

/** Errors that differ only in numbers (a seed, a port, an address, a time) are the same. */
function maskedError({ result: { outcome }, lastLine = "" }: EndedRun): string | undefined {
  if (outcome.kind !== "died") return undefined;
  const end = outcome.signal ?? outcome.exitCode ?? "unknown";
  return `${end} ${lastLine.trim().replaceAll(/0x[0-9a-f]+|\d+/giu, "#")}`;
}
