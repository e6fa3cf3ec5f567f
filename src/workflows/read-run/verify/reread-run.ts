import { LineSplitter } from "../../../launch/line-splitter.ts";
import type { LogLine } from "../../../schema/logs/log-event.ts";
import type { LifecycleEvent } from "../../../schema/run/events/lifecycle-event.ts";
import type { RunChecklist } from "../../../schema/run/outcome/run-checklist.ts";
import type { StopReason } from "../../../schema/run/events/run-event.ts";
import type { RunRules } from "../../../schema/run/outcome/run-rules.ts";
import { endOfRun } from "../../../score/judging/end-of-run.ts";
import { judgeRun, type Judgement, logTimesOf } from "../../../score/judging/judge-run.ts";
import type { TrackedRun } from "../../../score/tracking/tracked-run.ts";
import type { RunRecord } from "../../../store/records/run-store.ts";
import { eventsOfLastAttempt, requeuedMsOf } from "../../../schema/run/outcome/attempts.ts";
import { dataMsOf } from "../../../schema/run/measured/data-time.ts";
import { RankEnds } from "../../launch/running/rank-ends.ts";
import { RunReader } from "../reader/run-reader.ts";

/** A run as read from the log and the events of its record. */
export interface RereadRun {
  /** Evaluations, clock and target. */
  run: TrackedRun;
  /** The verdict of the rules; absent during the run. */
  rules: RunRules | undefined;
  checklist: RunChecklist;
  /** Outcome and clock, judged again; absent if the events do not contain the end of the run. */
  judgement: Judgement | undefined;
}

interface RereadOptions {
  /** Default: the edition of the request, else of the verdict. */
  edition?: string | undefined;
  /** Whether the log is complete. Default: whether the run has ended; a running run has no verdict of the rules yet. */
  isOver?: boolean;
  /** Called with each MLPerf line. */
  alsoTake?: (line: LogLine) => void;
  /** Reads only the MLLOG lines, for the rules: there is no judgement. Default: false. */
  readsOnlyMllog?: boolean;
}

/**
 * Reads a record again, only from `log.txt` and `events.jsonl`, in constant memory, and judges it as at its end.
 *
 * For an undamaged record, these equal `result.json`:
 *
 * - the kind and reason of the outcome, its quality and sample count, and the values of all evaluations;
 * - the time to train: exactly if the program logs `run_start` and `run_stop`, or if the clock uses arrival times,
 *   because events.jsonl contains the arrival of its start and of the target. It differs by up to a millisecond for
 *   events of older versions, and by the delay of the output if a program logs `run_start` and prints the metric on lines
 *   without time;
 * - the verdict of the rules, by the same edition.
 *
 * These do not: `clock.runStartMs` and `initMs` of a program that logs `run_start` (the arrival of that line is on
 * record only for the first rank that logs it), the arrival times of evaluations that MLLOG lines report (their logged
 * times are used instead), and findings that compare logged times with arrival or with CPU time.
 */
export async function rereadRun(
  record: RunRecord,
  {
    edition,
    isOver = record.state.kind !== "running",
    alsoTake,
    readsOnlyMllog = false,
  }: RereadOptions = {},
): Promise<RereadRun> {
  const reader = RunReader.ofRecord(record.request, {
    readsOnlyMllog,
    edition: edition ?? recordedEdition(record),
    ...(alsoTake === undefined ? {} : { alsoTake }),
  });
  reader.noteEvents(record.events.events);
  await readLog(record, reader);
  const { run } = reader;
  const judgement = readsOnlyMllog ? undefined : judgeAgain(record, run);
  const checklist = reader.checklistSoFar();
  if (!isOver && checklist !== undefined) return { run, rules: undefined, checklist, judgement };
  return { run, ...(await reader.finishRules()), judgement };
}

/** The edition that a run was or will be judged by; undefined if Pitwall chooses the newest. */
export function recordedEdition({
  request,
  result,
}: Pick<RunRecord, "request" | "result">): string | undefined {
  return request.edition ?? result?.rules?.edition;
}

async function readLog(record: RunRecord, reader: RunReader): Promise<void> {
  const stream = "log";
  const splitter = new LineSplitter();
  for await (const chunk of record.readLog()) {
    for (const bytes of splitter.push(stream, chunk)) reader.take({ stream, bytes });
    await reader.settleRules();
  }
  for (const bytes of splitter.finish(stream)) reader.take({ stream, bytes });
  reader.endOutput();
  await reader.settleRules();
}

function judgeAgain({ request, events }: RunRecord, run: TrackedRun): Judgement | undefined {
  const launched = events.events.find(({ event }) => event.kind === "launched");
  const ended = events.events.findLast(({ event }) => event.kind === "ended");
  if (launched === undefined || ended === undefined) return undefined;
  const last = eventsOfLastAttempt(events.events);
  const known = { stopReason: stopReasonOf(last), exit: exitOf(last) };
  return judgeRun(run, endOfRun(request, run, known), {
    launchedMs: launched.timeMs,
    endedMs: ended.timeMs,
    dataMs: dataMsOf(events.events),
    requeuedMs: requeuedMsOf(events.events),
    ofLog: logTimesOf(request),
  });
}

function stopReasonOf(events: readonly LifecycleEvent[]): StopReason | undefined {
  const stopping = events.find(({ event }) => event.kind === "stopping")?.event;
  return stopping?.kind === "stopping" ? stopping.reason : undefined;
}

function exitOf(events: readonly LifecycleEvent[]): RankEnds["exit"] {
  const ranks = new RankEnds(
    events.flatMap(({ event }) => (event.kind === "launched" ? [event] : [])),
  );
  for (const { event } of events) {
    if (event.kind === "host-lost") ranks.lost(event.host, event.reason);
    if (event.kind !== "rank-exited") continue;
    const { host, rank, exitCode, signal } = event;
    if (signal !== undefined) ranks.exited({ host, rank }, { signal });
    else if (exitCode !== undefined) ranks.exited({ host, rank }, { exitCode });
  }
  return ranks.exit;
}
