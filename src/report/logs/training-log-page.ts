import { layOutTable } from "../../foundation/tables/text-table.ts";
import { formatCount, formatDuration, formatSignificant } from "../../foundation/numbers/units.ts";
import type {
  MetricTarget,
  TargetStanding,
  TargetWindow,
} from "../../schema/run/outcome/metric-target.ts";
import { formatTargets } from "../../schema/run/outcome/target-text.ts";
import type { Paint } from "../paint.ts";
import { standingLines } from "../runs/facts/target-lines.ts";
import { countOf } from "../wording.ts";

/** The data of the page. */
export interface TrainingLogInput {
  path: string;
  format: string;
  valueCount: number;
  metrics: readonly {
    metric: string;
    count: number;
    first: number;
    last: number;
    minimum: number | undefined;
    maximum: number | undefined;
    notFiniteCount: number;
  }[];
  leftOutCount: number;
  durationMs: number | undefined;
  target:
    | {
        target: MetricTarget;
        best: number | undefined;
        unusedCount: number;
        reached:
          | { value: number; step: number | undefined; sinceFirstMs: number | undefined }
          | undefined;
      }
    | undefined;
  /** Each target; present if there are several, or if a target is met by several values. */
  targets: readonly TargetStanding[] | undefined;
  targetWindow: TargetWindow | undefined;
  end:
    | { kind: "complete" }
    | { kind: "partial"; byteCount: number }
    | { kind: "corrupt"; atByte: number; reason: string };
}

/** Metrics with the most values are shown; `--verbose` shows all. */
const shownMetrics = 30;

/** The metrics of a training's log, and whether it met a target. */
export function trainingLogPage(
  log: TrainingLogInput,
  paint: Paint,
  { showsAll }: { showsAll: boolean },
): string {
  const duration =
    log.durationMs === undefined
      ? "no times in the log"
      : `${formatDuration(log.durationMs)} from the first to the last time`;
  const head = `${log.path}   ${log.format}   ${countOf(log.valueCount, "value")} of ${countOf(log.metrics.length, "metric")}   ${duration}`;
  const blocks = [
    head,
    targetLines(log, paint),
    metricTable(log, { showsAll }),
    endLine(log, paint),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function targetLines(log: TrainingLogInput, paint: Paint): string {
  const standings = standingLines(log.targets ?? []).map((line) => `  ${line}`);
  return [targetLine(log, paint), ...standings].filter((line) => line !== "").join("\n");
}

function targetLine(
  { target, targets = [], targetWindow }: TrainingLogInput,
  paint: Paint,
): string {
  if (target === undefined) return "";
  const furtherTargets = targets.slice(1).map((standing) => standing.target);
  const bound = formatTargets({ target: target.target, furtherTargets, targetWindow }) ?? "";
  const { reached, best } = target;
  if (reached === undefined) {
    const found = best === undefined ? noValue(target.unusedCount) : `best ${numberText(best)}`;
    const seen = targets.length > 1 ? "not all at the same time" : found;
    return `target ${bound}: ${paint.warn("missed")}, ${seen}`;
  }
  const where = reached.step === undefined ? "" : `, step ${formatCount(reached.step)}`;
  const when =
    reached.sinceFirstMs === undefined
      ? "; the log has no times, so there is no time to train"
      : `, ${formatDuration(reached.sinceFirstMs)} after the first time in the log`;
  return `target ${bound}: ${paint.good("reached")} with ${numberText(reached.value)}${where}${when}`;
}

function noValue(unusedCount: number): string {
  if (unusedCount === 0) return "no value of this metric";
  return `the metric has ${countOf(unusedCount, "value")} that ${unusedCount === 1 ? "does" : "do"} not count as ${unusedCount === 1 ? "an evaluation" : "evaluations"}, such as those of batches of training data; print the metric of each evaluation on a line of its own`;
}

function metricTable(
  { metrics, leftOutCount }: TrainingLogInput,
  { showsAll }: { showsAll: boolean },
): string {
  const sorted = metrics.toSorted((a, b) => b.count - a.count);
  const shown = showsAll ? sorted : sorted.slice(0, shownMetrics);
  const columns = [
    { head: "metric", align: "left" as const },
    { head: "values", align: "right" as const },
    ...["first", "last", "minimum", "maximum"].map((head) => ({ head, align: "decimal" as const })),
    { head: "", align: "left" as const },
  ];
  const rows = shown.map((metric) => [
    metric.metric,
    formatCount(metric.count),
    numberText(metric.first),
    numberText(metric.last),
    metric.minimum === undefined ? "" : numberText(metric.minimum),
    metric.maximum === undefined ? "" : numberText(metric.maximum),
    metric.notFiniteCount === 0 ? "" : `${formatCount(metric.notFiniteCount)} not finite`,
  ]);
  const rest = sorted.length - shown.length;
  const notes = [
    ...(rest > 0 ? [`${countOf(rest, "more metric")}; \`--verbose\` shows all`] : []),
    ...(leftOutCount > 0 ? [`${countOf(leftOutCount, "value")} of further metrics`] : []),
  ];
  return [...layOutTable(columns, rows), ...notes].map((line) => `  ${line}`).join("\n");
}

function endLine({ end }: TrainingLogInput, paint: Paint): string {
  switch (end.kind) {
    case "complete":
      return "";
    case "partial":
      return `${paint.warn("warning:")} the last ${countOf(end.byteCount, "byte")} are not a whole record: the file is being written, or was cut off`;
    case "corrupt":
      return `${paint.warn("warning:")} corrupt at byte ${formatCount(end.atByte)}: ${end.reason}`;
  }
}

function numberText(value: number): string {
  return Number.isFinite(value) ? formatSignificant(value, 5) : String(value);
}
