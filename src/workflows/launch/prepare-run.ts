import type { LaunchEvent, LaunchedJob } from "../../launch/launcher.ts";
import type { RankExit, RunEvent } from "../../schema/run/run-event.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { RunWriter } from "../../store/records/run-store.ts";
import { commandOf, launchError } from "./launch-run.ts";
import { rankExit } from "./rank-ends.ts";
import type { RunWorld, TargetWorld } from "./run-world.ts";

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
 * Runs the command of `--prepare` before the launch, in the folder and the environment of the program, and writes its
 * output to prepare.log. Processes that it leaves running are ended. No limit of the run applies to it.
 *
 * @throws UserError if the command can't be started; WorldError if the disk fails. The record is closed in both cases.
 */
export async function* prepareRun(
  request: RunRequest,
  parts: { world: RunWorld; target: TargetWorld; writer: RunWriter },
  interrupt: AbortSignal,
): AsyncGenerator<RunEvent, Prepared> {
  const { prepare, seed } = request;
  if (prepare === undefined) return { kind: "ready", prepareMs: undefined };
  yield { kind: "preparing", request };
  const { world, target, writer } = parts;
  const { cwd, env } = commandOf(request, world);
  const outcome = await target.launcher.launch(
    ["sh", "-c", prepare.replaceAll("{seed}", String(seed))],
    { cwd, env: { ...world.env, ...env }, runDirectory: writer.directory, seed },
  );
  if (outcome.kind !== "launched") {
    await writer.close();
    throw launchError(outcome, request);
  }
  return waitFor(outcome.job, writer, interrupt);
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
    const { exit, endedMs, tail } = await followJob(job.events, writer);
    await writer.appendEvent({ kind: "prepare", phase: "ended", ...exit }, endedMs);
    const prepareMs = Math.max(0, endedMs - job.launchedMs);
    if (interrupt.aborted) return { kind: "interrupted", prepareMs, endedMs };
    if ("exitCode" in exit && exit.exitCode === 0) return { kind: "ready", prepareMs };
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

async function followJob(
  events: AsyncIterable<LaunchEvent>,
  writer: RunWriter,
): Promise<{ exit: RankExit; endedMs: number; tail: string }> {
  let exit: RankExit = { exitCode: 0 };
  let endedMs = 0;
  let tail = "";
  for await (const event of events) {
    if (event.kind === "output") {
      await writer.appendPrepareLog(event.bytes);
      tail = (tail + Buffer.from(event.bytes).toString("utf8")).slice(-keptTailLength);
    }
    if (event.kind === "rank-exited") exit = rankExit(event.exit);
    endedMs = event.timeMs;
  }
  return { exit, endedMs, tail };
}

function lastLinesOf(text: string): string[] {
  return text
    .split(/\r\n|\n|\r/u)
    .filter((line) => line.trim() !== "")
    .slice(-lastLineCount);
}
