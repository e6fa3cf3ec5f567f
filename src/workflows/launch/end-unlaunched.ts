import type { RunEvent } from "../../schema/run/run-event.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { Verdict } from "../../schema/run/run-result.ts";
import { continuedTotals, costOfParts } from "../../score/parts/totals-of-parts.ts";
import type { StopAfter } from "../../score/series-stop.ts";
import type { RunWriter } from "../../store/records/run-store.ts";
import type { Prepared } from "./prepare-run.ts";

/** Closes the record of a run that was not launched: its `--prepare` command failed or was interrupted. */
export async function* endUnlaunched({
  request,
  writer,
  prepared,
  stopAfter,
}: {
  request: RunRequest;
  writer: RunWriter;
  prepared: Exclude<Prepared, { kind: "ready" }>;
  stopAfter: StopAfter;
}): AsyncGenerator<RunEvent> {
  const verdict = unlaunchedVerdict(request, prepared);
  const lastLines = prepared.kind === "failed" ? prepared.lastLines : [];
  await writer.appendEvent({ kind: "ended", outcome: verdict.outcome.kind }, prepared.endedMs);
  const stop = stopAfter({ result: verdict, lastLine: lastLines.at(-1) });
  const seriesStop = stop === undefined ? {} : { seriesStop: stop };
  const result = await writer.finish({ ...verdict, ...seriesStop });
  yield { kind: "finished", report: { request, result }, lastLines };
}

/** The verdict on a run whose program was not started: nothing is timed, and nothing is billed. */
function unlaunchedVerdict(
  { runId, target, price, system, continues }: RunRequest,
  prepared: Exclude<Prepared, { kind: "ready" }>,
): Verdict {
  const { prepareMs, endedMs } = prepared;
  const isFailed = prepared.kind === "failed";
  return {
    schemaVersion: 1,
    runId,
    outcome: isFailed ? { kind: "died", ...prepared.exit } : { kind: "interrupted" },
    clock: { launchedMs: endedMs, endedMs, billedMs: 0, source: "arrival" },
    ...(target === undefined ? {} : { target }),
    evaluations: [],
    cost: costOfParts({ billedMs: 0, trainingMs: undefined, price, system }, continues),
    energy: [...(continues?.energy ?? [])],
    ...(continues === undefined ? {} : { continues: continuedTotals(continues, { endedMs }) }),
    notMeasured: [],
    findings: isFailed ? [{ rule: "prepare-failed", ...prepared.exit }] : [],
    prepareMs,
  };
}
