import { layOutTable } from "../../foundation/text-table.ts";
import { formatCount, formatDuration, formatSignificant } from "../../foundation/units.ts";
import type { MetricTarget } from "../../schema/run/metric-target.ts";
import { formatTarget } from "../../schema/run/target-text.ts";
import type { Paint } from "../paint.ts";
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
        reached:
          | { value: number; step: number | undefined; sinceFirstMs: number | undefined }
          | undefined;
      }
    | undefined;
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

function targetLines({ target }: TrainingLogInput, paint: Paint): string {
  if (target === undefined) return "";
  const bound = formatTarget(target.target);
  const { reached, best } = target;
  if (reached === undefined) {
    const found = best === undefined ? "no value of this metric" : `best ${numberText(best)}`;
    return `target ${bound}: ${paint.warn("missed")}, ${found}`;
  }
  const where = reached.step === undefined ? "" : `, step ${formatCount(reached.step)}`;
  const when =
    reached.sinceFirstMs === undefined
      ? "; the log has no times, so there is no time to train"
      : `, ${formatDuration(reached.sinceFirstMs)} after the first time in the log`;
  return `target ${bound}: ${paint.good("reached")} with ${numberText(reached.value)}${where}${when}`;
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
