import { median } from "../../foundation/numbers/statistics.ts";
import { armLetter } from "../../schema/run/race/arm-letter.ts";
import type { RaceMembership } from "../../schema/run/race/race-membership.ts";
import type { RaceArm, RaceReport, RaceRun } from "../../schema/run/race/race-report.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";
import { totalEnergy } from "../../schema/run/measured/total-energy.ts";
import { armTargets } from "./arm-targets.ts";
import { compareArms, type RunPair } from "./compare-arms.ts";
import { isRaceOver } from "./race-schedule.ts";
import { runDisturbances } from "./run-disturbances.ts";

/** A run of a race, from its record. */
export interface RacedRun {
  request: RunRequest;
  result: RunResult | undefined;
  state: "running" | "finished" | "abandoned";
}

/** A run with its place in the race. */
type MemberRun = RacedRun & { race: RaceMembership };

type PlaceInRace = Pick<RaceRun, "order" | "disturbances">;

/**
 * The state of a race, from the records of its runs.
 *
 * @param runs in any order; runs without a race are left out
 * @param isAlive whether the process that runs the race still does
 * @throws RangeError if no run is part of a race
 */
export function reportRace(
  runs: readonly RacedRun[],
  { isAlive }: { isAlive: boolean },
): RaceReport {
  const members = runs
    .flatMap((run) => (run.request.race === undefined ? [] : { ...run, race: run.request.race }))
    .toSorted((a, b) => a.request.createdMs - b.request.createdMs);
  const [first] = members;
  if (first === undefined) throw new RangeError("a race has at least one run");
  const { id, runs: runCount, until, maxRuns } = first.race;
  const settings = {
    runs: runCount,
    ...(until === undefined ? {} : { until }),
    ...(maxRuns === undefined ? {} : { maxRuns }),
  };
  const disturbances = runDisturbances(members.map(({ result }) => result?.conditions));
  const places = new Map(
    members.map((run, index) => [
      run,
      { order: index + 1, disturbances: disturbances[index] ?? [] },
    ]),
  );
  const byArm = groupByArm(members);
  const arms = withComparisons(
    [...byArm.values()]
      .toSorted((a, b) => armOf(a) - armOf(b))
      .map((ofArm) => reportArm(ofArm, places)),
    byArm,
    { requestedRuns: isAlive ? 0 : runCount },
  );
  return {
    raceId: id,
    createdMs: first.request.createdMs,
    state: isAlive ? "running" : stateOf({ settings, arms }, first.race.armCount),
    ...targetOf(members),
    settings,
    baseArm: baseOf(arms),
    arms,
    findings: findingsOf(members),
  };
}

function findingsOf(members: readonly MemberRun[]): RaceReport["findings"] {
  const groups = new Map<string, RaceReport["findings"][number]>();
  for (const { request, result, race } of members) {
    for (const finding of result?.findings ?? []) {
      const key = `${race.arm} ${finding.rule}`;
      const known = groups.get(key) ?? { finding, runs: [] };
      if (!known.runs.includes(request.runId)) known.runs.push(request.runId);
      groups.set(key, known);
    }
  }
  return [...groups.values()];
}

function groupByArm(members: readonly MemberRun[]): Map<number, MemberRun[]> {
  const byArm = new Map<number, MemberRun[]>();
  for (const run of members) {
    const others = byArm.get(run.race.arm);
    if (others === undefined) byArm.set(run.race.arm, [run]);
    else others.push(run);
  }
  return byArm;
}

function armOf([run]: readonly MemberRun[]): number {
  return run?.race.arm ?? 0;
}

function targetOf(
  members: readonly MemberRun[],
): Pick<RaceReport, "target" | "furtherTargets" | "targetWindow"> {
  const target = members
    .map(({ request, result }) => result?.target ?? request.target)
    .find((known) => known !== undefined);
  const { furtherTargets, targetWindow } = members[0]?.request ?? {};
  return {
    ...(target === undefined ? {} : { target }),
    ...(furtherTargets === undefined ? {} : { furtherTargets }),
    ...(targetWindow === undefined ? {} : { targetWindow }),
  };
}

function reportArm(
  runs: readonly MemberRun[],
  places: ReadonlyMap<MemberRun, PlaceInRace>,
): Omit<RaceArm, "isDropped"> {
  const [first] = runs;
  if (first === undefined) throw new RangeError("an arm has at least one run");
  const { arm, armName } = first.race;
  const counted = countedRuns(runs);
  const times = counted.flatMap(({ result }) => timeOf(result) ?? []);
  return {
    arm,
    letter: armLetter(arm),
    name: armName,
    seriesId: first.request.series.id,
    command: commandText(first.request),
    runCount: counted.length,
    reachedCount: times.length,
    ...timesOf(times, counted.length),
    ...costsOf(counted),
    runs: runs.map((run) => raceRunOf(run, places.get(run))),
  };
}

/** Compares each arm with the first one that was not dropped. */
function withComparisons(
  arms: readonly Omit<RaceArm, "isDropped">[],
  byArm: ReadonlyMap<number, readonly MemberRun[]>,
  { requestedRuns }: { requestedRuns: number },
): RaceArm[] {
  const most = Math.max(requestedRuns, ...arms.map((arm) => arm.runCount));
  const marked = arms.map((arm) => {
    const keepsGoing = keepsGoingOf(byArm.get(arm.arm) ?? []);
    return Object.assign(arm, { isDropped: !keepsGoing && isDropped(arm, most) });
  });
  const base = baseOf(marked);
  const baseRuns = byArm.get(base) ?? [];
  return marked.map((arm) => {
    const runs = byArm.get(arm.arm) ?? [];
    const isBase = arm.arm === base;
    const targets = armTargets(countedRuns(runs), isBase ? undefined : countedRuns(baseRuns));
    if (targets.length > 0) Object.assign(arm, { targets });
    if (isBase) return arm;
    return Object.assign(arm, { comparison: compareArms(pairsOf(baseRuns, runs)) });
  });
}

function keepsGoingOf(runs: readonly MemberRun[]): boolean {
  return runs.some(({ request }) => request.series.keepGoing === true);
}

function baseOf(arms: readonly RaceArm[]): number {
  return (arms.find((arm) => !arm.isDropped) ?? arms[0])?.arm ?? 1;
}

/**
 * The runs of one arm that count: those that ended on their own or at a limit, without warm-ups, one for each seed. Of a run
 * that was retried, the last attempt counts; if that one did not end, the seed has no run that counts.
 */
export function countedRuns<Run extends RacedRun>(runs: readonly Run[]): Run[] {
  const retried = new Set(runs.map(({ request }) => request.retryOf));
  const ended = runs.filter(
    ({ request, result }) =>
      result !== undefined &&
      result.outcome.kind !== "interrupted" &&
      request.isWarmup !== true &&
      !retried.has(request.runId),
  );
  const bySeed = new Map<number, Run>();
  for (const run of ended) if (!bySeed.has(run.request.seed)) bySeed.set(run.request.seed, run);
  return [...bySeed.values()];
}

function timesOf(
  times: readonly number[],
  runCount: number,
): Pick<RaceArm, "medianMs" | "fastestMs" | "slowestMs"> {
  if (times.length === 0) return {};
  const missed = Array.from({ length: runCount - times.length }, () => Number.POSITIVE_INFINITY);
  const sorted = [...times.toSorted((a, b) => a - b), ...missed];
  const upper = sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.POSITIVE_INFINITY;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.POSITIVE_INFINITY;
  const isKnown = Number.isFinite(upper);
  return {
    ...(isKnown ? { medianMs: (lower + upper) / 2 } : {}),
    fastestMs: Math.min(...times),
    slowestMs: Math.max(...times),
  };
}

function costsOf(
  runs: readonly MemberRun[],
): Pick<RaceArm, "medianUsd" | "medianJoules" | "energyLabel"> {
  const dollars = runs.flatMap(({ result }) => billedUsd(result) ?? []);
  const energies = runs.flatMap(({ result }) => totalEnergy(result?.energy ?? []) ?? []);
  const labels = new Set(energies.map(({ label }) => label));
  const [label] = labels;
  return {
    ...(dollars.length > 0 && dollars.length === runs.length ? { medianUsd: median(dollars) } : {}),
    // Measured and estimated figures have no common median.
    ...(label !== undefined && labels.size === 1 && energies.length === runs.length
      ? { medianJoules: median(energies.map(({ joules }) => joules)), energyLabel: label }
      : {}),
  };
}

function pairsOf(base: readonly MemberRun[], other: readonly MemberRun[]): RunPair[] {
  const bySeed = new Map(countedRuns(base).map((run) => [run.request.seed, run]));
  return countedRuns(other).flatMap(({ request, result }) => {
    const first = bySeed.get(request.seed);
    if (first === undefined) return [];
    return { firstMs: timeOf(first.result), otherMs: timeOf(result) };
  });
}

function raceRunOf(
  { request, result, state }: MemberRun,
  { order, disturbances }: PlaceInRace = { order: 1, disturbances: [] },
): RaceRun {
  const timeToTrainMs = timeOf(result);
  const usd = billedUsd(result);
  const energy = totalEnergy(result?.energy ?? []);
  return {
    runId: request.runId,
    seed: request.seed,
    order,
    state: result?.outcome.kind ?? (state === "running" ? "running" : "abandoned"),
    ...(request.isWarmup === true ? { isWarmup: true as const } : {}),
    ...(timeToTrainMs === undefined ? {} : { timeToTrainMs }),
    ...(usd === undefined ? {} : { billedUsd: usd }),
    ...(energy === undefined ? {} : { joules: energy.joules }),
    disturbances,
  };
}

/** A dropped arm ended with two failures and has fewer runs than the others, or than requested if the race is over. */
function isDropped(
  { runs, runCount }: Pick<RaceArm, "runs" | "runCount">,
  mostRuns: number,
): boolean {
  const last = runs.filter(({ state }) => state !== "running").slice(-2);
  return runCount < mostRuns && last.length === 2 && last.every(({ state }) => state === "died");
}

function stateOf(
  { settings, arms }: Pick<RaceReport, "settings" | "arms">,
  armCount: number,
): RaceReport["state"] {
  const left = arms.filter((arm) => !arm.isDropped);
  const roundCount = Math.min(...left.map((arm) => arm.runCount));
  const isWhole = arms.length === armCount && isRaceOver({ settings, arms }, roundCount);
  return isWhole || left.length < Math.min(2, arms.length) ? "finished" : "interrupted";
}

function timeOf(result: RunResult | undefined): number | undefined {
  return result?.outcome.kind === "reached" ? result.outcome.timeToTrainMs : undefined;
}

function billedUsd(result: RunResult | undefined): number | undefined {
  return result?.cost.kind === "priced" ? result.cost.billedUsd : undefined;
}

function commandText({ startable }: RunRequest): string {
  switch (startable.kind) {
    case "embedded":
      return `${startable.name} --workers ${startable.workers}`;
    case "command":
      return startable.command.join(" ");
    case "imported":
      return startable.name;
  }
}
