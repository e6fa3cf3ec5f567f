import { firstBytes } from "../../foundation/bytes/first-bytes.ts";
import { LineSplitter } from "../../launch/line-splitter.ts";
import { parseLine } from "../../mllog/parse-line.ts";
import { attemptCountOf, requeuedMsOf } from "../../schema/run/outcome/attempts.ts";
import type { LifecycleEvent } from "../../schema/run/events/lifecycle-event.ts";
import type { RunRecord, RunWriter } from "../../store/records/run-store.ts";
import { isAttemptStart } from "../read-run/reader/attempt-start.ts";
import type { RunReader, TakenPiece } from "../read-run/reader/run-reader.ts";
import type { JobAttempts } from "./job-attempts.ts";

/** What the record of a restarted run has of the attempts before the one that an attached process follows. */
export interface EarlierAttempts {
  /** The number of the attempt that is followed. */
  attempt: number;
  /** When the first attempt was launched. */
  launchedMs: number;
  /** How long the attempts after the first were queued. */
  requeuedMs: number;
  events: readonly LifecycleEvent[];
  /** How much of the log they wrote. */
  logBytes: number;
  log(): AsyncIterable<Uint8Array>;
}

/** Undefined for a run that was not restarted. */
export async function earlierAttempts(
  record: Pick<RunRecord, "events" | "readLog">,
): Promise<EarlierAttempts | undefined> {
  const { events } = record.events;
  const attempt = attemptCountOf(events);
  const launched = events.find(({ event }) => event.kind === "launched");
  if (attempt === 1 || launched === undefined) return undefined;
  const logBytes = await bytesBefore(attempt, record.readLog());
  return {
    attempt,
    launchedMs: launched.timeMs,
    requeuedMs: requeuedMsOf(events),
    events,
    logBytes,
    log: () => firstBytes(record.readLog(), logBytes),
  };
}

/** Puts reader and writer of an attached run into the state in which they were before the attempt that is followed; its first line. */
export async function takeUpEarlier(
  earlier: EarlierAttempts,
  reader: RunReader,
  {
    writer,
    job,
    isAttached = false,
  }: { writer: RunWriter; job: JobAttempts; isAttached?: boolean | undefined },
): Promise<TakenPiece> {
  const { launchedMs } = job.current;
  const { attempt, logBytes, events } = earlier;
  await writer.keepEarlier?.({ logBytes, beforeMs: launchedMs });
  const stream = "log";
  const splitter = new LineSplitter();
  reader.beginEarlier(events);
  for await (const chunk of earlier.log())
    for (const bytes of splitter.push(stream, chunk)) reader.take({ stream, bytes });
  for (const bytes of splitter.finish(stream)) reader.take({ stream, bytes });
  reader.endEarlier();
  // The files of a job that is read again are replaced once it has been read.
  if (!isAttached) await writer.replaceFiles?.();
  return reader.restarted(attempt, launchedMs);
}

/** Where an attempt begins in the log; all complete lines if it has written nothing. */
async function bytesBefore(attempt: number, log: AsyncIterable<Uint8Array>): Promise<number> {
  const splitter = new LineSplitter();
  let byteCount = 0;
  for await (const chunk of log) {
    for (const block of splitter.push("log", chunk)) {
      let start = 0;
      while (start < block.length) {
        const end = block.indexOf(10, start) + 1;
        const line = block.subarray(start, end === 0 ? block.length : end);
        if (startsAttempt(line, attempt)) return byteCount + start;
        start += line.length;
      }
      byteCount += block.length;
    }
  }
  return byteCount;
}

function startsAttempt(line: Buffer, attempt: number): boolean {
  const parsed = parseLine(line.toString("latin1").trimEnd());
  return parsed.kind === "event" && isAttemptStart(parsed.event) && parsed.event.value === attempt;
}
