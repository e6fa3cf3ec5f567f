import type { DiagnosisDocument } from "../../../schema/dashboard/diagnosis-page.ts";
import type { LifecycleEvent } from "../../../schema/run/events/lifecycle-event.ts";
import { jobRanksOf } from "../../../schema/run/hosts/job-ranks.ts";
import { runName } from "../../../schema/run/request/run-name.ts";
import type { WatchedRun } from "../follow/watch-run.ts";

/** Answers for that many runs are kept. */
const kept = 16;
/** A run in progress is diagnosed at most this often: the whole log is read each time. */
const freshForMs = 5000;

interface Answer {
  version: number;
  madeMs: number;
  document: Promise<DiagnosisDocument>;
}

/** Diagnoses of the runs that pages show, each made once for the same data. */
export class RunDiagnoses {
  readonly #answers = new Map<string, Answer>();

  of(run: WatchedRun, nowMs: number): Promise<DiagnosisDocument> {
    const known = this.#answers.get(run.runId);
    const isFresh =
      known !== undefined &&
      (known.version === run.version || (!run.isOver && nowMs - known.madeMs < freshForMs));
    if (isFresh) return known.document;
    const document = diagnosed(run, nowMs);
    this.#answers.delete(run.runId);
    this.#answers.set(run.runId, { version: run.version, madeMs: nowMs, document });
    document.catch(() => this.#answers.delete(run.runId));
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > kept && oldest !== undefined) this.#answers.delete(oldest);
    return document;
  }
}

async function diagnosed({ record }: WatchedRun, nowMs: number): Promise<DiagnosisDocument> {
  // Most pages request no diagnosis.
  const { diagnoseRecord } = await import("../../diagnose/diagnose-target.ts");
  const { readLedger } = await import("../../read-run/ledger-of-record.ts");
  const { diagnosis } = await diagnoseRecord(record, nowMs);
  const ledger = await readLedger(record, nowMs);
  const { events } = record.events;
  const launched = events.find(({ event }) => event.kind === "launched");
  const endMs = record.state.kind === "running" ? nowMs : (events.at(-1)?.timeMs ?? nowMs);
  return {
    runId: record.runId,
    name: runName(record.request),
    state: record.state.kind,
    rankCount: Math.max(1, jobRanksOf(events).ranks.length),
    ...(launched === undefined ? {} : { launchedMs: launched.timeMs }),
    durationMs: Math.max(0, endMs - (launched?.timeMs ?? endMs)),
    attempts: attemptsOf(events, endMs),
    diagnosis,
    ...(ledger === undefined ? {} : { ledger }),
  };
}

const failureKinds: ReadonlySet<string> = new Set(["stopping", "host-lost"]);

/** From the launch of each attempt to its failure, or to the end of the run. */
function attemptsOf(
  events: readonly LifecycleEvent[],
  endMs: number,
): DiagnosisDocument["attempts"] {
  const startMs = events.find(({ event }) => event.kind === "launched")?.timeMs ?? endMs;
  const attempts: DiagnosisDocument["attempts"] = [];
  let failedMs: number | undefined;
  let isNew = true;
  for (const { event, timeMs } of events) {
    const attempt = attempts.at(-1);
    if (event.kind === "launched" && isNew) {
      attempts.push({ fromMs: Math.max(0, timeMs - startMs), toMs: Math.max(0, endMs - startMs) });
      failedMs = undefined;
      isNew = false;
    }
    if (failureKinds.has(event.kind)) failedMs ??= timeMs;
    const isDecided = event.kind === "restarting" || event.kind === "gave-up";
    if (isDecided && attempt !== undefined) {
      attempt.toMs = Math.max(attempt.fromMs, (failedMs ?? timeMs) - startMs);
      attempt.fault = event.fault.text;
      isNew = true;
    }
  }
  return attempts;
}
