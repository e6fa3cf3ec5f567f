import { availableParallelism } from "node:os";
import { basename, dirname, extname, resolve } from "node:path";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type { Startable } from "../../../schema/run/request/run-request.ts";
import { settingsVariable } from "../../../schema/run/request/settings-variable.ts";
import type { WorkloadFile } from "../../../schema/run/request/workload-file.ts";
import { commandName } from "./command-name.ts";

/** A warning before a run, or a note about how it was requested. */
export interface PlanWarning {
  isNote?: true;
  message: string;
  hint: string;
}

/** A program given on the command line; its name is derived from the command. */
export function commandStartable(command: readonly string[], cwd: string): Startable {
  if (command.length === 0 || command[0] === "") {
    throw new UserError("program-missing", "missing program after `--`", {
      hint: "for example `pitwall run --metric 'val_acc=(\\S+)' --target 'val_acc>=0.94' -- python train.py`",
    });
  }
  return { kind: "command", name: commandName(command), command: [...command], cwd, env: {} };
}

/** The program of a workload file. Paths in it are relative to the file. */
export function fileStartable(file: WorkloadFile, path: string): Startable {
  const { command = [], name, env = {}, cwd = ".", stdin, settings } = file;
  return {
    kind: "command",
    name: name ?? basename(path, extname(path)),
    command: typeof command === "string" ? ["sh", "-c", command] : [...command],
    cwd: resolve(dirname(path), cwd),
    env: settings === undefined ? env : { ...env, [settingsVariable]: JSON.stringify(settings) },
    ...(stdin === undefined ? {} : { stdin: resolve(dirname(path), stdin) }),
  };
}

/** Warns if there are more workers than cores. */
export function workerWarning(startable: Startable): PlanWarning | undefined {
  if (startable.kind !== "embedded") return undefined;
  const coreCount = availableParallelism();
  if (startable.workers <= coreCount) return undefined;
  return {
    message: `${startable.workers} workers share ${coreCount} ${coreCount === 1 ? "core" : "cores"}; more workers than cores do not make the run faster`,
    hint: `use \`--workers ${coreCount}\``,
  };
}

/** Warns if there are several runs and the program may not read their seeds. */
export function seedWarning(startable: Startable, runCount: number): PlanWarning | undefined {
  if (startable.kind !== "command" || runCount < 2) return undefined;
  if (startable.command.some((word) => word.includes("{seed}"))) return undefined;
  return {
    message: `the command does not contain \`{seed}\`, so all ${runCount} runs get the same arguments`,
    hint: "add `--seed {seed}` (or the program's own flag), or read the `PITWALL_SEED` environment variable in the program",
  };
}
