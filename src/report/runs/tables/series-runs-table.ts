import { layOutTable } from "../../../foundation/tables/text-table.ts";
import { formatCount, formatSignificant } from "../../../foundation/numbers/units.ts";
import type { RunReport, SeriesSummary } from "../../../schema/run/outcome/series-summary.ts";
import type { Paint } from "../../paint.ts";
import { describeEnd } from "../facts/describe-outcome.ts";
import { hasKnownSeed } from "../facts/origin-text.ts";

/** The runs of a series as a table; empty for a single run. */
export function seriesRunsTable(
  summary: SeriesSummary,
  runs: readonly RunReport[],
  paint: Paint,
): string[] {
  if (runs.length < 2) return [];
  const hasSamples = summary.samplesToTarget !== undefined;
  const { furtherTargets = [] } = summary;
  const hasInit = runs.some(({ result }) => (result.clock.initMs ?? 0) > 0);
  const trainTexts = secondsColumn(
    runs.map(({ result: { outcome } }) =>
      outcome.kind === "reached" ? outcome.timeToTrainMs : undefined,
    ),
  );
  const initTexts = secondsColumn(runs.map(({ result }) => result.clock.initMs));
  const rows = runs.map((run, row) => {
    const { outcome } = run.result;
    const isReached = outcome.kind === "reached";
    return [
      String(run.request.series.index),
      hasKnownSeed(run.request) ? String(run.request.seed) : "",
      trainTexts[row] ?? "",
      bestText(run),
      ...furtherTargets.map((_, index) => furtherBest(run, index + 1)),
      ...(hasSamples
        ? [isReached && outcome.samplesCount !== undefined ? formatCount(outcome.samplesCount) : ""]
        : []),
      ...(hasInit ? [initTexts[row] ?? ""] : []),
      describeEnd(run.result, paint) + roleNote(summary, runs, run, paint),
    ];
  });
  const table = layOutTable(
    [
      { head: "run", align: "right" },
      { head: "seed", align: "right" },
      { head: "time (s)", align: "decimal" },
      { head: summary.target?.metric ?? "quality", align: "decimal" },
      ...furtherTargets.map(({ metric }) => ({ head: metric, align: "decimal" as const })),
      ...(hasSamples ? [{ head: "samples", align: "right" as const }] : []),
      ...(hasInit ? [{ head: "init (s)", align: "decimal" as const }] : []),
      { head: "outcome", align: "left" },
    ],
    rows,
  );
  return table.map((line) => `  ${line}`);
}

/** Times in seconds, all with the decimals that give the shortest three significant digits. */
function secondsColumn(timesMs: readonly (number | undefined)[]): string[] {
  const known = timesMs.filter((ms) => ms !== undefined);
  const shortest = Math.min(...known.filter((ms) => ms > 0)) / 1000;
  const [, decimals = ""] = formatSignificant(shortest, shortest >= 100 ? 4 : 3).split(".");
  return timesMs.map((ms) =>
    ms === undefined ? "" : (ms / 1000).toFixed(Math.min(3, decimals.length)),
  );
}

/** The quality that met the target, else the best one; empty if there is none. */
export function bestText({ result }: RunReport): string {
  const { outcome } = result;
  const value = outcome.kind === "reached" ? outcome.quality : outcome.bestQuality;
  return value === undefined ? "" : formatSignificant(value, 4);
}

/** The best value of a further target's metric. */
function furtherBest({ result }: RunReport, index: number): string {
  const best = result.targets?.[index]?.best;
  return best === undefined ? "" : formatSignificant(best, 4);
}

/** How the score uses a run of the table. */
function roleNote(
  summary: SeriesSummary,
  runs: readonly RunReport[],
  { request }: RunReport,
  paint: Paint,
): string {
  if (request.isWarmup === true) return paint.faint(", warm-up: not counted");
  const retry = runs.find((run) => run.request.retryOf === request.runId);
  if (retry !== undefined) return paint.faint(`, retried as run ${retry.request.series.index}`);
  if (summary.score.kind === "resumed" && summary.score.resumed.includes(request.runId))
    return paint.faint(", resumed from a checkpoint: not counted");
  return droppedNote(summary, request.runId, paint);
}

function droppedNote({ score }: SeriesSummary, runId: string, paint: Paint): string {
  if (score.kind !== "scored") return "";
  if (score.droppedFastest.includes(runId)) return paint.faint(", dropped: fastest");
  if (score.droppedSlowest.includes(runId)) return paint.faint(", dropped: slowest");
  return score.countedRuns.includes(runId) ? "" : paint.faint(", not counted");
}
