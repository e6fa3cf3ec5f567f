import { absolutePath, printProblems, tableWidth, writeJson } from "../terminal/atlas-screen.ts";
import { type Call, defineCommand, type ExitCode, exitCodes } from "../command-table.ts";
import { resolve } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { PlanCall } from "../../planner/goal/plan-machines.ts";
import { placesOfPlans } from "../../schema/plan/place-of-plan.ts";
import type { PlannedRun } from "../../workflows/plan/plan-run.ts";
import { homeOf, openStore } from "../open-store.ts";
import { planOptions } from "../options/plan-options.ts";

export const planCommand = defineCommand({
  name: "plan",
  summary: "Plan a training: machines, time, cost, energy and their odds",
  usage: "[benchmark | model | run…]",
  arguments: [
    {
      name: "benchmark | model",
      help: "one of MLPerf Training, trained to its target, or a model with --tokens or --target: llama31-8b, or a Hugging Face config.json",
    },
    { name: "run…", help: "with --calibrate: finished runs or series that have a plan" },
  ],
  argumentCount: { minimum: 0, maximum: 1000 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall plan llama31_8b --budget 2000usd --deadline 12h",
      does: "what to rent, and how likely it is to be done in time within the budget",
    },
    {
      command:
        "pitwall plan llama2_70b_lora --accelerators h100,h200,b200 --clouds aws,lambda --spot",
      does: "the front of some accelerators and providers, with spot prices",
    },
    {
      command: "pitwall plan --from last",
      does: "a finished training beside its prediction: where the difference is, and what to change",
    },
  ],
  options: planOptions,
  exits: [
    { code: 0, when: "there is a plan, or the training of --from was compared" },
    { code: 1, when: "--calibrate learned nothing from the runs" },
    { code: 2, when: "a name is not known, or no plan meets the limits" },
  ],
  async act(call) {
    const { options, face, shared } = call;
    if (options.calibrate) return learnFromRuns(call);
    const goal = onlyOne(call.arguments);
    if (options.from !== undefined) {
      const { planFrom } = await import("../calls/plan-from.ts");
      return planFrom({ ...options, from: options.from, goal }, { face, shared });
    }
    if (goal === undefined) throw goalMissing();
    const { readPlanCall } = await import("../../planner/goal/read-plan-call.ts");
    const { planRun } = await import("../../workflows/plan/plan-run.ts");
    const request = readPlanCall({ goal, ...options });
    const sources = {
      home: await homeOf(face, shared),
      pricesPath: await absolutePath(options.prices, face.cwd),
      givenPrices: options.price,
      isCalibrated: !options.noCalibration,
    };
    refuseTwoAnswers(options.yaml, shared);
    const planned = await planRun(request, sources, { cwd: face.cwd, offerNumber: options.offer });
    const { plan, problems } = planned;
    await printProblems(problems, face, shared);
    const file = await writtenFile(planned, { call: request, options, face });
    if (file?.kind === "text") face.out.write(file.text);
    else if (shared.json) writeJson(face, "plan", plan);
    else {
      const { planPage } = await import("../../report/plan/plan-page.ts");
      const look = { width: tableWidth(face), paint: face.out.paint, explain: options.explain };
      face.out.print(
        `${planPage(plan, look)}\n${file === undefined ? "" : writtenLine(file, face)}`,
      );
    }
    return exitCodes.yes;
  },
});

/** @throws UserError `argument-unexpected` */
function onlyOne([goal, extra]: readonly string[]): string | undefined {
  if (extra === undefined) return goal;
  throw new UserError(
    "argument-unexpected",
    `unexpected argument \`${extra}\` for \`pitwall plan\``,
    { hint: "it plans one benchmark or model; `--calibrate` takes several runs" },
  );
}

async function learnFromRuns({
  arguments: texts,
  face,
  shared,
}: Pick<PlanCallOf, "arguments" | "face" | "shared">): Promise<ExitCode> {
  const { calibratePlans } = await import("../../workflows/plan/calibrate-plans.ts");
  const home = await homeOf(face, shared);
  const store = await openStore(face, shared);
  const answer = await calibratePlans(store, { texts, home, nowMs: face.nowMs() });
  if (shared.json) writeJson(face, "plan", answer);
  else {
    const { calibrationPage } = await import("../../report/plan/calibration-page.ts");
    const look = { width: tableWidth(face), paint: face.out.paint };
    face.out.print(`${calibrationPage(answer, look)}\n`);
  }
  const hasLearned = texts.length === 0 || answer.learned.length > 0;
  return hasLearned ? exitCodes.yes : exitCodes.no;
}

type PlanCallOf = Call<typeof planOptions>;
type WrittenFile = { kind: "text"; text: string } | { kind: "file"; name: string };

function refuseTwoAnswers(yaml: string | undefined, { json }: Call["shared"]): void {
  if (yaml !== "-" || !json) return;
  throw new UserError("option-unused", "`--json` and `--yaml` both print on standard output", {
    at: "--yaml",
    hint: "give the workload file a name: `--yaml plan.yaml`",
  });
}

/** @throws UserError `option-unused`, `file-exists` */
async function writtenFile(
  planned: PlannedRun,
  { call, options, face }: Pick<PlanCallOf, "options" | "face"> & { call: PlanCall },
): Promise<WrittenFile | undefined> {
  const { yaml: name, on, budget, deadline } = options;
  if (name === undefined) {
    if (on === undefined) return undefined;
    throw new UserError("option-unused", "`--on` has no effect without `--yaml`", {
      at: "--on",
      hint: `for example \`--yaml plan.yaml --on ${on}\``,
    });
  }
  const { writePlanFile } = await import("../../workflows/plan/write-plan-file.ts");
  const text = await writePlanFile(planned, {
    call,
    on: placesOfPlans.find((one) => one === on),
    budget,
    deadline,
    pitwallVersion: face.version,
    nowMs: face.nowMs(),
    path: name === "-" ? undefined : resolve(face.cwd, name),
  });
  return name === "-" ? { kind: "text", text } : { kind: "file", name };
}

function writtenLine({ name }: { name: string }, { out }: Call["face"]): string {
  return `\nnext: ${out.paint.name(`pitwall run ${name}`)}   starts it, once its places are filled in\n`;
}

function goalMissing(): UserError {
  return new UserError("argument-missing", "`pitwall plan` requires a benchmark or a model", {
    hint: "for example `pitwall plan llama31_8b`; `--from <run>` looks at a finished training",
  });
}
