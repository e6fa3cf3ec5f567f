import { shellWords } from "../../foundation/text/shell-words.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { Startable } from "../../schema/run/request/run-request.ts";
import type { PlanWarning } from "../../workflows/launch/prepare/find-workload.ts";
import type { SeriesPlan } from "../../workflows/launch/prepare/plan-series.ts";
import type { Settings } from "../../workflows/race/expand-settings.ts";
import type { RaceArmPlan } from "../../workflows/race/plan-race.ts";
import type { Call } from "../command-table.ts";
import { planRunCall } from "./plan-run-call.ts";
import type { raceOptions } from "../options/race-options.ts";

type RaceCall = Call<typeof raceOptions>;

/** An arm, and the words of its command, which name it. */
export type PlannedArm = RaceArmPlan & {
  warnings: readonly PlanWarning[];
  words: readonly string[];
};

/** Plans one arm as `pitwall run` would, then puts in the values of `--set`. */
export async function planArm(
  call: RaceCall,
  text: string,
  { runs, settings }: { runs: number; settings: Settings },
): Promise<PlannedArm> {
  const { workers, ...others } = settings;
  const subject = await readArm(text, call.face);
  const isBuiltIn = subject.kind === "workload";
  if (isBuiltIn && Object.keys(others).length > 0)
    throw setUnused(Object.keys(others)[0] ?? "", text);
  const setWorkers = isBuiltIn && workers !== undefined ? readWorkers(workers) : undefined;
  const given = setWorkers ?? (isBuiltIn ? subject.workers : undefined);
  const runCall = {
    ...call,
    arguments: subject.kind === "command" ? [] : [subject.name],
    program: subject.kind === "command" ? subject.words : undefined,
    options: {
      ...call.options,
      continues: undefined,
      runs,
      ...(given === undefined ? {} : { workers: given }),
    },
  };
  const { plan, warnings } = await planRunCall(runCall);
  const filled = isBuiltIn ? plan : await withSettings(plan, settings, text);
  return { name: armName(filled), plan: filled, warnings, words: wordsOf(filled.startable) };
}

type ArmSubject =
  | { kind: "command"; words: readonly string[] }
  | { kind: "file"; name: string }
  | { kind: "workload"; name: string; workers: number | undefined };

/** An arm is a workload file, a built-in workload, or a command. */
async function readArm(text: string, face: RaceCall["face"]): Promise<ArmSubject> {
  if (isWorkloadFile(text)) return { kind: "file", name: text };
  const split = shellWords(text);
  if (split.kind === "needs-shell") return { kind: "command", words: ["sh", "-c", text] };
  if (split.kind === "unclosed-quote") {
    throw new UserError("arm-invalid", `the arm \`${text}\` has an unclosed \`${split.quote}\``, {
      hint: "quote the whole arm once more, for example in the other kind of quotes",
    });
  }
  const [program = "", ...rest] = split.words;
  const { embeddedStartable } =
    await import("../../workflows/launch/prepare/embedded-startable.ts");
  const { isEmbedded, isProgram } = await import("../../workflows/race/arm-program.ts");
  if (isEmbedded(program))
    return { kind: "workload", name: program, workers: workersIn(rest, text) };
  // A single word that is not a program is a mistyped workload.
  if (rest.length === 0 && !(await isProgram(program, face))) embeddedStartable(program, 1);
  return { kind: "command", words: split.words };
}

export function isWorkloadFile(text: string): boolean {
  return /^\S+\.(?:ya?ml|json)$/u.test(text);
}

function workersIn(words: readonly string[], text: string): number | undefined {
  if (words.length === 0) return undefined;
  const joined = words.join(" ");
  const count = /^--workers[= ](?<count>[1-9]\d*)$/u.exec(joined)?.groups?.["count"];
  if (count !== undefined) return Number(count);
  throw new UserError("arm-invalid", `the arm \`${text}\` has unsupported options`, {
    saw: `\`${joined}\``,
    hint: "an arm with a built-in workload supports only `--workers`; other options apply to all arms and follow `race`",
  });
}

function readWorkers(text: string): number {
  if (/^[1-9]\d*$/u.test(text)) return Number(text);
  throw new UserError("set-invalid", `invalid number of workers \`${text}\``, {
    at: "--set",
    hint: "`--set workers=1,2`",
  });
}

/** Puts values into the command and its environment. */
async function withSettings(
  plan: SeriesPlan,
  settings: Settings,
  text: string,
): Promise<SeriesPlan> {
  const { fillIn } = await import("../../workflows/race/expand-settings.ts");
  const { startable } = plan;
  const names = Object.keys(settings);
  if (names.length === 0) return plan;
  if (startable.kind === "embedded") throw setUnused(names[0] ?? "", text);
  const texts = [...startable.command, ...Object.values(startable.env)];
  const missing = names.find((name) => !texts.some((one) => one.includes(`{${name}}`)));
  if (missing !== undefined) throw placeholderMissing(missing, text);
  return {
    ...plan,
    startable: {
      ...startable,
      command: startable.command.map((word) => fillIn(word, settings)),
      env: Object.fromEntries(
        Object.entries(startable.env).map(([name, value]) => [name, fillIn(value, settings)]),
      ),
    },
  };
}

function armName({ startable }: SeriesPlan): string {
  if (startable.kind === "command") return startable.name;
  return startable.workers === 1
    ? startable.name
    : `${startable.name} workers=${startable.workers}`;
}

function wordsOf(startable: Startable): readonly string[] {
  if (startable.kind === "embedded") return [startable.name];
  const [program, flag, script] = startable.command;
  const isShell = program === "sh" && flag === "-c" && script !== undefined;
  return isShell ? script.trim().split(/\s+/u) : startable.command;
}

function setUnused(name: string, text: string): UserError {
  return new UserError("set-unused", `\`${text}\` has no setting \`${name}\``, {
    at: "--set",
    hint: "for built-in workloads, `--set workers=1,2`; other settings need a command with placeholders",
  });
}

function placeholderMissing(name: string, text: string): UserError {
  return new UserError("set-unused", `\`{${name}}\` is missing from the command`, {
    at: "--set",
    saw: `\`${text}\``,
    hint: `add it where the value belongs: \`--${name} {${name}}\``,
  });
}
