import { UserError } from "../../foundation/errors/user-error.ts";
import type { PlanCall } from "../../planner/goal/plan-machines.ts";
import { titleOf } from "../../planner/goal/plan-notes.ts";
import { type PlanAnswer, planSession } from "../../planner/goal/plan-session.ts";
import type { PlannedBenchmark, PlannedModel } from "../../planner/goal/read-goal.ts";
import { frameworkCommand } from "../../report/plan/framework-command.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { CommandFramework } from "../../schema/plan/command-framework.ts";
import type { PlanData } from "../../schema/plan/plan-data.ts";
import type { PlanOffer, RunPlan } from "../../schema/plan/run-plan.ts";
import { type ConfigModel, configModel } from "./config-model.ts";
import { loadPlanData, type PlanSources } from "./load-plan-data.ts";

/** A plan with what it was made of. */
export interface PlannedRun {
  plan: RunPlan;
  problems: readonly ResultsProblem[];
  goal: PlannedBenchmark | PlannedModel;
  /** The one that the user named, else the recommended one. */
  offer: PlanOffer;
  accelerators: readonly Accelerator[];
}

/**
 * Plans a training of a benchmark to its target, or of a model on tokens or to a loss.
 *
 * @param options the folder of a `config.json`, and the number of an offer in the table, from 1; default: the recommended one
 * @throws UserError why there is no plan, what `planSession` and `loadPlanData` throw, `layout-unknown` and
 * `unknown-offer`
 */
export async function planRun(
  call: PlanCall,
  sources: PlanSources,
  { cwd, offerNumber }: { cwd: string; offerNumber?: number | undefined },
): Promise<PlannedRun> {
  const [{ data, problems }, config] = await Promise.all([
    loadPlanData(sources),
    configModel(call.goal, cwd),
  ]);
  const answer = answerOf(call, data, config);
  if (answer.kind === "refused") throw answer.error;
  const { goal } = answer;
  const plan = { ...answer.plan, notes: [...answer.plan.notes, ...(config?.notes ?? [])] };
  const { forFramework } = call;
  const { accelerators } = data;
  const offer = offerNumbered(plan, offerNumber);
  const planned = { plan, problems, goal, offer, accelerators };
  if (forFramework === undefined) return planned;
  const command = commandOf(offer, goal, { forFramework, accelerators });
  return { ...planned, plan: { ...plan, command } };
}

/** A model of a file comes before those of the table. */
function answerOf(call: PlanCall, data: PlanData, config: ConfigModel | undefined): PlanAnswer {
  if (config === undefined) return planSession(data).answer(call);
  const { model } = config;
  const models = [model, ...data.models];
  return planSession({ ...data, models }).answer({ ...call, goal: model.name });
}

/** @throws UserError `unknown-offer` */
function offerNumbered({ front, recommended }: RunPlan, number = recommended + 1): PlanOffer {
  const offer = front[number - 1];
  if (offer !== undefined) return offer;
  throw new UserError("unknown-offer", `the plan has no offer ${number}`, {
    at: "--offer",
    hint: `its offers are 1 to ${front.length}`,
  });
}

/** @throws UserError `layout-unknown` */
function commandOf(
  offer: PlanOffer,
  goal: PlannedBenchmark | PlannedModel,
  {
    forFramework,
    accelerators,
  }: { forFramework: CommandFramework; accelerators: readonly Accelerator[] },
): string {
  const model = goal.kind === "model" ? goal.name : (goal.facts?.model ?? goal.benchmark);
  const known = accelerators.find(({ name }) => name === offer.accelerator);
  const command = frameworkCommand(forFramework, offer, {
    model,
    sequenceLength: goal.shape?.seq ?? 0,
    perMachine: Math.min(8, known?.scaleUpCount ?? 1),
  });
  if (command !== undefined && goal.shape !== undefined) return command;
  throw new UserError("layout-unknown", `the layout of ${titleOf(goal)} is not known in full`, {
    at: "--for",
    hint: "name a model: `pitwall plan llama31-8b --tokens 1T --for torchtitan`",
  });
}
