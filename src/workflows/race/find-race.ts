import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { RaceReport } from "../../schema/run/race/race-report.ts";
import { type RacedRun, reportRace } from "../../score/race/report-race.ts";
import { ownerLife } from "../../store/records/write/process-owner.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { recordedPlan } from "../launch/prepare/plan-rerun.ts";
import type { RacePlan } from "./plan-race.ts";

/** The runs of one race on record. */
export interface RecordedRace {
  id: string;
  runs: readonly RacedRun[];
}

/** All races on record, oldest first. */
export async function recordedRaces(store: RunStore): Promise<RecordedRace[]> {
  const races = new Map<string, RacedRun[]>();
  for (const run of await store.list()) {
    if (run.kind !== "readable" || run.request.race === undefined) continue;
    const { request, result, state } = run;
    const { id } = run.request.race;
    const others = races.get(id) ?? [];
    others.push({ request, result, state: state.kind });
    races.set(id, others);
  }
  return [...races].map(([id, runs]) => ({ id, runs }));
}

/**
 * The race that a text names: its id, a unique prefix of it, one of its series or runs, or `last`.
 *
 * @throws UserError `unknown-race`, `ambiguous-race`
 */
export async function findRace(store: RunStore, text: string): Promise<RecordedRace> {
  const races = await recordedRaces(store);
  const exact = text === "last" ? races.at(-1) : races.find(({ id }) => id === text);
  const [found, ...others] =
    exact === undefined
      ? races.filter(({ id }) => text !== "" && (id.startsWith(text) || text.startsWith(`${id}-`)))
      : [exact];
  if (found !== undefined && others.length === 0) return found;
  const ids = races.map(({ id }) => id);
  if (found === undefined) throw unknownRace(text, ids);
  throw new UserError("ambiguous-race", `\`${text}\` matches ${others.length + 1} races`, {
    saw: [found, ...others].map(({ id }) => id).join("\n"),
    hint: "specify more of the name, or `last`",
  });
}

/** @throws RangeError if the race has no runs */
export async function reportRecorded({ runs }: RecordedRace): Promise<RaceReport> {
  const newest = runs.at(-1);
  const isAlive = newest !== undefined && (await ownerLife(newest.request.owner)) === "alive";
  return reportRace(runs, { isAlive });
}

/**
 * The plan to continue an interrupted race from its records.
 *
 * @throws UserError `race-complete`, `race-running`, `race-not-resumable`, and what `findRace` throws
 */
export async function planRaceResume(store: RunStore, text: string): Promise<RacePlan> {
  const race = await findRace(store, text);
  const report = await reportRecorded(race);
  if (report.state === "running") {
    throw new UserError("race-running", `\`${race.id}\` is still running`, {
      hint: "wait until it ends or stop it, then resume",
    });
  }
  if (report.state === "finished") {
    throw new UserError("race-complete", `\`${race.id}\` is complete`, {
      hint: `\`pitwall race --show ${race.id}\` shows it`,
    });
  }
  const members = race.runs.flatMap(({ request }) =>
    request.race === undefined ? [] : [{ request, race: request.race }],
  );
  const [first] = members;
  if (first === undefined) throw new RangeError("a race has at least one run");
  const { runs, until, maxRuns, armCount } = first.race;
  const arms = Array.from({ length: armCount }, (_, index) => {
    const member = members.find(({ race: { arm } }) => arm === index + 1);
    if (member === undefined) throw notResumable(race.id, index + 1);
    return { name: member.race.armName, plan: { ...recordedPlan(member.request), seeds: [] } };
  });
  return {
    name: race.id,
    arms,
    runs,
    seed: Math.min(...members.map(({ request }) => request.seed)),
    ...(until === undefined ? {} : { until }),
    ...(maxRuns === undefined ? {} : { maxRuns }),
    resumes: race,
  };
}

function notResumable(id: string, arm: number): UserError {
  return new UserError("race-not-resumable", `\`${id}\` ended before its arm ${arm} started`, {
    hint: "start the race again: the records do not contain the command of that arm",
  });
}

function unknownRace(text: string, ids: readonly string[]): UserError {
  const nearest = nearestWord(text, ids);
  const hint =
    ids.length === 0
      ? "there are no races yet: start one with `pitwall race`"
      : nearest === undefined
        ? `races: ${ids.slice(-5).join(", ")}`
        : `did you mean \`${nearest}\`?`;
  return new UserError("unknown-race", `unknown race \`${text}\``, { hint });
}
