import { closeSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type { Startable } from "../../../schema/run/request/run-request.ts";
import { openFileSync, type OpenRefusal } from "../../../store/open-file.ts";

/** How often `pitwall.py` computes a step again; only if the program calls `verify_step`. */
const verifyVariable = "PITWALL_VERIFY_STEP";

/** How a program is started, from the command-line options; they take precedence over a workload file. */
interface ProgramSettings {
  /** Relative to the folder of the caller. */
  cwd?: string | undefined;
  /** Entries of the form `NAME=value`. */
  env: readonly string[];
  /** Steps between those that `pitwall.py` computes again. */
  verifyStep?: number | undefined;
  /** A file that the program reads on its standard input, relative to the folder of the caller. */
  stdin?: string | undefined;
}

/**
 * Applies settings to the program or workload to start.
 *
 * @throws UserError `option-unused` for a built-in workload, `env-invalid`, `stdin-unreadable`
 */
export function withSettings(
  startable: Startable,
  settings: ProgramSettings,
  callerFolder: string,
): Startable {
  const { cwd, stdin, verifyStep } = settings;
  const verified = verifyStep === undefined ? [] : [`${verifyVariable}=${verifyStep}`];
  const env = [...verified, ...settings.env];
  if (startable.kind === "embedded") {
    const unused = [
      verifyStep !== undefined && "--verify-step",
      cwd && "--cwd",
      env.length > 0 && "--env",
      stdin && "--stdin",
    ].find(Boolean);
    if (typeof unused === "string" && unused !== "") throw unusedOption(unused, startable.name);
    return startable;
  }
  const changed = {
    ...startable,
    ...(cwd === undefined ? {} : { cwd: resolve(callerFolder, cwd) }),
    env: { ...startable.env, ...Object.fromEntries(env.map((text) => variableOf(text))) },
    ...(stdin === undefined ? {} : { stdin: resolve(callerFolder, stdin) }),
  };
  // Checked before the launch, so that a missing file leaves no record.
  openStdin(changed)?.close();
  return changed;
}

/**
 * Opens the file that a program reads on its standard input; undefined if it reads nothing.
 *
 * @throws UserError `stdin-unreadable`
 */
export function openStdin(startable: Startable): { fd: number; close: () => void } | undefined {
  if (startable.kind === "embedded" || startable.stdin === undefined) return undefined;
  const opened = openFileSync(startable.stdin, { followsLinks: true });
  if (opened.kind !== "opened") throw unreadableStdin(startable.stdin, opened);
  const { fd } = opened;
  return { fd, close: () => closeSync(fd) };
}

function variableOf(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0 && !text.includes("\0")) return [text.slice(0, at), text.slice(at + 1)];
  throw new UserError("env-invalid", `invalid environment variable \`${text}\``, {
    at: "--env",
    hint: "use `--env NAME=value`, once for each variable",
  });
}

function unusedOption(option: string, workload: string): UserError {
  const message = `\`${option}\` is not supported for built-in workloads`;
  return new UserError("option-unused", message, { hint: `run \`pitwall run ${workload}\`` });
}

function unreadableStdin(path: string, refusal: OpenRefusal): UserError {
  return new UserError("stdin-unreadable", `cannot read \`${path}\` for the standard input`, {
    at: "--stdin",
    saw: refusalText(refusal),
    hint: "specify a regular file that the program reads on its standard input",
  });
}

function refusalText(refusal: OpenRefusal): string {
  switch (refusal.kind) {
    case "missing":
      return "no such file";
    case "not-regular":
      return `it is a ${refusal.found}, not a regular file`;
    case "link-loop":
      return "its symbolic links form a loop";
    case "name-too-long":
      return "its name is too long";
    case "not-permitted":
    case "failed":
      return refusal.code;
  }
}
