import { UserError } from "../../foundation/errors/user-error.ts";
import type { PlanWarning } from "../../workflows/launch/prepare/find-workload.ts";
import type { Settings } from "../../workflows/race/expand-settings.ts";
import type { RaceArmPlan, RacePlan } from "../../workflows/race/plan-race.ts";
import type { Call } from "../command-table.ts";
import { isWorkloadFile, planArm, type PlannedArm } from "./plan-race-arm.ts";
import type { raceOptions } from "../options/race-options.ts";

type RaceCall = Call<typeof raceOptions>;

const usualRuns = 10;
const usualMaxRuns = 50;

/**
 * Builds the plan of `pitwall race`: one arm for each argument, or for each combination of `--set`.
 *
 * @throws UserError for invalid options, arms or workload files
 */
export async function planRaceCall(
  call: RaceCall,
): Promise<{ plan: RacePlan; warnings: PlanWarning[] }> {
  const { checkArms, checkRaceSize } = await import("../../workflows/race/plan-race.ts");
  const { fewestPairs } = await import("../../schema/run/race/race-report.ts");
  if (call.program !== undefined) throw programGiven(call.program);
  const width = widthOf(call.options);
  const runs = call.options.runs ?? (width === undefined ? usualRuns : fewestPairs);
  const combinations = await combinationsOf(call);
  checkRaceSize(combinations?.length ?? call.arguments.length, { runs, ...width });
  const { arms, warnings } = await armsOf(call, { runs, combinations });
  checkArms(arms);
  warnings.push(...tooFewToDecide(runs, fewestPairs));
  const [first] = arms;
  const plan = {
    name: call.options.name ?? first?.plan.startable.name ?? "",
    arms,
    runs,
    seed: first?.plan.seeds[0] ?? 1,
    ...(width === undefined ? {} : { maxRuns: Math.max(usualMaxRuns, runs), ...width }),
  };
  return { plan, warnings };
}

/** The combinations of `--set`; undefined without it. */
async function combinationsOf({
  options: { set },
  arguments: texts,
}: RaceCall): Promise<Settings[] | undefined> {
  if (set.length === 0) return undefined;
  const { expandSettings } = await import("../../workflows/race/expand-settings.ts");
  const combinations = expandSettings(set);
  if (texts.length !== 1) throw setWithoutOne(texts);
  return combinations;
}

async function armsOf(
  call: RaceCall,
  { runs, combinations }: { runs: number; combinations: readonly Settings[] | undefined },
): Promise<{ arms: RaceArmPlan[]; warnings: PlanWarning[] }> {
  const [text = ""] = call.arguments;
  const requested =
    combinations?.map((settings) => ({ text, settings })) ??
    call.arguments.map((one) => ({ text: one, settings: {} }));
  const planned: PlannedArm[] = [];
  for (const { text: arm, settings } of requested)
    planned.push(await planArm(call, arm, { runs, settings }));
  const names =
    combinations === undefined
      ? await namesOf(planned, call.arguments)
      : await settingNames(combinations);
  const warnings = new Map(
    planned.flatMap((arm) => arm.warnings.map((warning) => [warning.message, warning])),
  );
  return {
    arms: planned.map(({ plan }, index) => ({ name: names[index] ?? "", plan })),
    warnings: [...warnings.values()],
  };
}

async function settingNames(combinations: readonly Settings[]): Promise<string[]> {
  const { settingsText } = await import("../../workflows/race/expand-settings.ts");
  return combinations.map((settings) => settingsText(settings));
}

async function namesOf(
  planned: readonly PlannedArm[],
  texts: readonly string[],
): Promise<string[]> {
  const { nameArms, withPositions } = await import("../../workflows/race/name-arms.ts");
  const areCommands = planned.every(({ plan }) => plan.startable.kind === "command");
  return areCommands && !texts.some((text) => isWorkloadFile(text))
    ? nameArms(planned.map(({ words }) => words))
    : withPositions(planned.map(({ name }) => name));
}

function tooFewToDecide(runs: number, fewestPairs: number): PlanWarning[] {
  if (runs >= fewestPairs) return [];
  const message = `${runs} runs of each arm cannot show which is faster: fewer than ${fewestPairs} pairs never decide`;
  return [{ message, hint: `use \`--runs ${fewestPairs}\` or more` }];
}

function widthOf({
  until,
  maxRuns,
}: RaceCall["options"]): Pick<RacePlan, "until" | "maxRuns"> | undefined {
  if (until !== undefined)
    return { until: readUntil(until), ...(maxRuns === undefined ? {} : { maxRuns }) };
  if (maxRuns === undefined) return undefined;
  throw new UserError("option-unused", "`--max-runs` has no effect without `--until`", {
    hint: `\`--until 5% --max-runs ${maxRuns}\`, or \`--runs ${maxRuns}\``,
  });
}

function readUntil(text: string): number {
  const percent = /^(?<number>\d+(?:\.\d+)?)\s*%$/u.exec(text.trim())?.groups?.["number"];
  const fraction = percent === undefined ? undefined : Number(percent) / 100;
  if (fraction !== undefined && fraction > 0 && fraction < 1) return fraction;
  throw new UserError("until-invalid", `invalid width \`${text}\``, {
    at: "--until",
    hint: "use a percentage between 0 and 100: `--until 5%`",
  });
}

function programGiven(program: readonly string[]): UserError {
  const message = "an arm of a race is one argument, not a program after `--`";
  return new UserError("argument-unexpected", message, {
    saw: `\`-- ${program.join(" ")}\``,
    hint: `put each command in quotes: \`pitwall race '${program.join(" ")}' '…'\``,
  });
}

function setWithoutOne(texts: readonly string[]): UserError {
  return new UserError("set-with-arms", `\`--set\` requires one command, got ${texts.length}`, {
    hint: "`pitwall race --set lr=0.1,0.2 'python train.py --lr {lr}'`",
  });
}
