import { nearestWord } from "../../foundation/nearest-word.ts";
import { UserError, WorldError } from "../../foundation/user-error.ts";
import type { Launcher, LaunchedJob, LaunchOutcome } from "../../launch/launcher.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { RunWriter } from "../../store/records/run-store.ts";
import { openStdin } from "./program-settings.ts";
import type { RunWorld } from "./run-world.ts";
import { startableOf } from "./startable-of.ts";

/** Limits are checked at this interval while a program is silent. */
const tickMs = 100;

/**
 * Creates the record of a run.
 *
 * @throws WorldError `run-id-taken`, and disk errors of the record
 */
export async function createRecord(request: RunRequest, { store }: RunWorld): Promise<RunWriter> {
  const created = await store.create(request);
  if (created.kind === "id-taken") {
    throw new WorldError("run-id-taken", `the run \`${created.runId}\` already exists`, {
      hint: "try again; each attempt uses a new id",
    });
  }
  const { writer } = created;
  await writer.appendEvent({ kind: "created", pid: request.owner.pid }, request.createdMs);
  return writer;
}

/**
 * Starts the job of a run. If it can't be started, its record is closed.
 *
 * @throws UserError `stdin-unreadable`, `program-not-found`, `program-not-executable`, `folder-missing`
 * @throws WorldError `start-failed`
 */
export async function launchRun(
  request: RunRequest,
  world: RunWorld,
  { launcher, writer }: { launcher: Launcher; writer: RunWriter },
): Promise<LaunchedJob> {
  try {
    return await launchProgram(request, world, { launcher, runDirectory: writer.directory });
  } catch (error) {
    await writer.close();
    throw error;
  }
}

async function launchProgram(
  request: RunRequest,
  world: RunWorld,
  { launcher, runDirectory }: { launcher: Launcher; runDirectory: string },
): Promise<LaunchedJob> {
  const stdin = openStdin(startableOf(request));
  try {
    const { command, cwd, env } = commandOf(request, world);
    const outcome = await launcher.launch(command, {
      cwd,
      env: { ...world.env, ...env },
      runDirectory,
      seed: request.seed,
      stdinFd: stdin?.fd,
      tickMs,
    });
    if (outcome.kind === "launched") return outcome.job;
    throw launchError(outcome, request);
  } finally {
    stdin?.close();
  }
}

/** The program of a run with its arguments, its folder and the variables that are set for it. */
export function commandOf(
  request: RunRequest,
  world: RunWorld,
): { command: string[]; cwd: string; env: Record<string, string> } {
  const { seed, limits } = request;
  const startable = startableOf(request);
  if (startable.kind === "command") {
    const command = startable.command.map((word) => word.replaceAll("{seed}", String(seed)));
    return { command, cwd: startable.cwd, env: startable.env };
  }
  const command = [
    ...world.self,
    "train",
    startable.name,
    "--workers",
    String(startable.workers),
    "--seed",
    String(seed),
  ];
  if (limits.maxSamples !== undefined) command.push("--max-samples", String(limits.maxSamples));
  return { command, cwd: world.env["PWD"] ?? ".", env: {} };
}

/** The error for a program that could not be started; `checkProgram` finds some before a record is created. */
export function launchError(
  outcome: Exclude<LaunchOutcome, { kind: "launched" }>,
  request: Pick<RunRequest, "startable">,
): UserError {
  switch (outcome.kind) {
    case "program-not-found":
      return programNotFound(outcome.program, request);
    case "not-executable":
      return new UserError("program-not-executable", `cannot execute \`${outcome.path}\``, {
        saw: outcome.reason,
        hint: `make it executable with \`chmod +x ${outcome.path}\`, or specify its interpreter: \`-- python ${outcome.path}\``,
      });
    case "cwd-missing":
      return new UserError("folder-missing", `invalid working directory \`${outcome.cwd}\``, {
        saw: outcome.reason,
        hint: "`cwd` in a workload file is relative to the file",
      });
    case "start-failed":
      return new WorldError("start-failed", "the system refused to start the program", {
        saw: outcome.reason,
      });
  }
}

function programNotFound(program: string, request: Pick<RunRequest, "startable">): UserError {
  const rest = request.startable.kind === "command" ? request.startable.command.slice(1) : [];
  const isShell = rest.length === 0 && program.includes(" ");
  const shell = `a program and its arguments are separate words: \`-- ${program}\`, without quotes around all of it`;
  const meant = nearestWord(program, [
    "python",
    "python3",
    "node",
    "torchrun",
    "bash",
    "mpirun",
    "srun",
    "uv",
  ]);
  const other =
    meant === undefined || meant === program
      ? "is it installed, and on the PATH?"
      : `did you mean \`${meant}\`?`;
  return new UserError("program-not-found", `program not found: \`${program}\``, {
    at: `-- ${[program, ...rest].join(" ")}`,
    saw: program.includes("/") ? "no such file" : "not in any directory of PATH",
    hint: isShell ? shell : other,
  });
}
