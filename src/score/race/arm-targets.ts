import { median } from "../../foundation/numbers/statistics.ts";
import type { ArmTarget } from "../../schema/run/race/race-report.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";
import { compareArms } from "./compare-arms.ts";

interface EndedRun {
  request: RunRequest;
  result: RunResult | undefined;
}

/**
 * How the runs of an arm met each of several targets, whether or not the others were met at the same time. Empty if the race
 * has one target.
 *
 * @param base the runs of the arm to compare with; undefined for that arm itself
 */
export function armTargets(
  runs: readonly EndedRun[],
  base: readonly EndedRun[] | undefined,
): ArmTarget[] {
  const targets = runs.find(({ result }) => result?.targets !== undefined)?.result?.targets ?? [];
  if (targets.length < 2) return [];
  const isTimed = [...runs, ...(base ?? [])].every(({ result }) => !hasOwnClock(result));
  return targets.map(({ target }, index) => {
    const times = runs.map((run) => firstMetMs(run, index));
    const metCount = times.filter((time) => time !== undefined).length;
    if (!isTimed) return { target, metCount };
    const met: ArmTarget = { target, metCount };
    const medianMs = medianOf(times);
    if (medianMs !== undefined) met.medianMs = medianMs;
    if (base !== undefined) met.comparison = compareArms(pairsOf(runs, base, index));
    return met;
  });
}

/** When a target was first met is known by the arrival of the output only. */
function hasOwnClock(result: RunResult | undefined): boolean {
  return result?.clock.programClock !== undefined;
}

function firstMetMs({ result }: EndedRun, index: number): number | undefined {
  return result?.targets?.[index]?.firstMetMs;
}

/** Runs that never met the target are slower than all; undefined where one of them is in the middle. */
function medianOf(times: readonly (number | undefined)[]): number | undefined {
  const middle = median(times.map((time) => time ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(middle) ? middle : undefined;
}

function pairsOf(runs: readonly EndedRun[], base: readonly EndedRun[], index: number) {
  const bySeed = new Map(base.map((run) => [run.request.seed, run]));
  return runs.flatMap((run) => {
    const first = bySeed.get(run.request.seed);
    if (first === undefined) return [];
    return { firstMs: firstMetMs(first, index), otherMs: firstMetMs(run, index) };
  });
}
