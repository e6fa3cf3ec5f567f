import { layOutTable } from "../../foundation/tables/text-table.ts";
import {
  formatCount,
  formatDuration,
  formatMinutes,
  formatSignificant,
} from "../../foundation/numbers/units.ts";
import type { LogVerdict } from "../../schema/logs/log-verdict.ts";
import { causeLines } from "./cause-lines.ts";
import { findingLines } from "./check-report.ts";
import { describeRequirement } from "../findings/describe-requirement.ts";
import type { Paint } from "../paint.ts";
import { sparkline } from "../sparkline.ts";
import { countOf } from "../wording.ts";

/** A downsampled series. */
interface Series {
  count: number;
  least: number;
  most: number;
  last: number;
  samples: readonly number[];
}

interface Evaluation {
  line: number;
  timeMs: number;
  key: string;
  metric: string | undefined;
  value: unknown;
  progress: { field: string; amount: number } | undefined;
}

/** The data of the page. Times are milliseconds since the epoch. */
export interface LogPageInput {
  path: string;
  benchmark: string | undefined;
  division: string | undefined;
  timeToTrainMs: number | undefined;
  seeds: readonly string[];
  timeline: {
    organisation: string | undefined;
    platform: string | undefined;
    availability: string | undefined;
    globalBatchSize: number | undefined;
    status: string | undefined;
    moments: readonly { key: string; timeMs: number; line: number }[];
    firstTimeMs: number | undefined;
    lastTimeMs: number | undefined;
    evaluations: readonly Evaluation[];
    evaluationsLeftOut: number;
    loss: Series | undefined;
    throughput: Series | undefined;
    blockCount: number;
    eventCount: number;
    unreadableCount: number;
  };
  target: { key: string; text: string } | undefined;
  meetsTarget: readonly (boolean | undefined)[];
  verdict: LogVerdict | undefined;
}

/** One log in full: a summary, its facts, timeline, evaluations and findings. */
export function logPage(
  log: LogPageInput,
  paint: Paint,
  { showsAll, columns }: { showsAll: boolean; columns: number },
): string {
  return [
    answer(log, paint),
    factBlock(log, columns),
    timelineBlock(log),
    evaluationBlock(log, paint, showsAll),
    findingBlock(log, paint),
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

function answer(
  { benchmark, timeToTrainMs, timeline: { status }, verdict }: LogPageInput,
  paint: Paint,
): string {
  const time = timeToTrainMs === undefined ? "no time to train" : formatMinutes(timeToTrainMs);
  const parts = [paint.strong(benchmark ?? "unknown benchmark"), time];
  if (status !== undefined) parts.push(status === "success" ? status : paint.warn(status));
  if (verdict === undefined) parts.push("not checked against rules");
  else if (verdict.verdict === "pass") parts.push(`${paint.good("passes")} ${verdict.edition}`);
  else parts.push(`${paint.bad("fails")} ${verdict.edition ?? "any rules"}`);
  return parts.join("   ");
}

function factBlock(log: LogPageInput, columns: number): string {
  const { timeline, seeds } = log;
  const facts: [string, string | undefined][] = [
    ["log", log.path],
    ["submitter", timeline.organisation],
    ["system", timeline.platform],
    ["availability", timeline.availability],
    ["division", log.division],
    ["batch size", count(timeline.globalBatchSize)],
    ["seed", seeds.length > 3 ? `${seeds.length} different seeds` : seeds.join(", ") || undefined],
    ["lines", linesText(timeline)],
    ["throughput", throughputText(timeline.throughput)],
    ["loss", lossText(timeline.loss, columns)],
  ];
  const known = facts.flatMap(([label, text]) => (text === undefined ? [] : [[label, text]]));
  return known.map(([label = "", text = ""]) => `  ${label.padEnd(12)}   ${text}`).join("\n");
}

function count(amount: number | undefined): string | undefined {
  return amount === undefined ? undefined : formatCount(amount);
}

function linesText({ eventCount, unreadableCount }: LogPageInput["timeline"]): string {
  const unreadable = unreadableCount === 0 ? "" : `, ${formatCount(unreadableCount)} unreadable`;
  return `${countOf(eventCount, "event")}${unreadable}`;
}

function throughputText(series: Series | undefined): string | undefined {
  if (series === undefined) return undefined;
  const { samples, least: minimum, most: maximum } = series;
  const sorted = samples.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? maximum;
  const range =
    minimum === maximum
      ? ""
      : ` (${formatSignificant(minimum, 4)} … ${formatSignificant(maximum, 4)})`;
  return `median ${formatSignificant(median, 4)} samples/s${range}, logged ${countOf(series.count, "time")}`;
}

function lossText(series: Series | undefined, columns: number): string | undefined {
  if (series === undefined) return undefined;
  const first = series.samples[0] ?? series.last;
  const width = Math.max(10, Math.min(60, columns - 50));
  return `${formatSignificant(first, 4)} ${sparkline(series.samples, width)} ${formatSignificant(series.last, 4)}, logged ${countOf(series.count, "time")}`;
}

const meanings: Readonly<Record<string, string>> = {
  init_start: "initialization starts",
  init_stop: "initialization ends",
  run_start: "the clock starts",
  run_stop: "the clock stops",
};

function timelineBlock({ timeline }: LogPageInput): string {
  const { moments, firstTimeMs, lastTimeMs, evaluations, blockCount } = timeline;
  const [first] = moments;
  if (firstTimeMs === undefined || lastTimeMs === undefined) return "";
  const originMs = first?.timeMs ?? firstTimeMs;
  const began = new Date(originMs).toISOString().replace("T", " ").replace(/\..*$/, " UTC");
  let beforeMs = originMs;
  const rows = moments.map(({ key, timeMs, line }) => {
    const step = timeMs - beforeMs;
    beforeMs = timeMs;
    const detail =
      key === "run_stop"
        ? `after ${countOf(evaluations.length, "evaluation")}, ${countOf(blockCount, "block")} of training`
        : "";
    return [
      formatDuration(timeMs - originMs),
      `+${formatDuration(step)}`,
      key,
      meanings[key] ?? "",
      `line ${line}`,
      detail,
    ];
  });
  if (!moments.some(({ key }) => key === "run_stop")) {
    const since = formatDuration(lastTimeMs - originMs);
    const step = formatDuration(lastTimeMs - beforeMs);
    rows.push([since, `+${step}`, "-", "last line; the clock never stops", "", ""]);
  }
  const [, ...lines] = layOutTable(
    [
      { head: "", align: "right" },
      { head: "", align: "right" },
      { head: "", align: "left" },
      { head: "", align: "left" },
      { head: "", align: "left" },
      { head: "", align: "left" },
    ],
    rows,
  );
  return [`timeline, from ${began}`, ...lines.map((line) => `  ${line}`)].join("\n");
}

const shownEvaluations = 12;

function evaluationBlock(log: LogPageInput, paint: Paint, showsAll: boolean): string {
  const { evaluations, moments, evaluationsLeftOut } = log.timeline;
  const aim =
    log.target === undefined
      ? ""
      : `   target ${log.target.key} ${describeRequirement(log.target.text, {})}`;
  if (evaluations.length === 0) return aim === "" ? "" : `no evaluations${aim}`;
  const startMs = moments.find(({ key }) => key === "run_start")?.timeMs;
  const rows = evaluations.map(({ metric, key, timeMs, progress, value, line }, index) => [
    startMs === undefined ? "" : formatDuration(timeMs - startMs),
    progress === undefined ? "" : `${progress.field} ${amountText(progress.amount)}`,
    metric ?? key,
    valueText(value),
    metText(log.meetsTarget[index], paint),
    `line ${line}`,
  ]);
  const hidden = showsAll ? 0 : Math.max(0, rows.length - shownEvaluations);
  const lines = layOutTable(
    [
      { head: "after", align: "right" },
      { head: "trained", align: "left" },
      { head: "metric", align: "left" },
      { head: "value", align: "decimal" },
      { head: "target", align: "left" },
      { head: "", align: "left" },
    ],
    rows.slice(hidden),
  );
  const left = hidden + evaluationsLeftOut;
  const more =
    left === 0
      ? []
      : [
          paint.faint(
            `  last ${rows.length - hidden} of ${rows.length + evaluationsLeftOut}; show more with \`--verbose\``,
          ),
        ];
  return [`evaluations${aim}`, ...lines.map((line) => `  ${line}`), ...more].join("\n");
}

function amountText(amount: number): string {
  return Number.isInteger(amount) ? formatCount(amount) : formatSignificant(amount, 4);
}

function metText(isMet: boolean | undefined, paint: Paint): string {
  if (isMet === undefined) return "";
  return isMet ? paint.good("met") : "not met";
}

function valueText(value: unknown): string {
  if (typeof value === "number") return formatSignificant(value, 5);
  return JSON.stringify(value) ?? "";
}

function findingBlock({ verdict, path }: LogPageInput, paint: Paint): string {
  if (verdict === undefined) {
    return `next: ${paint.name(`pitwall log ${path} --edition 5.1`)}   checks it against the rules of a round; the log does not name one`;
  }
  const { findings, warnings, causes } = verdict;
  const parts = [];
  if (causes.length > 0) parts.push([paint.warn("found by Pitwall"), ...causeLines(causes, paint)]);
  if (findings.length > 0) {
    parts.push([paint.bad("broken rules"), ...findingLines(verdict, findings, paint)]);
  }
  if (warnings.length > 0) {
    parts.push([paint.warn("warnings"), ...findingLines(verdict, warnings, paint)]);
  }
  return parts.map((lines) => lines.join("\n")).join("\n\n");
}
