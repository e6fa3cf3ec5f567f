import { UserError } from "../../../foundation/errors/user-error.ts";
import type { RunEvent } from "../../../schema/run/events/run-event.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { Verdict } from "../../../schema/run/outcome/run-result.ts";
import { continuedTotals, costOfParts } from "../../../score/parts/totals-of-parts.ts";
import type { StopAfter } from "../../../score/series/series-stop.ts";
import type { Staged } from "../prepare/stage-run.ts";
import type { RunWriter } from "../../../store/records/run-store.ts";
import type { Prepared } from "../prepare/prepare-run.ts";

/** Why a run was not launched. */
type Unlaunched =
  | (Exclude<Prepared, { kind: "ready" }> & Waits)
  /** Interrupted while data was staged. */
  | (Exclude<Staged, { kind: "ready" }> & { prepareMs?: undefined })
  /** Interrupted before the start, or in the queue of a scheduler. */
  | ({
      kind: "withdrawn";
      prepareMs: number | undefined;
      queuedMs: number | undefined;
      endedMs: number;
    } & Waits);

interface Waits {
  dataMs?: number | undefined;
}

/** Closes the record of a run that was not launched: `--prepare` failed, or it was interrupted before. */
export async function* endUnlaunched({
  request,
  writer,
  unlaunched,
  stopAfter,
}: {
  request: RunRequest;
  writer: RunWriter;
  unlaunched: Unlaunched;
  stopAfter: StopAfter;
}): AsyncGenerator<RunEvent> {
  const verdict = unlaunchedVerdict(request, unlaunched);
  const lastLines = unlaunched.kind === "failed" ? unlaunched.lastLines : [];
  await writer.appendEvent({ kind: "ended", outcome: verdict.outcome.kind }, unlaunched.endedMs);
  const stop = stopAfter({ result: verdict, lastLine: lastLines.at(-1) });
  const seriesStop = stop === undefined ? {} : { seriesStop: stop };
  const result = await writer.finish({ ...verdict, ...seriesStop });
  yield { kind: "finished", report: { request, result }, lastLines };
}

/** Closes the record of a run whose job could not be started because of an error. */
export async function endUnstarted(
  request: RunRequest,
  { writer, nowMs }: { writer: RunWriter; nowMs: () => number },
  error: unknown,
): Promise<void> {
  if (!(error instanceof UserError)) return writer.close();
  const endedMs = nowMs();
  await writer.appendEvent({ kind: "ended", outcome: "died" }, endedMs);
  const waits = { prepareMs: undefined, queuedMs: undefined };
  const verdict = unlaunchedVerdict(request, { kind: "withdrawn", ...waits, endedMs });
  const outcome = { kind: "died", notStarted: true } as const;
  const { code, message } = error;
  await writer.finish({ ...verdict, outcome, findings: [{ rule: "start-failed", code, message }] });
}

/** The verdict on a run whose program was not started: nothing is timed, and only the staging of data is billed. */
function unlaunchedVerdict(
  { runId, target, price, system, launchTarget, continues }: RunRequest,
  unlaunched: Unlaunched,
): Verdict {
  const { prepareMs, dataMs, endedMs } = unlaunched;
  const billedMs = dataMs ?? 0;
  const isFailed = unlaunched.kind === "failed";
  return {
    schemaVersion: 1,
    runId,
    outcome: isFailed ? { kind: "died", ...unlaunched.exit } : { kind: "interrupted" },
    clock: { launchedMs: endedMs, endedMs, billedMs, source: "arrival" },
    ...(target === undefined ? {} : { target }),
    evaluations: [],
    cost: costOfParts({ billedMs, trainingMs: undefined, price, launchTarget, system }, continues),
    energy: [...(continues?.energy ?? [])],
    ...(continues === undefined ? {} : { continues: continuedTotals(continues, { endedMs }) }),
    notMeasured: [],
    findings: isFailed ? [{ rule: "prepare-failed", ...unlaunched.exit }] : [],
    ...(dataMs === undefined ? {} : { dataMs }),
    ...(prepareMs === undefined ? {} : { prepareMs }),
    ...(unlaunched.kind === "withdrawn" && unlaunched.queuedMs !== undefined
      ? { queuedMs: unlaunched.queuedMs }
      : {}),
  };
}
