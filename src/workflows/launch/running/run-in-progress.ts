import type { HostTime, LaunchEvent } from "../../../launch/launcher.ts";
import { LineSplitter } from "../../../launch/line-splitter.ts";
import type { Finding } from "../../../schema/run/findings/finding.ts";
import type { RunEvent, StopReason } from "../../../schema/run/events/run-event.ts";
import type { RunReport } from "../../../schema/run/outcome/series-summary.ts";
import { costOfRun } from "../../../score/use/cost-of-run.ts";
import { CpuHistory } from "../../../score/judging/cpu-history.ts";
import { limitHit } from "../../../score/judging/limit-hit.ts";
import type { TrackUpdate } from "../../../score/tracking/tracked-run.ts";
import type { PlacedReading } from "../../read-run/reader/file-values.ts";
import { lifecycleEventOf } from "../../read-run/reader/lifecycle-event-of.ts";
import { RunReader, type TakenPiece } from "../../read-run/reader/run-reader.ts";
import type { JobRecovery, Recovered } from "../../recovery/recover-job.ts";
import { AttemptState } from "./attempt-state.ts";
import { LiveWarnings } from "./live-warnings.ts";
import { type OutputSource, sourceOf } from "./output-source.ts";
import { groupedByTime, lastReadings } from "../metric-files/open-metric-files.ts";
import type { RunParts } from "./run-parts.ts";
import { RunSilence } from "./run-silence.ts";
import { eventOfUpdate } from "./event-of-update.ts";
import { storeEndEvent, type EndEvent } from "./store-end-event.ts";
import { storePrintedSamples } from "./store-printed-samples.ts";
import { verdictOfRun } from "./verdict-of-run.ts";

/** The live view is refreshed at most ten times per second. */
const progressEveryMs = 100;
/** Training is considered failed after this many consecutive NaN losses. */
const maximumNotFinite = 3;
/**
 * Loading the rules blocks the process for tens of milliseconds, which delays arrival times. If the clock uses
 * arrival times, rules are loaded after this much of the run, right after an evaluation.
 */
const rulesWaitMs = 10_000;

/** One run between its launch and its verdict. */
export class RunInProgress {
  readonly reader: RunReader;
  readonly #parts: RunParts;
  readonly #sampling: Promise<void>;
  readonly #lines = new LineSplitter();
  #attempt: AttemptState;
  readonly #cpu = new CpuHistory();
  readonly #warnings: LiveWarnings;
  #silence: RunSilence;
  /** In the queue of the scheduler, before later attempts. */
  #requeuedMs = 0;
  #lastProgressMs = 0;
  #newestMs = 0;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.reader = RunReader.live(parts.request, parts.job.launchedMs);
    this.#attempt = new AttemptState(parts.job.current);
    this.#requeuedMs = parts.earlier?.requeuedMs ?? 0;
    const { launchedMs } = parts.job;
    this.#warnings = new LiveWarnings(launchedMs);
    this.#silence = new RunSilence({ isCatchingUp: parts.isAttached === true, launchedMs });
    this.#sampling = this.#storeSamples();
    // Errors are handled where the samples are awaited; this avoids an unhandled rejection before that.
    this.#sampling.catch(() => undefined);
  }

  /** Whether the job has ended, and not only the events about it. */
  get hasEnded(): boolean {
    return this.#attempt.end !== undefined;
  }

  /** Whether the job has ended before its target because it had to make way. */
  get hasMadeWay(): boolean {
    return this.hasEnded && this.#attempt.hasMadeWay(this.reader.run);
  }

  /** Stops the job. Only the first reason is recorded. */
  stop(reason: StopReason): void {
    const attempt = this.#attempt;
    if (attempt.stopReason === "failure" && reason !== "failure") attempt.overruling ??= reason;
    if (attempt.stopReason !== undefined) return;
    attempt.stopReason = reason;
    void this.#parts.job.stop({ graceMs: attempt.graceMs });
  }

  async *follow(): AsyncGenerator<RunEvent> {
    const { job, files, earlier } = this.#parts;
    files?.launched(job.launchedMs);
    if (earlier === undefined) {
      yield* this.#announce();
      yield* this.#report(this.reader.launched(job.launchedMs), job.launchedMs);
    } else {
      const { takeUpEarlier } = await import("../../recovery/earlier-attempts.ts");
      const taken = await takeUpEarlier(earlier, this.reader, this.#parts);
      yield* this.#record(taken, job.current.launchedMs);
      yield* this.#announce();
    }
    do yield* this.#followAttempt();
    while (yield* this.#restart());
    const { end } = this.#attempt;
    if (end !== undefined) yield* this.#record(this.reader.endOutput(end.timeMs), end.timeMs);
  }

  async *#announce(): AsyncGenerator<RunEvent> {
    const { job, request, writer } = this.#parts;
    const { hosts, ranks, launchedMs } = job.current;
    const launched = ranks.map((rank) => ({ kind: "launched" as const, ...rank }));
    await Promise.all(launched.map((event) => writer.appendEvent(event, launchedMs)));
    yield { kind: "launched", runId: request.runId, hosts, ranks };
    for (const finding of job.findings) yield { kind: "warning", runId: request.runId, finding };
  }

  async *#followAttempt(): AsyncGenerator<RunEvent> {
    const { files } = this.#parts;
    for await (const event of this.#parts.job.events) {
      // A program that ends at once must not be recorded as ended before it was stopped.
      yield* this.#reportStop(event.timeMs);
      yield* this.#take(event);
      if (this.#attempt.end === undefined) yield* this.#takeFiles(files?.poll(this.#parts.nowMs()));
      // Output of a host can be older than what others printed before, after a broken connection.
      this.#newestMs = Math.max(this.#newestMs, event.timeMs);
      yield* this.#checkClock(this.#newestMs);
    }
  }

  /** Starts the next attempt of a job that failed; whether there is one. */
  async *#restart(): AsyncGenerator<RunEvent, boolean> {
    const { recovery, job, probe } = this.#parts;
    const attempt = this.#attempt;
    if (recovery === undefined || attempt.end === undefined) return false;
    if (!attempt.hasFailed(this.reader.run)) return false;
    const next = attempt.overruling === undefined ? yield* this.#recover(recovery) : undefined;
    if (next?.kind !== "restarted") {
      // Ctrl-C and limits count, even if they came while the job was ended after a failure.
      if (attempt.overruling === undefined) return false;
      [attempt.stopReason, attempt.isStopReported] = [attempt.overruling, false];
      yield* this.#reportStop(attempt.end.timeMs);
      return false;
    }
    job.restarted(next.job);
    this.#requeuedMs += next.queuedMs ?? 0;
    for (const pid of next.job.hosts.flatMap((host) => next.job.processIds(host))) probe.watch(pid);
    this.#attempt = new AttemptState(next.job);
    const { launchedMs } = next.job;
    this.#silence = new RunSilence({ isCatchingUp: false, launchedMs });
    yield* this.#record(this.reader.restarted(next.attempt, launchedMs), launchedMs);
    yield* this.#announce();
    if (attempt.overruling !== undefined) this.stop(attempt.overruling);
    return true;
  }

  #recover(recovery: JobRecovery): AsyncGenerator<RunEvent, Recovered> {
    const { ranks, silentMs, end } = this.#attempt;
    const outcome = { kind: "died" as const, ...ranks.exit };
    const endedMs = end?.timeMs ?? this.#newestMs;
    const { schedulerState } = ranks;
    const ended = { outcome, silentMs, schedulerState, endedMs };
    return recovery.afterFailure(this.#parts.job.current, ended);
  }

  /** Records why the job is being stopped, once. */
  async *#reportStop(timeMs: number): AsyncGenerator<RunEvent> {
    const reason = this.#attempt.stopReason;
    if (reason === undefined || this.#attempt.isStopReported) return;
    const { writer, request } = this.#parts;
    this.#attempt.isStopReported = true;
    await writer.appendEvent({ kind: "stopping", reason }, timeMs);
    yield { kind: "stopping", runId: request.runId, reason };
  }

  async *#take(event: LaunchEvent): AsyncGenerator<RunEvent> {
    switch (event.kind) {
      case "output":
        for (const block of this.#lines.push(sourceOf(event), event.bytes))
          yield* this.#read(block, event);
        return;
      case "tick":
        return;
      case "clock-measured": {
        const { timeMs, kind: _, ...clock } = event;
        await this.#parts.writer.appendEvent({ kind: "host-clock", ...clock }, timeMs);
        return;
      }
      case "caught-up":
        await this.#parts.writer.replaceFiles?.();
        this.#silence.caughtUp();
        yield { kind: "caught-up", runId: this.#parts.request.runId };
        return;
      case "rank-exited":
      case "host-lost":
      case "ended-by-scheduler":
        yield* this.#takeEnd(event);
        return;
      case "ended":
        await Promise.all(this.#attempt.exits);
        this.#attempt.end = event;
        yield* this.#finishLines(event.timeMs);
    }
  }

  async *#takeEnd(event: EndEvent): AsyncGenerator<RunEvent> {
    const { writer, request } = this.#parts;
    const parts = { ranks: this.#attempt.ranks, writer, runId: request.runId };
    const { reported, stored } = storeEndEvent(event, parts);
    this.#attempt.exits.push(stored);
    // A failure is reported where all exits are awaited; this avoids an unhandled rejection before that.
    stored.catch(() => undefined);
    yield reported;
    if (this.#attempt.mustStopAfter(event, this.#newestMs)) this.stop("failure");
  }

  /** Logs the last line of each source if it has no line end. */
  async *#finishLines(timeMs: number): AsyncGenerator<RunEvent> {
    for (const { host, rank } of this.#parts.job.ranks) {
      for (const stream of ["stdout", "stderr"] as const) {
        for (const block of this.#lines.finish(sourceOf({ host, rank, stream })))
          yield* this.#read(block, { host, rank, stream, timeMs });
      }
    }
    yield* this.#takeFiles(await lastReadings(this.#parts.files, timeMs));
  }

  async *#takeFiles(batches: Iterable<PlacedReading[]> = []): AsyncGenerator<RunEvent> {
    for (const readings of groupedByTime(batches)) {
      const timeMs = readings[0]?.placedMs ?? 0;
      this.#silence.fileValues(timeMs);
      yield* this.#record(this.reader.takeFileReadings(readings, timeMs), timeMs);
    }
  }

  /** @param bytes whole lines of one source */
  async *#read(
    bytes: Buffer,
    { host, rank, stream, timeMs, hostMs }: OutputSource & { timeMs: number } & HostTime,
  ): AsyncGenerator<RunEvent> {
    const clockOffsetMs = hostMs === undefined ? undefined : timeMs - hostMs;
    this.#silence.output(sourceOf({ host, rank, stream }), bytes, timeMs);
    const rest = await storePrintedSamples(bytes, this.#parts.writer, { clockOffsetMs });
    this.#attempt.printed(timeMs);
    const { runId } = this.#parts.request;
    if (rest.length > 0) yield { kind: "output", runId, host, rank, stream, bytes: rest };
    const taken = this.reader.take({ place: { host, rank }, stream, bytes: rest, timeMs });
    yield* this.#record(taken, timeMs, { host, rank, stream, bytes: rest });
  }

  /** @param printed the output that the log blocks were made from; other blocks are Pitwall's own lines */
  async *#record(
    { log, updates }: TakenPiece,
    timeMs: number,
    printed?: OutputSource & { bytes: Buffer },
  ): AsyncGenerator<RunEvent> {
    const { request, job } = this.#parts;
    for (const block of log) await this.#appendLog(block, printed);
    yield* this.#report(updates, timeMs);
    const isDiverged = this.reader.run.notFiniteCount >= maximumNotFinite;
    if (isDiverged && request.keepOnNan !== true) this.stop("not-a-number");
    if (updates.length > 0 && timeMs - job.launchedMs > rulesWaitMs) this.reader.startRules();
  }

  /** In a job of one rank no source is recorded: all lines except Pitwall's own are from that rank. */
  #appendLog(block: Buffer, printed?: OutputSource & { bytes: Buffer }): Promise<void> | undefined {
    const { writer, job } = this.#parts;
    if (job.ranks.length === 1) return writer.appendLog(block);
    if (block !== printed?.bytes) return writer.appendLog(block, { by: "pitwall" });
    const { host, rank, stream } = printed;
    return writer.appendLog(block, { by: "rank", host, rank, stream });
  }

  async *#report(updates: readonly TrackUpdate[], timeMs: number): AsyncGenerator<RunEvent> {
    const { writer, request } = this.#parts;
    for (const change of updates) {
      const body = lifecycleEventOf(change);
      if (body !== undefined) await writer.appendEvent(body, timeMs);
      yield eventOfUpdate(change, request.runId);
      if (change.kind === "target-reached" && request.stopAtTarget) this.stop("target");
    }
  }

  /** Checks limits, issues warnings, and refreshes the live view. */
  async *#checkClock(timeMs: number): AsyncGenerator<RunEvent> {
    const { request, job } = this.#parts;
    yield* this.#record(this.reader.addDueLines(timeMs), timeMs);
    const launchedForMs = timeMs - job.launchedMs;
    const { dataMs = 0 } = this.#parts.waits;
    const billedUsd = this.#billedUsd(launchedForMs + dataMs - this.#requeuedMs);
    const { samplesCount } = this.reader.run;
    const hit = limitHit(request.limits, { launchedForMs, billedUsd, samplesCount });
    if (hit !== undefined && this.#attempt.end === undefined) this.stop(hit);
    if (this.#attempt.hangs(timeMs, this.#parts.recovery?.hangTimeoutMs)) this.stop("failure");
    if (this.#attempt.isFailedFor(timeMs)) this.stop("failure");
    yield* this.#reportStop(timeMs);
    yield* this.#checkSilence(timeMs);
    const fileFindings = (): readonly Finding[] =>
      this.#parts.files?.findings({ isOver: false }) ?? [];
    for (const finding of this.#warnings.due(timeMs, this.reader, fileFindings))
      yield { kind: "warning", runId: request.runId, finding };
    const checklist = this.reader.checklistUpdate(timeMs);
    if (checklist !== undefined) yield { kind: "checklist", runId: request.runId, checklist };
    if (timeMs - this.#lastProgressMs < progressEveryMs) return;
    this.#lastProgressMs = timeMs;
    yield { kind: "progress", progress: this.#progress(timeMs, billedUsd) };
  }

  /** A program that is being stopped may be silent. */
  async *#checkSilence(timeMs: number): AsyncGenerator<RunEvent> {
    if (this.#attempt.stopReason !== undefined || this.hasEnded) return;
    const { writer, request, job } = this.#parts;
    const processCount = job.ranks.length + job.hosts.length;
    const change = this.#silence.changes(timeMs, (fromMs) =>
      this.#cpu.isIdle({ fromMs, toMs: timeMs, processCount }),
    );
    if (change === undefined) return;
    await writer.appendEvent({ kind: "silence", ...change }, timeMs);
    yield { kind: "silence", runId: request.runId, change };
  }

  #progress(nowMs: number, costUsd: number | undefined) {
    return this.reader.progress({
      nowMs,
      launchedMs: this.#parts.job.launchedMs,
      isStopping: this.#attempt.stopReason !== undefined,
      silence: this.#silence.current,
      costUsd,
      energy: this.#parts.probe.energySoFar(),
      earlierCrossingsMs: this.#parts.earlierCrossingsMs,
    });
  }

  #billedUsd(billedMs: number): number | undefined {
    const { price, system, launchTarget } = this.#parts.request;
    const cost = costOfRun({ billedMs, trainingMs: undefined, price, launchTarget, system });
    return cost.kind === "priced" ? cost.billedUsd : undefined;
  }

  async #storeSamples(): Promise<void> {
    for await (const sample of this.#parts.probe.samples) {
      this.#cpu.push(sample);
      await this.#parts.writer.appendSample(`host-${sample.host}`, sample);
    }
  }

  async *conclude(): AsyncGenerator<RunEvent, RunReport> {
    const { request, writer, job } = this.#parts;
    job.over();
    const watched = await this.#parts.probe.stop();
    await this.#sampling;
    const end = this.#attempt.end;
    if (end === undefined) throw new Error("the launcher's events ended without `ended`");
    const { reader } = this;
    const { launchedMs } = job;
    const verdict = verdictOfRun({
      request,
      reader,
      end,
      ranks: this.#attempt.ranks,
      stopReason: this.#attempt.stopReason,
      launchedMs,
      dataMs: this.#parts.waits.dataMs,
      requeuedMs: this.#requeuedMs,
      watched,
      cpu: this.#cpu,
      otherFindings: [...job.findings, ...(this.#parts.files?.findings({ isOver: true }) ?? [])],
    });
    const { outcome, clock } = verdict;
    const isReached = outcome.kind === "reached";
    for (const bytes of reader.endLog({ isReached, timeMs: clock.runStopMs ?? end.timeMs }))
      await this.#appendLog(bytes);
    await writer.appendEvent({ kind: "ended", outcome: outcome.kind }, end.timeMs);
    const { rules, checklist } = await reader.finishRules();
    yield { kind: "checklist", runId: request.runId, checklist };
    const stop = this.#parts.stopAfter({ result: verdict, lastLine: reader.lastLines(1)[0] });
    const { prepareMs, dataMs, queuedMs } = this.#parts.waits;
    const more = {
      ...(dataMs === undefined ? {} : { dataMs }),
      ...(prepareMs === undefined ? {} : { prepareMs }),
      ...(queuedMs === undefined ? {} : { queuedMs }),
      ...(stop === undefined ? {} : { seriesStop: stop }),
    };
    return { request, result: await writer.finish({ ...verdict, ...more, rules }) };
  }

  /** Stops following: the job continues, and the record stays open for the next process that attaches to it. */
  async leave(): Promise<void> {
    this.#parts.job.over();
    await this.#parts.probe.stop();
    await this.#sampling;
    await this.#parts.writer.close();
  }

  /** Stops the program and closes the record without a verdict; the record keeps what was written so far. */
  async abandon(): Promise<void> {
    this.#parts.job.over();
    await this.#parts.job.stop({ graceMs: 0 });
    await this.#parts.probe.stop();
    // The disk has just failed and may fail again on close; the first error is the one to report.
    await this.#parts.writer.close().catch(() => undefined);
  }
}
