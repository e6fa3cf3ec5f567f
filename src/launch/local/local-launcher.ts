import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { errorCode, errorMessage } from "../../foundation/errors/error-code.ts";
import { launchingHost } from "../../schema/run/hosts/launching-host.ts";
import { findProgram, missingInterpreter } from "./find-program.ts";
import type { Launcher, LaunchOptions, LaunchOutcome } from "../launcher.ts";
import { jobTag, tagThisProcess, untagThisProcess } from "./job-tag.ts";
import { closeWriters, makeOutputPipes, type OutputPipe } from "./output-pipes.ts";
import { ProcessTree } from "./process-tree.ts";
import { rankEnvironment } from "../rank-environment.ts";
import { LocalJob } from "./local-job.ts";
import { startWatchdog, type Watchdog } from "./watchdog.ts";

/** The only rank of a local job. A program that starts its own ranks assigns their numbers. */
const onlyRank = { rank: 0, localRank: 0, worldSize: 1 };

/**
 * Starts programs on this machine, each in its own process group, without a shell, and with an empty
 * standard input unless a file is passed.
 *
 * @param clock milliseconds since the epoch; `Date.now` except in tests
 */
export function localLauncher(clock: { nowMs: () => number }): Launcher {
  return {
    launch: (command, options) => inTurn(() => launchHere(command, options, clock.nowMs)),
  };
}

let lastTurn: Promise<unknown> = Promise.resolve();

/** One launch at a time: this process can carry the tag of one job only. */
async function inTurn(launch: () => Promise<LaunchOutcome>): Promise<LaunchOutcome> {
  const outcome = lastTurn.then(launch);
  lastTurn = outcome.then(untagThisProcess, untagThisProcess);
  return outcome;
}

async function launchHere(
  command: readonly string[],
  options: LaunchOptions,
  nowMs: () => number,
): Promise<LaunchOutcome> {
  const [program = "", ...args] = command;
  const env = rankEnvironment(options.env, options, onlyRank);
  // The watchdog is started before this process is tagged, so it is untagged itself.
  const starting = startWatchdog(options.runDirectory);
  const [found, made, watchdog, tagging] = await Promise.all([
    findProgram(program, { cwd: options.cwd, path: env["PATH"] }),
    makeOutputPipes(),
    starting,
    tagThisProcess(jobTag(options.runDirectory)),
  ]);
  const pipes = made.kind === "made" ? made.pipes : [];
  if (found.kind !== "found") {
    giveUp(pipes, watchdog);
    return found;
  }
  if (made.kind === "failed") {
    giveUp(pipes, watchdog);
    return { kind: "start-failed", reason: made.reason };
  }
  const launchedMs = nowMs();
  const started = start(program, args, { ...options, env, pipes });
  if (started.kind === "refused") {
    giveUp(pipes, watchdog);
    return explainRefusal(await started.error, found.path);
  }
  const { child, pid } = started;
  const tree = ProcessTree.startedAs(pid, options.runDirectory);
  watchdog.watch({ groupId: pid, startedTicks: tree.startedTicks });
  closeWriters(pipes);
  const place = { host: launchingHost, rank: onlyRank.rank };
  const rank = { ...place, localRank: onlyRank.localRank, pid };
  const parts = { child, rank, launchedMs, tree, pipes, watchdog, tagging, nowMs, options };
  return { kind: "launched", job: new LocalJob(parts) };
}

type Started =
  | { kind: "started"; child: ChildProcess; pid: number }
  | { kind: "refused"; error: Promise<unknown> };

function start(
  program: string,
  args: readonly string[],
  how: {
    cwd: string;
    env: Record<string, string>;
    pipes: readonly OutputPipe[];
    stdinFd?: number | undefined;
  },
): Started {
  try {
    const child = spawn(program, args, {
      cwd: how.cwd,
      env: how.env,
      detached: true,
      stdio: [how.stdinFd ?? "ignore", ...how.pipes.map((pipe) => pipe.writerFd)],
    });
    if (child.pid !== undefined) return { kind: "started", child, pid: child.pid };
    return { kind: "refused", error: once(child, "error").then(([error]) => error) };
  } catch (error) {
    // Node.js throws some errors (arguments that contain a zero byte or are too long) and emits others.
    return { kind: "refused", error: Promise.resolve(error) };
  }
}

function giveUp(pipes: readonly OutputPipe[], watchdog: Watchdog): void {
  closeWriters(pipes);
  for (const pipe of pipes) pipe.reader.destroy();
  watchdog.dismiss();
}

async function explainRefusal(error: unknown, path: string): Promise<LaunchOutcome> {
  if (errorCode(error) === "ENOENT") {
    const interpreter = await missingInterpreter(path);
    const reason =
      interpreter === undefined
        ? "what it needs to be started is missing"
        : `its first line asks for \`${interpreter}\`, which is not there`;
    return { kind: "not-executable", path, reason };
  }
  if (errorCode(error) === "EACCES" || errorCode(error) === "ENOEXEC") {
    return { kind: "not-executable", path, reason: errorMessage(error) };
  }
  return { kind: "start-failed", reason: errorMessage(error) };
}
