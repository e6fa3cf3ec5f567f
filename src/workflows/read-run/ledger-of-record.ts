import { keepLedger } from "../../diagnose/ledger/keep-ledger.ts";
import type { Progress, Span, TimelineAttempt } from "../../diagnose/ledger/run-timeline.ts";
import { isJsonObject } from "../../foundation/json.ts";
import type { LogLine } from "../../schema/logs/log-event.ts";
import {
  attemptCountOf,
  isAttemptPending,
  requeuedMsOf,
  requeuedSpansOf,
} from "../../schema/run/outcome/attempts.ts";
import { dataMsOf } from "../../schema/run/measured/data-time.ts";
import type { Ledger } from "../../schema/run/measured/ledger.ts";
import type { LifecycleEvent } from "../../schema/run/events/lifecycle-event.ts";
import type { Cost } from "../../schema/run/request/price.ts";
import type { Evaluation } from "../../schema/run/outcome/run-result.ts";
import type { StepSample } from "../../schema/run/measured/telemetry-sample.ts";
import { costOfRun } from "../../score/use/cost-of-run.ts";
import type { TrackedRun } from "../../score/tracking/tracked-run.ts";
import type { RunRecord } from "../../store/records/run-store.ts";
import { rereadRun } from "./verify/reread-run.ts";

/** Evaluations and checkpoints of a run, from the MLPerf lines of its log. */
export class LoggedSpans {
  readonly evaluations: Span[] = [];
  readonly checkpoints: Span[] = [];
  #evaluationMs: number | undefined;

  push(line: LogLine): void {
    if (line.kind !== "event") return;
    const { key, timeMs, value } = line.event;
    if (key === "eval_start") this.#evaluationMs = timeMs;
    if (key === "eval_stop" && this.#evaluationMs !== undefined) {
      this.evaluations.push({ fromMs: this.#evaluationMs, toMs: timeMs });
      this.#evaluationMs = undefined;
    }
    if (key !== "checkpoint" || !isJsonObject(value)) return;
    const { blocking_ms: blockingMs, write_ms: writeMs } = value;
    if (typeof blockingMs !== "number") return;
    // The line follows the writing, which follows the copy that the training waits for.
    const toMs = timeMs - (typeof writeMs === "number" ? writeMs : 0);
    this.checkpoints.push({ fromMs: toMs - blockingMs, toMs });
  }
}

/** `ledgerOfRecord` of a run whose log was not read yet. */
export async function readLedger(record: RunRecord, nowMs: number): Promise<Ledger | undefined> {
  if (!hasLedger(record)) return undefined;
  const spans = new LoggedSpans();
  const { run } = await rereadRun(record, { alsoTake: (line) => spans.push(line) });
  return ledgerOfRecord(record, { run, spans, nowMs });
}

function hasLedger({ request, events }: RunRecord): boolean {
  const isLaunched = events.events.some(({ event }) => event.kind === "launched");
  return isLaunched && (request.recovery !== undefined || attemptCountOf(events.events) > 1);
}

/** Where the time of a run went, so far if it has not ended; undefined for a run that cannot be restarted. */
export async function ledgerOfRecord(
  record: RunRecord,
  { run, spans, nowMs }: { run: TrackedRun; spans: LoggedSpans; nowMs: number | undefined },
): Promise<Ledger | undefined> {
  const { result } = record;
  const { events } = record.events;
  if (!hasLedger(record)) return undefined;
  const evaluations = result?.evaluations ?? run.series.list();
  const steps = await stepsOfOneRank(record);
  const basis = steps.length > 0 ? "steps" : "evaluations";
  const attempts = attemptsOf(events).map((attempt) => {
    const isOwn = (timeMs: number): boolean =>
      timeMs >= attempt.launchedMs && timeMs < attempt.untilMs;
    const progress =
      basis === "steps"
        ? progressOfSteps(steps.filter(({ timeMs }) => isOwn(timeMs)))
        : progressOfEvaluations(
            evaluations.filter(({ timeMs }) => isOwn(timeMs)),
            attempt,
          );
    return Object.assign({}, attempt, { progress });
  });
  const endedMs = endOf(record, nowMs);
  const cost = result?.cost ?? costSoFar(record, endedMs);
  return keepLedger({
    endedMs,
    clockStartMs: run.start?.arrivalMs,
    clockStopMs: run.stop?.arrivalMs ?? run.reached?.arrivalMs,
    attempts,
    evaluations: spans.evaluations,
    checkpoints: spans.checkpoints,
    basis,
    ...(cost.kind === "priced" ? { billedUsd: cost.billedUsd, spareUsd: cost.spareUsd } : {}),
  });
}

/** Of a run that has not ended: now, or when its Pitwall was last heard of. */
function endOf({ result, state, events }: RunRecord, nowMs: number | undefined): number {
  if (result !== undefined) return result.clock.endedMs;
  const lastMs = Math.max(...events.events.map(({ timeMs }) => timeMs));
  return state.kind === "running" ? Math.max(lastMs, nowMs ?? lastMs) : lastMs;
}

function costSoFar({ request, events }: RunRecord, endedMs: number): Cost {
  const launched = events.events.find(({ event }) => event.kind === "launched");
  const launchedForMs = endedMs - (launched?.timeMs ?? endedMs);
  const billedMs = launchedForMs - requeuedMsOf(events.events) + (dataMsOf(events.events) ?? 0);
  const { price, system, launchTarget } = request;
  const billed = { billedMs: Math.max(0, billedMs), trainingMs: undefined };
  return costOfRun({ ...billed, price, launchTarget, system });
}

type Bounds = Omit<TimelineAttempt, "progress"> & { number: number; untilMs: number };

/** When each attempt was launched, failed, and was followed by the next. */
function attemptsOf(events: readonly LifecycleEvent[]): Bounds[] {
  const bounds: Bounds[] = [];
  let isNew = true;
  for (const each of events) {
    const attempt = bounds.at(-1);
    if (each.event.kind === "launched" && isNew) {
      if (attempt !== undefined) attempt.untilMs = each.timeMs;
      bounds.push(launchedAttempt(bounds.length + 1, each.timeMs));
      isNew = false;
    }
    if (attempt !== undefined) noteEvent(attempt, each);
    if (each.event.kind === "restarting") isNew = true;
  }
  for (const queue of requeuedSpansOf(events)) {
    const before = bounds.findLast(({ launchedMs }) => launchedMs < queue.fromMs);
    if (before !== undefined) before.queue = queue;
  }
  // Ranks that end with an error after the target, or because the run was stopped, are no failure of an attempt.
  const last = bounds.at(-1);
  const hasFailed = events.some(({ event }) => event.kind === "gave-up");
  if (last !== undefined && !hasFailed && !isAttemptPending(events)) last.failedMs = undefined;
  return bounds;
}

function launchedAttempt(number: number, launchedMs: number): Bounds {
  const untilMs = Number.POSITIVE_INFINITY;
  return { number, launchedMs, untilMs, failedMs: undefined, decidedMs: undefined };
}

function noteEvent(attempt: Bounds, { event, timeMs }: LifecycleEvent): void {
  const isDecided = event.kind === "restarting" || event.kind === "gave-up";
  if (isDecided || isFailure(event)) attempt.failedMs ??= timeMs;
  if (event.kind === "restarting") attempt.decidedMs = timeMs;
}

function isFailure(event: LifecycleEvent["event"]): boolean {
  if (event.kind === "host-lost" || event.kind === "ended-by-scheduler") return true;
  if (event.kind === "stopping") return event.reason === "failure" || event.reason === "preemption";
  return event.kind === "rank-exited" && event.exitCode !== 0;
}

/** In synchronous training every rank makes the same steps. */
async function stepsOfOneRank(record: RunRecord): Promise<StepSample[]> {
  const steps = (await record.readSamples()).flatMap(({ samples }) =>
    samples.flatMap((sample) => (sample.kind === "step" ? [sample] : [])),
  );
  const rank = steps.reduce((lowest, sample) => Math.min(lowest, sample.rank), Infinity);
  return steps.filter((sample) => sample.rank === rank).toSorted((a, b) => a.timeMs - b.timeMs);
}

function progressOfSteps(samples: readonly StepSample[]): Progress[] {
  return samples.map(({ timeMs, step, stepCount, ...parts }, index) => {
    const spentMs = parts.computeMs + parts.communicationMs + parts.dataWaitMs;
    const fromMs = Math.max(timeMs - spentMs, samples[index - 1]?.timeMs ?? timeMs - spentMs);
    return { fromMs, toMs: timeMs, from: Math.max(0, step - stepCount), to: step };
  });
}

/** Evaluations with a count of samples. Where an attempt continued is not known: as far before its first one as the next is after it. */
function progressOfEvaluations(
  evaluations: readonly Evaluation[],
  { number, launchedMs }: Bounds,
): Progress[] {
  const counted = evaluations.flatMap(({ timeMs, samplesCount }) =>
    samplesCount === undefined ? [] : [{ timeMs, samplesCount }],
  );
  const [first, second] = counted;
  if (first === undefined) return [];
  const isBegun = number > 1 && second !== undefined;
  const from = isBegun ? Math.max(0, 2 * first.samplesCount - second.samplesCount) : 0;
  const fromMs = isBegun ? Math.max(launchedMs, 2 * first.timeMs - second.timeMs) : launchedMs;
  const points = [{ timeMs: fromMs, samplesCount: from }, ...counted];
  return counted.map(({ timeMs, samplesCount }, index) => ({
    fromMs: points[index]?.timeMs ?? timeMs,
    toMs: timeMs,
    from: points[index]?.samplesCount ?? samplesCount,
    to: samplesCount,
  }));
}
