import { armLetter } from "../../schema/run/race/arm-letter.ts";
import type { RaceMembership } from "../../schema/run/race/race-membership.ts";
import type { RaceReport } from "../../schema/run/race/race-report.ts";
import type { RunEvent } from "../../schema/run/events/run-event.ts";
import type { SeriesStop } from "../../schema/run/request/series-stop.ts";
import type { RunReport } from "../../schema/run/outcome/series-summary.ts";
import { armsOfRound, isRaceOver, widestHalfWidth } from "../../score/race/race-schedule.ts";
import { countedRuns, type RacedRun, reportRace } from "../../score/race/report-race.ts";
import { type EndedRun, seriesStop } from "../../score/series/series-stop.ts";
import { makeSeriesId } from "../../store/records/find/run-id.ts";
import { checkProgram, runSeries } from "../launch/running/run-series.ts";
import type { RunWorld } from "../launch/targets/run-world.ts";
import type { RaceArmPlan, RacePlan } from "./plan-race.ts";

/** An arm as it is called on screen. */
export interface NamedArm {
  letter: string;
  name: string;
}

/** The events of a race, in order. */
export type RaceEvent =
  | { kind: "started"; raceId: string; arms: readonly NamedArm[] }
  | { kind: "run"; arm: NamedArm; event: RunEvent }
  | { kind: "arm-dropped"; arm: NamedArm; stop: SeriesStop; armsLeft: number }
  /** `halfWidth`: of the widest interval, as a fraction of its ratio. */
  | { kind: "round-finished"; roundCount: number; halfWidth: number | undefined }
  | { kind: "finished"; report: RaceReport };

/**
 * Runs a race: round by round, each arm once with the seed of the round, in alternating order. Each record is on disk
 * before the next run starts. An arm whose last two runs failed in the same way is dropped, unless its plan keeps going; the
 * race ends when fewer than two arms are left.
 *
 * @throws UserError if a program can't be started; WorldError if the disk fails
 */
export async function* runRace(
  plan: RacePlan,
  world: RunWorld,
  interrupt: AbortSignal,
): AsyncGenerator<RaceEvent> {
  for (const arm of plan.arms) await checkProgram(arm.plan, world);
  const race = new RaceInProgress(plan, world);
  yield { kind: "started", raceId: race.id, arms: race.arms.map(({ label }) => label) };
  for (let round = 0; !race.isOver(round); round++) {
    yield* race.runRound(round, interrupt);
    if (interrupt.aborted) break;
    const halfWidth = plan.until === undefined ? undefined : widestHalfWidth(race.report().arms);
    yield { kind: "round-finished", roundCount: round + 1, halfWidth };
  }
  yield { kind: "finished", report: race.report() };
}

type FinishedEvent = Extract<RunEvent, { kind: "finished" }>;

/** One arm while the race runs. */
class RacingArm {
  readonly label: NamedArm;
  readonly position: number;
  readonly plan: RaceArmPlan;
  readonly ended: EndedRun[] = [];
  isDropped = false;

  constructor(plan: RaceArmPlan, position: number) {
    this.plan = plan;
    this.position = position;
    this.label = { letter: armLetter(position), name: plan.name };
  }
}

class RaceInProgress {
  readonly id: string;
  readonly arms: readonly RacingArm[];
  readonly #plan: RacePlan;
  readonly #world: RunWorld;
  readonly #runs: RacedRun[];

  constructor(plan: RacePlan, world: RunWorld) {
    this.#plan = plan;
    this.#world = world;
    this.#runs = [...(plan.resumes?.runs ?? [])];
    this.arms = plan.arms.map((arm, index) => new RacingArm(arm, index + 1));
    if (plan.resumes !== undefined) this.#dropAgain();
    const createdMs = world.nowMs();
    this.id =
      plan.resumes?.id ??
      makeSeriesId({ name: `race ${plan.name}`, createdMs, random: () => world.random() });
  }

  report(): RaceReport {
    return reportRace(this.#runs, { isAlive: false });
  }

  isOver(roundCount: number): boolean {
    if (this.#armsLeft().length < 2) return true;
    const { runs, until, maxRuns = runs } = this.#plan;
    // Only a race to a width needs the comparison after each round.
    if (until === undefined || roundCount < runs || roundCount >= maxRuns)
      return roundCount >= (until === undefined ? runs : maxRuns);
    return isRaceOver(this.report(), roundCount);
  }

  async *runRound(round: number, interrupt: AbortSignal): AsyncGenerator<RaceEvent> {
    const seed = this.#plan.seed + round;
    for (const arm of armsOfRound(this.#armsLeft(), round)) {
      if (!this.#hasRun(arm, seed)) yield* this.#runArm(arm, seed, interrupt);
      if (interrupt.aborted || this.#armsLeft().length < 2) return;
    }
  }

  async *#runArm(arm: RacingArm, seed: number, interrupt: AbortSignal): AsyncGenerator<RaceEvent> {
    const runs = this.#runsOf(arm);
    const plan = {
      ...arm.plan.plan,
      seeds: [seed],
      warmupCount: missingWarmups(runs, arm.plan.plan.warmupCount ?? 0),
      race: this.#membership(arm),
    };
    const resumes = {
      id: `${this.id}-${arm.label.letter.toLowerCase()}`,
      requestedSeeds: this.#seeds(),
      lastIndex: Math.max(0, ...runs.map(({ request }) => request.series.index)),
      runCount: this.#plan.runs,
      earlier: runs.flatMap(({ request, result }): RunReport[] =>
        result === undefined ? [] : [{ request, result }],
      ),
    };
    let last: FinishedEvent | undefined;
    for await (const event of runSeries({ ...plan, resumes }, this.#world, interrupt)) {
      if (event.kind === "series-finished") continue;
      if (event.kind === "finished") {
        this.#runs.push({ ...event.report, state: "finished" });
        last = event;
      }
      yield { kind: "run", arm: arm.label, event };
    }
    // Warm-ups and attempts that were retried came before it.
    if (last !== undefined && last.report.request.isWarmup !== true)
      arm.ended.push({ result: last.report.result, lastLine: last.lastLines.at(-1) });
    yield* this.#dropIfBroken(arm);
  }

  /** A resumed race goes on without the arms that it had dropped. */
  #dropAgain(): void {
    const dropped = this.report().arms.filter(({ isDropped }) => isDropped);
    for (const arm of this.arms) arm.isDropped = dropped.some(({ arm: at }) => at === arm.position);
  }

  *#dropIfBroken(arm: RacingArm): Generator<RaceEvent> {
    const stop = arm.plan.plan.keepGoing === true ? undefined : seriesStop(arm.ended);
    if (stop === undefined) return;
    arm.isDropped = true;
    yield { kind: "arm-dropped", arm: arm.label, stop, armsLeft: this.#armsLeft().length };
  }

  #armsLeft(): RacingArm[] {
    return this.arms.filter(({ isDropped }) => !isDropped);
  }

  #runsOf({ position }: RacingArm): RacedRun[] {
    return this.#runs.filter(({ request }) => request.race?.arm === position);
  }

  #hasRun(arm: RacingArm, seed: number): boolean {
    return countedRuns(this.#runsOf(arm)).some(({ request }) => request.seed === seed);
  }

  #seeds(): number[] {
    return Array.from({ length: this.#plan.runs }, (_, index) => this.#plan.seed + index);
  }

  #membership(arm: RacingArm): RaceMembership {
    const { runs, until, maxRuns } = this.#plan;
    return {
      id: this.id,
      arm: arm.position,
      armName: arm.label.name,
      armCount: this.arms.length,
      runs,
      ...(until === undefined ? {} : { until }),
      ...(until === undefined || maxRuns === undefined ? {} : { maxRuns }),
    };
  }
}

/** Warm-ups come before the first run of an arm only; one that was interrupted is repeated. */
function missingWarmups(runs: readonly RacedRun[], warmupCount: number): number {
  if (runs.some(({ request }) => request.isWarmup !== true)) return 0;
  const done = runs.filter(
    ({ result }) => result !== undefined && result.outcome.kind !== "interrupted",
  );
  return Math.max(0, warmupCount - done.length);
}
