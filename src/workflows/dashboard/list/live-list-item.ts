import { jobRanksOf } from "../../../schema/run/hosts/job-ranks.ts";
import type { RunProgress } from "../../../schema/run/run-progress.ts";
import { figuresOf, headOf, sparkOf, type ReadableItem, type Spark } from "./run-list-item.ts";
import type { WatchedRun } from "../follow/watch-run.ts";

/** The list entry of a run without a verdict: in progress, or abandoned. */
export function liveItem(run: WatchedRun, earlierCrossingsMs: readonly number[]): ReadableItem {
  const { request, log, record } = run;
  const progress = run.progress(earlierCrossingsMs);
  return {
    ...headOf(request),
    state: record.state.kind,
    ...figuresOf(progress),
    progressFraction: progressFractionOf(progress),
    rankCount: rankCountOf(run),
    ...(sparkOf(run.evaluations) ?? lossSpark(run)),
    findingsCount: log.reader.run.findings.length,
  };
}

function progressFractionOf({ clockMs, predicted }: RunProgress): number | undefined {
  if (clockMs === undefined || predicted?.kind !== "reaches") return undefined;
  const totalMs = clockMs + predicted.remainingMs;
  return totalMs > 0 ? clockMs / totalMs : 1;
}

function rankCountOf({ request: { startable }, record, samples, log }: WatchedRun): number {
  const launched = jobRanksOf(record.events.events).ranks.length;
  const workers = startable.kind === "embedded" ? startable.workers : 1;
  return Math.max(workers, launched, samples.steps.ranks().length, log.index.ranks().length);
}

function lossSpark({ log }: WatchedRun): Spark {
  const loss = log.spark.finish()?.samples ?? [];
  return loss.length >= 2 ? { spark: loss, sparkMetric: "loss" } : { spark: [] };
}
