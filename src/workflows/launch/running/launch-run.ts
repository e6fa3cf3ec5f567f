import { nearestWord } from "../../../foundation/text/nearest-word.ts";
import { UserError, WorldError } from "../../../foundation/errors/user-error.ts";
import type {
  Launcher,
  LaunchedJob,
  LaunchOptions,
  LaunchOutcome,
  QueuedJob,
} from "../../../launch/launcher.ts";
import { observeVariable } from "../../../launch/rank-environment.ts";
import { launchingHost } from "../../../schema/run/hosts/launching-host.ts";
import type { RunEvent } from "../../../schema/run/events/run-event.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { RunWriter } from "../../../store/records/run-store.ts";
import { openStdin } from "../prepare/program-settings.ts";
import type { RunWorld } from "../targets/run-world.ts";
import { dataFolderOf, storeStaging, type HostEnv } from "../prepare/stage-run.ts";
import { startableOf } from "../prepare/startable-of.ts";

/** The number of the attempt, for a program that continues from its checkpoint after a restart. */
const attemptVariable = "PITWALL_ATTEMPT";

type StartedOutcome = Extract<LaunchOutcome, { kind: "launched" | "queued" }>;

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

/** How a launch ended. */
export type Launched =
  /** `queuedMs` is the time in the queue of a scheduler, `dataMs` the time after it to prepare the hosts; if there is one. */
  | {
      kind: "launched";
      job: LaunchedJob;
      queuedMs: number | undefined;
      dataMs?: number | undefined;
    }
  /** Interrupted before the job was started, or while it waited in a queue or its hosts were prepared. */
  | {
      kind: "withdrawn";
      queuedMs: number | undefined;
      endedMs: number;
      dataMs?: number | undefined;
    };

export interface LaunchParts {
  launcher: Launcher;
  writer: RunWriter;
  interrupt: AbortSignal;
  hostEnv: HostEnv;
  /** Of a run that is restarted after failures, from 1. */
  attempt?: number;
}

/**
 * Starts the job of a run, and waits while it is in the queue of a scheduler.
 *
 * @throws UserError `stdin-unreadable`, `program-not-found`, `program-not-executable`, `folder-missing`
 * @throws WorldError `start-failed`, and what launchers throw
 */
export async function* startJob(
  request: RunRequest,
  world: RunWorld,
  parts: LaunchParts,
): AsyncGenerator<RunEvent, Launched> {
  const outcome = await launchUnlessInterrupted(request, world, parts);
  if (outcome === undefined)
    return { kind: "withdrawn", queuedMs: undefined, endedMs: world.nowMs() };
  switch (outcome.kind) {
    case "launched":
      return { ...outcome, queuedMs: undefined };
    case "queued":
      return yield* waitForStart(request, outcome.queued, {
        writer: parts.writer,
        nowMs: () => world.nowMs(),
      });
  }
}

/** Undefined if it was interrupted before the job was started. */
async function launchUnlessInterrupted(
  request: RunRequest,
  world: RunWorld,
  parts: LaunchParts,
): Promise<StartedOutcome | undefined> {
  const { interrupt } = parts;
  if (interrupt.aborted) return undefined;
  try {
    return await launchProgram(request, world, parts);
  } catch (error) {
    if (interrupt.aborted && error === interrupt.reason) return undefined;
    throw error;
  }
}

async function* waitForStart(
  { runId }: RunRequest,
  { scheduler, jobId, submittedMs, isHeld = false, waiting }: QueuedJob,
  { writer, nowMs }: { writer: RunWriter; nowMs: () => number },
): AsyncGenerator<RunEvent, Launched> {
  if (!isHeld) await writer.appendEvent({ kind: "queued", scheduler, jobId }, submittedMs);
  let preparedFromMs: number | undefined;
  for (;;) {
    const next = await waiting.next();
    if (next.done !== true) {
      const event = next.value;
      if (event.kind === "preparing") {
        preparedFromMs = event.timeMs;
        await writer.appendEvent({ kind: "data", phase: "started" }, event.timeMs);
      } else if (event.kind === "waiting") {
        const queuedForMs = Math.max(0, event.timeMs - submittedMs);
        yield { kind: "queued", runId, scheduler, jobId, queuedForMs, reason: event.reason };
      } else yield* storeStaging({ ...event, runId }, { writer, timeMs: nowMs() });
      continue;
    }
    const end = next.value;
    const endedMs = end.kind === "launched" ? end.job.launchedMs : end.timeMs;
    const waits = waitsBetween({ submittedMs, isHeld, preparedFromMs, endedMs });
    if (preparedFromMs !== undefined)
      await writer.appendEvent({ kind: "data", phase: "ended" }, endedMs);
    switch (end.kind) {
      case "launched":
        return { ...end, ...waits };
      case "withdrawn":
        return { kind: "withdrawn", ...waits, endedMs };
    }
  }
}

/** A job that has its hosts from the attempt before is not queued. */
function waitsBetween(times: {
  submittedMs: number;
  isHeld: boolean;
  preparedFromMs: number | undefined;
  endedMs: number;
}): { queuedMs: number | undefined; dataMs?: number } {
  const { submittedMs, isHeld, preparedFromMs, endedMs } = times;
  const queuedMs = isHeld ? undefined : Math.max(0, (preparedFromMs ?? endedMs) - submittedMs);
  if (preparedFromMs === undefined) return { queuedMs };
  return { queuedMs, dataMs: Math.max(0, endedMs - preparedFromMs) };
}

async function launchProgram(
  request: RunRequest,
  world: RunWorld,
  { launcher, writer, interrupt, hostEnv, attempt }: LaunchParts,
): Promise<StartedOutcome> {
  const stdin = openStdin(startableOf(request));
  try {
    const { command, ...options } = launchOptionsOf(request, world, writer.directory);
    const isRestartable = request.recovery !== undefined;
    const numbered = isRestartable ? { [attemptVariable]: String(attempt ?? 1) } : {};
    const outcome = await launcher.launch(command, {
      ...options,
      env: { ...options.env, ...hostEnv.get(launchingHost), ...numbered },
      programEnv: { ...options.programEnv, ...numbered },
      hostEnv,
      stdinFd: stdin?.fd,
      interrupt,
      ...(isRestartable ? { attempt: attempt ?? 1 } : {}),
      ...dataOf(request, { launcher, runDirectory: writer.directory }),
    });
    if (outcome.kind === "launched" || outcome.kind === "queued") return outcome;
    throw launchError(outcome, request);
  } finally {
    stdin?.close();
  }
}

/** What the launch puts on the hosts. */
function dataOf(
  { data = [] }: RunRequest,
  { launcher, runDirectory }: { launcher: Launcher; runDirectory: string },
): Pick<LaunchOptions, "data"> {
  if (data.length === 0 || launcher.stage !== undefined) return {};
  return { data: { requests: data, cacheFolder: dataFolderOf(runDirectory) } };
}

/** What a launcher gets to start the program of a run. */
export function launchOptionsOf(
  request: Pick<RunRequest, "startable" | "runId" | "seed" | "limits" | "system" | "observe">,
  world: RunWorld,
  runDirectory: string,
): LaunchOptions & { command: string[] } {
  const { command, cwd, env: given } = commandOf(request, world);
  const env = request.observe === undefined ? given : { ...given, [observeVariable]: "none" };
  return {
    command,
    cwd,
    env: { ...world.env, ...env },
    runDirectory,
    seed: request.seed,
    programEnv: env,
    gpusPerHost: request.system.accelerators_per_node,
    tickMs,
  };
}

/** The program of a run with its arguments, its folder and the variables that are set for it. */
export function commandOf(
  request: Pick<RunRequest, "startable" | "runId" | "seed" | "limits">,
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
  outcome: Exclude<LaunchOutcome, StartedOutcome>,
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
