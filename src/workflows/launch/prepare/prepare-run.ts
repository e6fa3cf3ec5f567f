import type { LaunchedJob, LaunchEvent } from "../../../launch/launcher.ts";
import { LineSplitter } from "../../../launch/line-splitter.ts";
import type { LaunchTarget } from "../../../schema/run/hosts/launch-target.ts";
import { launchingHost } from "../../../schema/run/hosts/launching-host.ts";
import type { RankExit, RunEvent } from "../../../schema/run/events/run-event.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { RunWriter } from "../../../store/records/run-store.ts";
import { commandOf, launchError } from "../running/launch-run.ts";
import { rankExit } from "../running/rank-ends.ts";
import type { HostEnv } from "./stage-run.ts";
import type { RunWorld } from "../targets/run-world.ts";

/** How the command of `--prepare` ended; `ready` without a time if there is no command. */
export type Prepared =
  | { kind: "ready"; prepareMs: number | undefined }
  | { kind: "interrupted"; prepareMs: number; endedMs: number }
  | { kind: "failed"; prepareMs: number; endedMs: number; exit: RankExit; lastLines: string[] };

/** Time between SIGTERM and SIGKILL. */
const graceMs = 5000;
const keptTailLength = 8192;
const lastLineCount = 10;

/**
 * Runs the command of `--prepare` before the launch, once on each host that ssh reaches and otherwise on this machine, in the folder and
 * the environment of the program, and writes its output to prepare.log. Processes that it leaves running are ended. No limit of the run
 * applies to it.
 *
 * @throws UserError if the command can't be started; WorldError if the disk fails. The record is closed in both cases.
 */
export async function* prepareRun(
  request: RunRequest,
  parts: { world: RunWorld; writer: RunWriter; hostEnv: HostEnv },
  interrupt: AbortSignal,
): AsyncGenerator<RunEvent, Prepared> {
  const { prepare, seed } = request;
  if (prepare === undefined) return { kind: "ready", prepareMs: undefined };
  yield { kind: "preparing", request };
  const { world, writer, hostEnv } = parts;
  const { cwd, env } = commandOf(request, world);
  const { launcher } = world.openTarget(placeOf(request.launchTarget));
  const outcome = await launcher.launch(["sh", "-c", prepare.replaceAll("{seed}", String(seed))], {
    cwd,
    env: { ...world.env, ...env, ...hostEnv.get(launchingHost) },
    programEnv: env,
    hostEnv,
    runDirectory: writer.directory,
    seed,
  });
  if (outcome.kind === "queued")
    throw new Error("a command of `--prepare` is not started by a scheduler");
  if (outcome.kind !== "launched") {
    await writer.close();
    await launcher.close?.();
    throw launchError(outcome, request);
  }
  try {
    const prepared = await waitFor(outcome.job, writer, interrupt);
    // The job of the program gets the same folder on the hosts.
    await outcome.job.release?.();
    return prepared;
  } finally {
    await launcher.close?.();
  }
}

/** On the nodes of a scheduler it would be a second job, and with several ranks it would run once for each: it runs here or once per host. */
function placeOf(target: LaunchTarget): LaunchTarget {
  if (target.kind !== "ssh") return { kind: "local" };
  const hosts = target.hosts.map(({ ranks: _ranks, ...host }) => host);
  return { ...target, hosts, ranks: { perHost: 1, starter: "direct" } };
}

async function waitFor(
  job: LaunchedJob,
  writer: RunWriter,
  interrupt: AbortSignal,
): Promise<Prepared> {
  const stop = (): void => void job.stop({ graceMs });
  interrupt.addEventListener("abort", stop, { once: true });
  if (interrupt.aborted) stop();
  try {
    await writer.appendEvent({ kind: "prepare", phase: "started" }, job.launchedMs);
    const { exit, endedMs, tail } = await followJob(job, writer);
    await writer.appendEvent({ kind: "prepare", phase: "ended", ...exit }, endedMs);
    const prepareMs = Math.max(0, endedMs - job.launchedMs);
    if (interrupt.aborted) return { kind: "interrupted", prepareMs, endedMs };
    if (isClean(exit)) return { kind: "ready", prepareMs };
    return { kind: "failed", prepareMs, endedMs, exit, lastLines: lastLinesOf(tail) };
  } catch (error) {
    await job.stop({ graceMs: 0 });
    // The disk has just failed and may fail again on close; the first error is the one to report.
    await writer.close().catch(() => undefined);
    throw error;
  } finally {
    interrupt.removeEventListener("abort", stop);
  }
}

/** The exit is that of the first host that failed, if there is one. */
async function followJob(
  job: LaunchedJob,
  writer: RunWriter,
): Promise<{ exit: RankExit; endedMs: number; tail: string }> {
  let exit: RankExit = { exitCode: 0 };
  let endedMs = 0;
  let tail = "";
  const output = new HostLines(job.hosts.length > 1);
  const write = async (blocks: readonly Uint8Array[]): Promise<void> => {
    for (const block of blocks) {
      await writer.appendPrepareLog(block);
      tail = (tail + Buffer.from(block).toString("utf8")).slice(-keptTailLength);
    }
  };
  for await (const event of job.events) {
    endedMs = event.timeMs;
    if (event.kind === "output") await write(output.push(event));
    if (event.kind === "host-lost") {
      await write([Buffer.from(`${event.host} lost: ${event.reason}\n`)]);
      if (isClean(exit)) exit = { exitCode: 1 };
    }
    if (event.kind === "rank-exited" && isClean(exit)) exit = rankExit(event.exit);
  }
  await write(output.finish());
  return { exit, endedMs, tail };
}

/** The output of several hosts as whole lines with the name of their host; that of one host is not changed. */
class HostLines {
  readonly #lines = new LineSplitter();
  readonly #hosts = new Map<string, string>();
  readonly #isNamed: boolean;

  constructor(isNamed: boolean) {
    this.#isNamed = isNamed;
  }

  push({ host, stream, bytes }: LaunchEvent & { kind: "output" }): Uint8Array[] {
    if (!this.#isNamed) return [bytes];
    const source = `${stream} ${host}`;
    this.#hosts.set(source, host);
    return this.#lines.push(source, bytes).map((block) => withHost(block, host));
  }

  finish(): Uint8Array[] {
    return [...this.#hosts].flatMap(([source, host]) =>
      this.#lines.finish(source).map((line) => withHost(Buffer.concat([line, newLine]), host)),
    );
  }
}

const newLine = Buffer.from("\n");

function isClean(exit: RankExit): boolean {
  return "exitCode" in exit && exit.exitCode === 0;
}

/** The lines of a host with its name before each. */
function withHost(block: Buffer, host: string): Buffer {
  return Buffer.from(block.toString("utf8").replaceAll(/^(?=.)/gmu, `${host} `));
}

function lastLinesOf(text: string): string[] {
  return text
    .split(/\r\n|\n|\r/u)
    .filter((line) => line.trim() !== "")
    .slice(-lastLineCount);
}
