import { UserError } from "../../foundation/errors/user-error.ts";
import type { PlanCall } from "../../planner/goal/plan-machines.ts";
import type { PlannedBenchmark, PlannedModel } from "../../planner/goal/read-goal.ts";
import { expectationOf } from "../../planner/expectation/expectation-of-offer.ts";
import { frameworkProgram } from "../../report/plan/framework-command.ts";
import { planFileText, type PlanFile } from "../../report/plan/plan-file.ts";
import { recommendationText } from "../../report/plan/plan-wording.ts";
import type { BenchmarkFacts } from "../../schema/atlas/rounds/benchmark-facts.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import { placeToFillIn } from "../../schema/plan/place-to-fill-in.ts";
import type { PlanOffer, RunPlan } from "../../schema/plan/run-plan.ts";

/** What a file of a plan needs beside the plan. */
export interface PlanFileSources {
  plan: RunPlan;
  goal: PlannedBenchmark | PlannedModel;
  offer: PlanOffer;
  call: PlanCall;
  accelerators: readonly Accelerator[];
  facts: readonly BenchmarkFacts[];
  /** Default: this machine for one machine, else Slurm. */
  on: PlanFile["on"] | undefined;
  /** As the user wrote them. */
  budget: string | undefined;
  deadline: string | undefined;
  pitwallVersion: string;
  /** Day of the plan: `2026-11-29`. */
  plannedOn: string;
}

/**
 * The workload file of an offer.
 *
 * @throws UserError `option-unused` for several machines on this one
 */
export function planFileOf(sources: PlanFileSources): string {
  const { plan, goal, offer, call } = sources;
  const { perMachine, perMachineNote } = machineOf(sources);
  const model = goal.kind === "model" ? goal.name : (goal.facts?.model ?? goal.benchmark);
  const program =
    call.forFramework &&
    frameworkProgram(call.forFramework, offer, {
      model,
      sequenceLength: goal.shape?.seq ?? 0,
      perMachine,
    });
  const steps = stepsOf(offer);
  return planFileText({
    expectation: expectationOf(offer, {
      goal: plan.goal,
      subject: goal.kind === "model" ? goal.name : goal.benchmark,
      plannedOn: sources.plannedOn,
      queueMs: call.queueMs,
    }),
    summary: recommendationText(plan, offer).split(" Probability:")[0] ?? plan.goal,
    pitwallVersion: sources.pitwallVersion,
    program,
    ...targetsOf(goal, { steps, facts: sources.facts, metric: program?.stepMetric }),
    settings: {
      model,
      ...(goal.shape === undefined ? {} : { sequenceLength: goal.shape.seq }),
      ...(steps === undefined ? {} : { steps }),
    },
    perMachine,
    perMachineNote,
    on: placeOf(sources, perMachine),
    budget: sources.budget,
    deadline: sources.deadline,
  });
}

function placeOf({ on, offer }: PlanFileSources, perMachine: number): PlanFile["on"] {
  const isOne = offer.count <= perMachine;
  if (on !== "local" || isOne) return on ?? (isOne ? "local" : "slurm");
  throw new UserError(
    "option-unused",
    `${offer.count} x ${offer.accelerator} are more than one machine`,
    {
      at: "--on local",
      hint: "use `--on slurm`, `--on ssh`, `--on mpi` or `--on ray`, or `--max-count` for fewer accelerators",
    },
  );
}

/** Usual sizes of machines; the price says it better if it is that of a machine with several accelerators. */
function machineOf({ offer, accelerators }: PlanFileSources) {
  const { perMachine = 1 } = offer.price ?? {};
  if (perMachine > 1) return { perMachine, perMachineNote: "the machine of the price" };
  const known = accelerators.find(({ name }) => name === offer.accelerator);
  // A tray of NVL72 has two Grace processors with two GPUs each.
  const usual = offer.accelerator.startsWith("gb") ? 4 : 8;
  return {
    perMachine: Math.min(usual, known?.scaleUpCount ?? 1),
    perMachineNote: "the usual size; change `nodes` and `nproc` together",
  };
}

function stepsOf({ samples, layout: { globalBatch } }: PlanOffer): number | undefined {
  return samples === undefined || globalBatch === undefined
    ? undefined
    : Math.ceil(samples.amount / globalBatch);
}

interface TargetSources {
  steps: number | undefined;
  facts: readonly BenchmarkFacts[];
  /** The number of steps in what the program prints. */
  metric: string | undefined;
}

function targetsOf(
  goal: PlannedBenchmark | PlannedModel,
  { steps, facts, metric }: TargetSources,
): Pick<PlanFile, "targets" | "targetNote"> {
  if (goal.kind === "benchmark") return benchmarkTargets(goal.benchmark, facts);
  if (goal.samples.kind === "loss")
    return {
      targets: [`val_loss <= ${goal.samples.goal.loss}`],
      targetNote: "the program prints its validation loss as `val_loss`, or name what it prints",
    };
  return {
    targets: [`${metric ?? "step"} >= ${steps ?? placeToFillIn("the number of steps")}`],
    targetNote:
      metric === undefined
        ? "at the last step; the program prints `step: 100`, or name what it prints"
        : "at the last step",
  };
}

/** In the words of MLPerf's logs: a target without a name is that of `eval_accuracy`, also if it is a loss. */
function benchmarkTargets(
  benchmark: string,
  facts: readonly BenchmarkFacts[],
): Pick<PlanFile, "targets" | "targetNote"> {
  const known = facts.find((one) => one.benchmark === benchmark);
  const parts = known?.targets.at(-1)?.target.split(", ") ?? [];
  const targets = parts.map((part) => {
    const match = /^(?<name>[A-Za-z]+ )?(?<bound>[<>]= [\d.]+)$/u.exec(part)?.groups;
    return match === undefined
      ? placeToFillIn(`the target: ${part}`)
      : `${match["name"] ?? "eval_accuracy "}${match["bound"]}`;
  });
  if (targets.length === 0)
    return { targets: [placeToFillIn("the target")], targetNote: undefined };
  return { targets, targetNote: `${known?.metric} of the newest round` };
}
