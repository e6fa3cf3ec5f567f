import { layOutTable } from "../../../foundation/tables/text-table.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatSignificant,
} from "../../../foundation/numbers/units.ts";
import { type JobRanks, jobRanksOf } from "../../../schema/run/hosts/job-ranks.ts";
import { isJudged } from "../../../schema/run/outcome/is-judged.ts";
import { roleSuffix } from "../../../schema/run/outcome/counted-runs.ts";
import type { RunLabels } from "../../../schema/run/request/run-labels.ts";
import { formatTag } from "../../../schema/run/request/tag-text.ts";
import type { MetricCurve } from "../../../schema/run/measured/metric-curve.ts";
import type { RecordIntegrity, RunPage } from "../../../schema/run/run-page.ts";
import type { Evaluation } from "../../../schema/run/outcome/run-result.ts";
import type { Paint } from "../../paint.ts";
import {
  describeIntegrity,
  describeVerdictDifference,
  isAltered,
} from "../facts/describe-integrity.ts";
import { abandonedText, describeEnd } from "../facts/describe-outcome.ts";
import { planComparisonBlock } from "./plan-comparison-text.ts";
import { continuedText } from "../facts/continued-text.ts";
import { timelineLines } from "../timeline/timeline.ts";
import { checklistLines, checklistText, rulesText } from "../facts/rules-text.ts";
import { hasKnownSeed, logTimesText, startableText } from "../facts/origin-text.ts";
import { hostClockLines } from "../timeline/host-clock-text.ts";
import { conditionsText } from "./conditions-text.ts";
import { sparkline } from "../../sparkline.ts";
import { ledgerFacts } from "./ledger-text.ts";
import { standingLines } from "../facts/target-lines.ts";
import { countOf } from "../../wording.ts";

const shownEvaluationCount = 12;
const sparklineWidth = 24;

/** One run in full: the request, the machine, the outcome, and the integrity of the record. */
export function runPage(
  page: RunPage,
  paint: Paint,
  { isVerbose, width }: { isVerbose: boolean; width: number },
): string {
  return [
    factBlock(page, paint),
    planComparisonBlock(page.planComparison, paint, width),
    evaluationBlock(page, paint, isVerbose),
    curveBlock([...untimedCurve(page), ...page.curves]),
    isVerbose ? checklistLines(page.checklist, paint).join("\n") : "",
    timelineBlock(page, paint, isVerbose),
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

function factBlock(page: RunPage, paint: Paint): string {
  const { request, result } = page;
  const { startable, system, environment } = request;
  const facts: [string, string][] = [
    ["state", stateText(page, paint)],
    [startable.kind === "imported" ? "source" : "command", startableText(startable)],
    ["seed", seedText(request)],
    ...(request.retryOf === undefined ? [] : [retryFact(request.retryOf)]),
    ...continuedFacts(request, result),
    [
      startable.kind === "imported" ? "imported" : "started",
      new Date(request.createdMs).toISOString(),
    ],
    ["machine", [system.system_name, system.host_processor_model_name].filter(Boolean).join(", ")],
    [
      "versions",
      `Pitwall ${environment.pitwallVersion}, Node.js ${environment.nodeVersion}, ${environment.platform}${commitText(page)}`,
    ],
  ];
  facts.push(...labelFacts(request.labels));
  if (startable.kind === "imported") {
    facts.push(["times", logTimesText(startable.origin.times)]);
    facts.push(...settingFacts(startable.origin.settings));
  }
  facts.push(...waitFacts(request, result));
  if (result === undefined) facts.push(...targetFacts(page));
  if (page.job.ranks.length > 1) facts.push(["job", jobText(page.job)]);
  facts.push(...clockFacts(page));
  if (result !== undefined) facts.push(...measuredFacts(request, result));
  if (page.ledger !== undefined) facts.push(...ledgerFacts(page.ledger));
  facts.push(["rules", rulesFact(page, paint)]);
  facts.push(["record", paint.name(page.directory)], ["", integrityText(page.integrity, paint)]);
  if (page.verdictIsAsSealed === true) facts.push(["", asSealedText(request.runId)]);
  for (const difference of page.verdictDifferences)
    facts.push(["", paint.bad(describeVerdictDifference(difference))]);
  const width = Math.max(...facts.map(([label]) => label.length));
  return [
    paint.strong(request.runId),
    "",
    ...facts.map(([label, text]) => `  ${label.padEnd(width)}   ${text}`),
  ].join("\n");
}

function asSealedText(runId: string): string {
  return `the verdict is as sealed; \`pitwall verify ${runId}\` computes it again from all evaluations`;
}

/** How the clocks of the hosts compare with that of the launching machine. */
function clockFacts({ events }: RunPage): [string, string][] {
  return hostClockLines(events).map((line, index) => [index === 0 ? "clocks" : "", line]);
}

/** What happened before the launch. */
function waitFacts({ prepare }: RunPage["request"], result: RunPage["result"]): [string, string][] {
  const facts: [string, string][] = [];
  if (result?.dataMs !== undefined)
    facts.push(["data", `staged in ${formatDuration(result.dataMs)}, billed and not timed`]);
  if (prepare !== undefined) facts.push(["prepare", prepareText(prepare, result?.prepareMs)]);
  const queuedMs = result?.queuedMs;
  if (queuedMs !== undefined)
    facts.push(["queue", `${formatDuration(queuedMs)}, neither timed nor billed`]);
  return facts;
}

const shownSettingCount = 8;

/** The settings that a tracker stored, the shortest names first. */
function settingFacts(settings: Readonly<Record<string, string>> = {}): [string, string][] {
  const entries = Object.entries(settings).toSorted(
    ([left], [right]) => left.length - right.length,
  );
  if (entries.length === 0) return [];
  const shown = entries.slice(0, shownSettingCount).map(([name, text]) => `${name}=${text}`);
  const more = entries.length - shown.length;
  return [["settings", `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`]];
}

function labelFacts({ tags = {}, note }: RunLabels = {}): [string, string][] {
  const tagText = Object.entries(tags).map(formatTag).join(", ");
  return [
    ...(tagText === "" ? [] : [["tags", tagText] satisfies [string, string]]),
    ...(note === undefined ? [] : [["note", note] satisfies [string, string]]),
  ];
}

function seedText(request: RunPage["request"]): string {
  if (!hasKnownSeed(request)) return "unknown: the log does not state it";
  const { seed, isWarmup, retryOf } = request;
  return `${seed}${roleSuffix({ isWarmup, retryOf })}`;
}

function continuedFacts(
  request: RunPage["request"],
  result: RunPage["result"],
): [string, string][] {
  const text = continuedText(request, result);
  return text === undefined ? [] : [["continues", text]];
}

function retryFact(retryOf: string): [string, string] {
  return ["retry of", `${retryOf}, which died`];
}

function jobText({ hosts, ranks }: JobRanks): string {
  const size = `${countOf(hosts.length, "host")}, ${countOf(ranks.length, "rank")}`;
  return `${size}: ${hosts.join(", ")}`;
}

/** The rules evaluated on the log now. If the stored verdict differs, it is printed too. */
function rulesFact({ rules, checklist, result }: RunPage, paint: Paint): string {
  if (rules === undefined) return checklistText(checklist, paint);
  const text = rulesText(rules, paint);
  const stored = result?.rules;
  if (stored === undefined || stored.verdict === rules.verdict) return text;
  return `${text} (stored verdict: ${rulesText(stored, paint)})`;
}

function stateText({ request, state, result, progress }: RunPage, paint: Paint): string {
  if (result !== undefined) return describeEnd(result, paint);
  const progressText =
    progress.evaluationCount === 0
      ? "before the first evaluation"
      : `after ${countOf(progress.evaluationCount, "evaluation")}, best ${formatSignificant(progress.best ?? Number.NaN, 4)}`;
  if (state.kind === "running") return `${paint.good("running")}, ${progressText}`;
  return `${paint.warn("abandoned")} ${progressText}: ${abandonedText(request)}`;
}

function commitText({ request }: RunPage): string {
  const { commit, commitIsDirty } = request.environment;
  if (commit === undefined) return "";
  return `, commit ${commit.slice(0, 10)}${commitIsDirty === true ? " with uncommitted changes" : ""}`;
}

function timeText(
  clock: NonNullable<RunPage["result"]>["clock"],
  { metricsFrom }: RunPage["request"]["reading"],
): string {
  const parts = [`${formatDuration(clock.endedMs - clock.launchedMs)} from launch to exit`];
  if (clock.initMs !== undefined) parts.unshift(`${formatDuration(clock.initMs)} initialization`);
  const isOfFiles = clock.source === "arrival" && metricsFrom !== undefined;
  return `${parts.join(", ")}; clock source: ${isOfFiles ? fileTimes : clockSources[clock.source]}`;
}

/** `time_from` of each value in the log says which. */
const fileTimes = "times stated in the metric files, else those at which the files changed";

const clockSources = {
  mllog: "times in the program's MLLOG lines",
  arrival: "arrival times of the output",
  program: "the program's own clock",
  log: "times in the imported log",
} as const;

/** The command before the run, with its time if that is worth showing. */
function prepareText(command: string, prepareMs: number | undefined): string {
  const time = prepareMs === undefined ? "" : `, ${formatDuration(prepareMs)}, not timed`;
  return `\`${command}\`${time}`;
}

/** Nothing was measured of an imported run. */
function measuredFacts(
  { startable, reading }: RunPage["request"],
  result: NonNullable<RunPage["result"]>,
): [string, string][] {
  if (startable.kind === "imported") {
    if (startable.origin.times.source === "none") return [];
    return [["log", `${formatDuration(result.clock.billedMs)} from its first to its last time`]];
  }
  return [
    ["time", timeText(result.clock, reading)],
    ["resources", usedText(result)],
    ...conditionFacts(result),
  ];
}

function conditionFacts({ conditions }: NonNullable<RunPage["result"]>): [string, string][] {
  const text = conditionsText(conditions);
  return text === undefined ? [] : [["conditions", text]];
}

function usedText({ cpuSeconds, peakMemoryBytes }: NonNullable<RunPage["result"]>): string {
  const parts = [];
  if (cpuSeconds !== undefined) parts.push(`${formatSignificant(cpuSeconds, 3)} CPU-seconds`);
  if (peakMemoryBytes !== undefined) parts.push(`${formatBytes(peakMemoryBytes)} peak memory`);
  return parts.length === 0 ? "not measured on this machine" : parts.join(", ");
}

function integrityText(integrity: RecordIntegrity, paint: Paint): string {
  const text = describeIntegrity(integrity);
  return isAltered(integrity) ? paint.bad(text) : paint.faint(text);
}

function evaluationBlock(
  { progress, request, result }: RunPage,
  paint: Paint,
  isVerbose: boolean,
): string {
  const { evaluations, evaluationCount } = progress;
  if (evaluations.length === 0) return "";
  const isCut = !isVerbose && evaluations.length > shownEvaluationCount;
  const shown = isCut ? evaluations.slice(-shownEvaluationCount) : evaluations;
  const metric = result?.target?.metric ?? request.target?.metric ?? "quality";
  const lines = evaluationTable(shown, metric, { isTimed: hasTimes(request) });
  const skipped = evaluations.length - shown.length;
  const note = isCut
    ? [paint.faint(`  … ${countOf(skipped, "earlier evaluation")}: --verbose shows all`)]
    : [];
  const thinned =
    evaluationCount === evaluations.length
      ? []
      : [
          paint.faint(
            `  ${formatCount(evaluations.length)} of ${formatCount(evaluationCount)} evaluations are stored, with all extremes`,
          ),
        ];
  return [...thinned, ...note, ...lines.map((line) => `  ${line}`)].join("\n");
}

/** Each target of a run without a result; a result has a card, which lists them. */
function targetFacts({ progress }: RunPage): [string, string][] {
  const lines = standingLines(progress.targets ?? []);
  return lines.map((line, index) => [index === 0 ? "targets" : "", line]);
}

/** The curve of the target's metric over the steps of a log without times: its table shows only the last values. */
function untimedCurve({ request, progress, result }: RunPage): MetricCurve[] {
  const { evaluations, evaluationCount } = progress;
  if (hasTimes(request) || evaluations.length < 2) return [];
  return [
    {
      metric: result?.target?.metric ?? request.target?.metric ?? "quality",
      count: evaluationCount,
      clockMs: evaluations.map(({ clockMs }) => clockMs),
      values: evaluations.map(({ value }) => value),
    },
  ];
}

/** The metrics other than that of the first target. */
function curveBlock(curves: readonly MetricCurve[]): string {
  if (curves.length === 0) return "";
  const lines = layOutTable(
    [
      { head: "metric", align: "left" },
      { head: "values", align: "right" },
      { head: "first", align: "decimal" },
      { head: "last", align: "decimal" },
      { head: "minimum", align: "decimal" },
      { head: "maximum", align: "decimal" },
      { head: "", align: "left" },
    ],
    curves.map(({ metric, count, values }) => [
      metric,
      formatCount(count),
      ...[values.at(0), values.at(-1), ...extremesOf(values)].map((value) =>
        formatSignificant(value ?? Number.NaN, 4),
      ),
      sparkline(values, sparklineWidth),
    ]),
  );
  return lines.map((line) => `  ${line}`).join("\n");
}

function extremesOf(values: readonly number[]): [minimum: number, maximum: number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
}

function hasTimes({ startable }: RunPage["request"]): boolean {
  return startable.kind !== "imported" || startable.origin.times.source !== "none";
}

function evaluationTable(
  evaluations: readonly Evaluation[],
  metric: string,
  { isTimed }: { isTimed: boolean },
): string[] {
  const hasSteps = evaluations.some(({ step }) => step !== undefined);
  return layOutTable(
    [
      { head: isTimed ? "clock (s)" : "clock", align: "decimal" },
      ...(hasSteps ? [{ head: "step", align: "right" as const }] : []),
      { head: "samples", align: "right" },
      { head: metric, align: "decimal" },
    ],
    evaluations.map((evaluation) => evaluationRow(evaluation, { isTimed, hasSteps })),
  );
}

function evaluationRow(
  { clockMs, step, samplesCount, value }: Evaluation,
  { isTimed, hasSteps }: { isTimed: boolean; hasSteps: boolean },
): string[] {
  return [
    isTimed ? (clockMs / 1000).toFixed(2) : "",
    ...(hasSteps ? [step === undefined ? "" : String(step)] : []),
    samplesCount === undefined ? "" : formatCount(samplesCount),
    formatSignificant(value, 5),
  ];
}

function timelineBlock(
  { request: { startable }, result, events }: RunPage,
  paint: Paint,
  isVerbose: boolean,
): string {
  const lines = timelineLines(events, {
    isOneRank: jobRanksOf(events).ranks.length <= 1,
    isJudged: result === undefined || isJudged(result),
    isImported: startable.kind === "imported",
    showsAllRanks: isVerbose,
  });
  const startMs = lines[0]?.timeMs ?? 0;
  return lines
    .map(({ timeMs, text }) => {
      const at = `+${((timeMs - startMs) / 1000).toFixed(2)} s`;
      return paint.faint(`  ${at.padStart(10)}   ${text}`);
    })
    .join("\n");
}
