import type { Ledger, LedgerPart } from "../../schema/run/measured/ledger.ts";
import { adviseCheckpoints } from "./advise-checkpoints.ts";
import type { Progress, RunTimeline, Span, TimelineAttempt } from "./run-timeline.ts";

/** A piece of the run; its end is the start of the next. */
interface Piece {
  part: LedgerPart;
  toMs: number;
}

/** Divides the time of a run from its first launch to its end. The parts add up to the whole. */
export function keepLedger(timeline: RunTimeline): Ledger {
  const { attempts, endedMs, billedUsd, spareUsd } = timeline;
  const startMs = attempts[0]?.launchedMs ?? endedMs;
  const wallMs = Math.max(0, endedMs - startMs);
  const hasProgress = attempts.some(({ progress }) => progress.length > 0);
  const pieces = attempts.flatMap((_, index) => piecesOf(timeline, index, hasProgress));
  const partsMs = sumPieces(pieces, { startMs, endedMs }, timeline);
  const failureCount = attempts.filter(({ failedMs }) => failedMs !== undefined).length;
  const lostMs = partsMs.redone + partsMs.detection + partsMs.restart + partsMs.waiting;
  const billedMs = wallMs - partsMs.queue;
  const checkpointAdvice = adviseCheckpoints({ timeline, wallMs, failureCount });
  return {
    wallMs,
    partsMs,
    basis: hasProgress ? timeline.basis : "none",
    ...(hasProgress && wallMs > 0 ? { goodput: Math.min(1, partsMs.productive / wallMs) } : {}),
    attemptCount: attempts.length,
    failureCount,
    ...(billedUsd === undefined || billedMs <= 0
      ? {}
      : { failureUsd: (billedUsd * lostMs) / billedMs }),
    ...(spareUsd === undefined ? {} : { spareUsd }),
    ...(checkpointAdvice === undefined ? {} : { checkpointAdvice }),
  };
}

function piecesOf(timeline: RunTimeline, index: number, hasProgress: boolean): Piece[] {
  const { attempts, endedMs, clockStartMs, clockStopMs } = timeline;
  const attempt = attempts[index];
  if (attempt === undefined) return [];
  const stopMs = attempt.failedMs ?? clockStopMs ?? endedMs;
  const startMs = index === 0 ? clockStartMs : undefined;
  const opening = index === 0 ? "initialization" : "restart";
  const ending = endingPieces(timeline, index, stopMs);
  const [first] = attempt.progress;
  const last = attempt.progress.at(-1);
  if (first === undefined || last === undefined) {
    const trainsFromMs = hasProgress ? stopMs : (startMs ?? attempt.launchedMs);
    return [
      { part: opening, toMs: Math.min(trainsFromMs, stopMs) },
      { part: "unknown", toMs: stopMs },
      ...ending,
    ];
  }
  const countedMs = timeOf(attempt.progress, keptUntil(attempts, index));
  // What follows the last sign of progress of an attempt that did not fail is training too.
  const trainedMs = attempt.failedMs === undefined ? stopMs : Math.min(last.toMs, stopMs);
  return [
    { part: opening, toMs: Math.min(startMs ?? first.fromMs, stopMs) },
    { part: "productive", toMs: Math.min(countedMs, trainedMs) },
    { part: "redone", toMs: trainedMs },
    { part: "detection", toMs: stopMs },
    ...ending,
  ];
}

/** What follows an attempt until the next is launched, or until the run ends. */
function endingPieces({ attempts, endedMs }: RunTimeline, index: number, stopMs: number): Piece[] {
  const { decidedMs, queue } = attempts[index] ?? {};
  const next = attempts[index + 1];
  // The run has not ended: the next attempt was decided on, and not launched yet.
  const isPending = next === undefined && decidedMs !== undefined;
  if (next === undefined && !isPending) return [{ part: "shutdown", toMs: endedMs }];
  return [
    { part: "restart", toMs: decidedMs ?? stopMs },
    ...queuePieces(queue),
    { part: "waiting", toMs: next?.launchedMs ?? endedMs },
  ];
}

function queuePieces(queue: Span | undefined): Piece[] {
  if (queue === undefined) return [];
  return [
    { part: "waiting", toMs: queue.fromMs },
    { part: "queue", toMs: queue.toMs },
  ];
}

/** The step from which a later attempt continued: what came after it in this attempt was lost. */
function keptUntil(attempts: readonly TimelineAttempt[], index: number): number {
  const resumed = attempts.slice(index + 1).flatMap(({ progress }) => progress[0]?.from ?? []);
  return Math.min(Number.POSITIVE_INFINITY, ...resumed);
}

/** When a training had come to a step: infinite if it had not. */
function timeOf(progress: readonly Progress[], step: number): number {
  const passing = progress.find(({ to }) => to > step);
  if (passing === undefined) return Number.POSITIVE_INFINITY;
  const { fromMs, toMs, from, to } = passing;
  return fromMs + (toMs - fromMs) * Math.max(0, (step - from) / (to - from));
}

/** Times that contradict each other, for example of hosts with different clocks, never make a piece negative. */
function sumPieces(
  pieces: readonly Piece[],
  { startMs, endedMs }: { startMs: number; endedMs: number },
  { evaluations, checkpoints }: RunTimeline,
): Record<LedgerPart, number> {
  const parts: Record<LedgerPart, number> = {
    productive: 0,
    evaluation: 0,
    checkpoint: 0,
    initialization: 0,
    redone: 0,
    detection: 0,
    restart: 0,
    waiting: 0,
    queue: 0,
    shutdown: 0,
    unknown: 0,
  };
  let fromMs = startMs;
  for (const { part, toMs: untilMs } of pieces) {
    const toMs = Math.max(fromMs, Math.min(untilMs, Math.max(startMs, endedMs)));
    const piece = { fromMs, toMs };
    fromMs = toMs;
    const whole = toMs - piece.fromMs;
    if (part !== "productive" && part !== "unknown") {
      parts[part] += whole;
      continue;
    }
    const evaluation = covered(evaluations, piece);
    const checkpoint = Math.min(covered(checkpoints, piece), whole - evaluation);
    parts.evaluation += evaluation;
    parts.checkpoint += checkpoint;
    parts[part] += whole - evaluation - checkpoint;
  }
  return parts;
}

/** How much of a piece some spans cover. */
function covered(spans: readonly Span[], { fromMs, toMs }: Span): number {
  let [sum, reachedMs] = [0, fromMs];
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const from = Math.max(reachedMs, span.fromMs);
    const to = Math.min(toMs, span.toMs);
    if (to <= from) continue;
    sum += to - from;
    reachedMs = to;
  }
  return sum;
}
