import type { UserError } from "../../foundation/errors/user-error.ts";
import type { PlanOffer, RunPlan } from "../../schema/plan/run-plan.ts";
import { calibratedTimes } from "../learned/calibrated-times.ts";
import { measuredEnergy } from "../published/measured-energy.ts";
import { candidateCounts } from "../search/candidate-counts.ts";
import { valuesOf, type Candidate } from "../search/candidate.ts";
import { drawnTimes } from "../search/offer-of-candidate.ts";
import { paretoFront } from "../search/pareto-archive.ts";
import {
  choosePlan,
  searchPlan,
  type PlanSpace,
  type SearchedPlan,
} from "../search/plan-training.ts";
import type { PlanData } from "../../schema/plan/plan-data.ts";
import { planErrorOf } from "./plan-error.ts";
import { planMachines, type PlanCall } from "./plan-machines.ts";
import {
  batchNotes,
  isWorthSaying,
  kernelNotes,
  planNotes,
  titleOf,
  unknownEnergyNotes,
} from "./plan-notes.ts";
import { planTimes, type KnownTimes } from "./plan-times.ts";
import { readGoal, type PlannedBenchmark, type PlannedModel } from "./read-goal.ts";

/** Draws of the odds of an offer. */
export const planDraws = 10_000;

/** A plan, or why there is none. */
export type PlanAnswer =
  | {
      kind: "planned";
      plan: RunPlan;
      goal: PlannedBenchmark | PlannedModel;
      /** For each offer of the front, drawn times until the end, without the queue, ms, by rising time. */
      paidMs: readonly Float64Array[];
      /** All that were considered, on the front or not. */
      candidates: readonly Candidate[];
    }
  | { kind: "refused"; error: UserError };

/**
 * Plans one request after another. What a request has in common with earlier ones is not computed again: new limits choose
 * among the machines of the last search, and a new number of tokens or price uses its layouts.
 */
export interface PlanSession {
  /**
   * Plans a training of a benchmark to its target, or of a model on tokens or to a loss. Refused with `budget-too-small`,
   * `deadline-too-early`, `energy-too-small`, `limits-conflict`, `nothing-to-plan` or `does-not-fit`.
   *
   * @param drawCount of offers that have no more draws yet; default: `planDraws`
   * @throws UserError what `readGoal`, `planMachines` and `planTimes` throw
   */
  answer(call: PlanCall, drawCount?: number): PlanAnswer;
  /** The search of `answer` in small parts, after which `answer` only chooses. @throws like `answer` */
  search(call: PlanCall): Generator<undefined, void>;
  /** Draws the odds of all offers that any limits can put on the front, one after another. @throws like `answer` */
  draw(call: PlanCall): Generator<undefined, void>;
}

export function planSession(data: PlanData): PlanSession {
  const known: KnownTimes = { published: new Map(), layouts: new Map(), times: new Map() };
  let last: { key: string; search: CallSearch } | undefined;
  const searched = (call: PlanCall): CallSearch => {
    const key = searchKey(call);
    if (last?.key !== key) last = { key, search: searchCall(call, data, known) };
    return last.search;
  };
  return {
    answer: (call, drawCount = planDraws) => answerOf(call, searched(call), { data, drawCount }),
    *search(call) {
      if (last?.key === searchKey(call)) return;
      const { space } = prepareCall(call, data, known);
      for (const { accelerator, counts } of space.machines) {
        if (!space.prices.has(accelerator.name)) continue;
        for (const count of counts) {
          space.times(accelerator, count);
          yield;
        }
      }
    },
    *draw(call) {
      const { candidates } = searched(call).found;
      for (const candidate of paretoFront(candidates, valuesOf)) {
        drawnTimes(candidate, { seed: call.seed, drawCount: planDraws });
        yield;
      }
    },
  };
}

/** What only chooses among the machines of a search, or draws their odds. */
const choices = ["limits", "objective", "queueMs", "seed"] satisfies (keyof PlanCall)[];

function searchKey(call: PlanCall): string {
  return JSON.stringify(call, (name, value: unknown) =>
    choices.some((choice) => choice === name) ? undefined : value,
  );
}

interface PreparedCall {
  goal: PlannedBenchmark | PlannedModel;
  space: PlanSpace;
}

interface CallSearch extends PreparedCall {
  found: SearchedPlan;
}

function searchCall(call: PlanCall, data: PlanData, known: KnownTimes): CallSearch {
  const prepared = prepareCall(call, data, known);
  return { ...prepared, found: searchPlan(prepared.space) };
}

function prepareCall(call: PlanCall, data: PlanData, known: KnownTimes): PreparedCall {
  const goal = readGoal(call.goal, call.amount, data);
  const { accelerators, prices, region } = planMachines(call, data);
  const { times, counts } = planTimes(goal, call, { data, known });
  const { interruptions, energy } = data;
  const learnedRuns = call.ignoresOwnRuns ? [] : (data.learnedRuns ?? []);
  const subject = goal.kind === "model" ? goal.name : goal.benchmark;
  const space = {
    machines: accelerators.map((accelerator) => ({
      accelerator,
      counts: candidateCounts(accelerator, { largest: call.maxCount }, counts),
    })),
    times: calibratedTimes(times, learnedRuns, subject),
    prices,
    interruptions,
    energy,
    region,
    parameterCount: goal.kind === "model" ? goal.parameterCount : undefined,
  };
  return { goal, space };
}

function answerOf(
  call: PlanCall,
  { goal, space, found }: CallSearch,
  { data, drawCount }: { data: PlanData; drawCount: number },
): PlanAnswer {
  const { limits, objective, seed, maxCount } = call;
  const title = titleOf(goal);
  const outcome = choosePlan(found, { ...call, drawCount });
  if (outcome.kind !== "planned") {
    const { times } = space;
    const { accelerators } = data;
    const context = { limits, maxCount, title, times, accelerators };
    return { kind: "refused", error: planErrorOf(outcome, context) };
  }
  const { front, recommended, losses, consideredCount, paidMs } = outcome;
  const plan: RunPlan = {
    goal: title,
    limits: { ...limits, maxCount },
    objective,
    seed,
    drawCount,
    recommended,
    front: front.map((offer) => withMeasured(offer, goal, { space, data })),
    consideredCount,
    losses: losses.filter(({ reason, accelerator }) => isWorthSaying(reason, accelerator, call)),
    notes: [
      ...batchNotes(call, goal),
      ...kernelNotes(goal),
      ...planNotes(call, space.region, data.interruptions),
      ...unknownEnergyNotes({ front, losses }),
    ],
  };
  return { kind: "planned", plan, goal, paidMs, candidates: found.candidates };
}

function withMeasured(
  offer: PlanOffer,
  goal: PlannedBenchmark | PlannedModel,
  { space, data }: { space: PlanSpace; data: PlanData },
): PlanOffer {
  if (goal.kind === "model") return offer;
  const { energy: table, region } = space;
  const sources = { rows: data.rows, accelerators: data.accelerators, table, region };
  const measured = measuredEnergy(offer, goal.benchmark, sources);
  return measured === undefined ? offer : { ...offer, measuredEnergy: measured };
}
