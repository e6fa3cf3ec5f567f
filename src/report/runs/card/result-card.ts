import {
  formatCount,
  formatDuration,
  formatJoules,
  formatSignificant,
  formatUsd,
} from "../../../foundation/numbers/units.ts";
import { countedRuns } from "../../../schema/run/outcome/counted-runs.ts";
import { isJudged } from "../../../schema/run/outcome/is-judged.ts";
import type { EnergyReading } from "../../../schema/run/measured/energy.ts";
import { formatTargets } from "../../../schema/run/outcome/target-text.ts";
import type {
  RunReport,
  SeriesScore,
  SeriesSummary,
  UncountedRuns,
} from "../../../schema/run/outcome/series-summary.ts";
import { describeFinding } from "../../findings/describe-finding.ts";
import { standingLines, standingsLines } from "../facts/target-lines.ts";
import { describeEnd } from "../facts/describe-outcome.ts";
import { plainPaint, type Paint } from "../../paint.ts";
import { logTimesText } from "../facts/origin-text.ts";
import { nextLines } from "./next-steps.ts";
import { continuedText } from "../facts/continued-text.ts";
import { bestText, seriesRunsTable } from "../tables/series-runs-table.ts";
import { seriesStopText } from "./series-stop-text.ts";
import { acceleratorsText, hasAccelerators } from "./accelerators-text.ts";
import { seriesRulesText } from "../facts/rules-text.ts";
import { countOf, formatRate } from "../../wording.ts";

/**
 * The result of `pitwall run`: times, cost, a table of the runs, warnings, and next commands.
 *
 * @param options whether to include the next commands and the row on rules; default: both
 */
export function resultCard(
  summary: SeriesSummary,
  runs: readonly RunReport[],
  paint: Paint,
  { withNext = true, withRules = true } = {},
): string {
  const counted = countedOrAll(runs);
  const blocks = [
    [heading(summary, runs, paint)],
    factLines(summary, runs, withRules ? rulesFacts(runs, paint) : []),
    seriesRunsTable(summary, runs, paint),
    findingLines(summary, runs, paint),
    withNext ? nextLines(summary, counted, paint) : [],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** The runs that count; all runs if none does, as for a warm-up shown alone. */
function countedOrAll(runs: readonly RunReport[]): readonly RunReport[] {
  const counted = countedRuns(runs);
  return counted.length === 0 ? runs : counted;
}

function heading(summary: SeriesSummary, runs: readonly RunReport[], paint: Paint): string {
  const startable = runs[0]?.request.startable;
  const workers = startable?.kind === "embedded" ? [countOf(startable.workers, "worker")] : [];
  const imported = startable?.kind === "imported" ? ["imported"] : [];
  const where = [...imported, ...workers, ...jobSize(runs)];
  return [paint.strong(summary.name), ...where, countsText(summary)].join("   ");
}

/** The number of runs, and how many of them do not count. */
function countsText({ score, runCount, completedCount, warmup, retried }: SeriesSummary): string {
  const dropped =
    score.kind === "scored" ? score.droppedFastest.length + score.droppedSlowest.length : 0;
  const interrupted = runCount - completedCount;
  return [
    countOf(runCount, "run"),
    ...(score.kind === "incomplete" ? [`${score.need} requested`] : []),
    ...(interrupted > 0 && runCount > 1 ? [`${interrupted} interrupted`] : []),
    ...(dropped > 0 ? [`${dropped} dropped`] : []),
    ...(retried === undefined ? [] : [`${countOf(retried.count, "attempt")} retried`]),
    ...(warmup === undefined ? [] : [`${countOf(warmup.count, "warm-up")} not counted`]),
  ].join(", ");
}

/** Hosts and ranks, where a job had more than one rank. */
function jobSize(runs: readonly RunReport[]): string[] {
  const job = runs.find(({ result }) => result.job !== undefined)?.result.job;
  if (job === undefined) return [];
  return [`${countOf(job.hosts.length, "host")}, ${countOf(job.rankCount, "rank")}`];
}

function factLines(
  summary: SeriesSummary,
  runs: readonly RunReport[],
  more: readonly string[][],
): string[] {
  const facts = [...cardFacts(summary, runs), ...more];
  const width = Math.max(...facts.map(([label]) => label?.length ?? 0));
  return facts.map(([label, text]) => `  ${(label ?? "").padEnd(width)}   ${text ?? ""}`);
}

/** The facts of the card as labels with texts, without the row on rules. */
export function cardFacts(summary: SeriesSummary, runs: readonly RunReport[]): string[][] {
  return [
    ...timeFacts(summary, runs),
    ...clockFacts(runs),
    ...continuedFacts(runs),
    ...dataFacts(runs),
    ...prepareFacts(runs),
    ...queueFacts(runs),
    ["target", targetFact(summary, countedOrAll(runs))],
    ...standingFacts(summary, countedOrAll(runs)),
    ...sampleFacts(summary, runs),
    ...acceleratorFacts(runs),
    ...costFacts(summary, runs),
    ...summary.energy.map((reading): [string, string] => ["energy", energyFact(reading)]),
    ...missingEnergyFacts(runs),
  ];
}

function rulesFacts(runs: readonly RunReport[], paint: Paint): string[][] {
  const text = seriesRulesText(
    runs.flatMap(({ result }) => result.rules ?? []),
    paint,
  );
  return text === undefined ? [] : [["rules", text]];
}

function timeFacts(
  { score, timeToTrainMs: times, runCount, stop }: SeriesSummary,
  runs: readonly RunReport[],
): string[][] {
  if (score.kind === "resumed") return resumedFacts(score.resumed.length, runCount, times);
  if (score.kind === "incomplete" && score.need > 1) return incompleteFacts(score, times, stop);
  if (times === undefined) {
    const isUntimed = runs.some(({ result }) => result.outcome.kind === "untimed");
    const reason = isUntimed ? "none: the log has no times" : "none: no run reached the target";
    return [["time to train", runCount === 1 ? "none" : reason]];
  }
  const range = `range ${formatDuration(times.minimum)} … ${formatDuration(times.maximum)}`;
  switch (score.kind) {
    case "scored":
      return [
        [
          "time to train",
          `${formatDuration(score.meanMs)}   MLPerf mean: fastest and slowest dropped, ${score.countedRuns.length} counted`,
        ],
        ["median", `${formatDuration(times.median)}   ${range}`],
      ];
    case "too-few-converged":
      return [
        [
          "time to train",
          `no score: ${score.unconverged.length} runs missed the target; at most ${score.allowed} may`,
        ],
        [
          "median",
          `${formatDuration(times.median)}   ${range}, of the ${times.count} that reached it`,
        ],
      ];
    case "incomplete":
    case "too-few-runs":
      if (runCount === 1) return [["time to train", formatDuration(times.median)]];
      return [["median", `${formatDuration(times.median)}   ${range}`]];
  }
}

/** A run that resumed from a checkpoint is not a whole training. */
function resumedFacts(
  resumedCount: number,
  runCount: number,
  times: SeriesSummary["timeToTrainMs"],
): string[][] {
  const which = runCount === 1 ? "the run" : `${resumedCount} of ${countOf(runCount, "run")}`;
  const facts = [["time to train", `no time: ${which} resumed from a checkpoint`]];
  if (times === undefined) return facts;
  return [
    ...facts,
    ["median", `${formatDuration(times.median)} of ${times.count} whole trainings`],
  ];
}

/** The times of an incomplete series. It has no score, because the missing runs could change it. */
function incompleteFacts(
  { have, need }: Extract<SeriesScore, { kind: "incomplete" }>,
  times: SeriesSummary["timeToTrainMs"],
  stop: SeriesSummary["stop"],
): string[][] {
  const reason =
    stop === undefined
      ? `${have} of ${countOf(need, "requested run")} ended`
      : seriesStopText(stop, need);
  const facts = [["time to train", `no score: ${reason}`]];
  if (times === undefined) return facts;
  const range = `range ${formatDuration(times.minimum)} … ${formatDuration(times.maximum)}`;
  const which = `of the ${times.count} that reached the target`;
  return [...facts, ["median", `${formatDuration(times.median)}   ${range}, ${which}`]];
}

/** States that the clock includes initialization, if the program does not log where initialization ends. */
function clockFacts(runs: readonly RunReport[]): string[][] {
  const first = runs[0]?.result.clock;
  const startable = runs[0]?.request.startable;
  if (startable?.kind === "imported") return [["times", logTimesText(startable.origin.times)]];
  if (first?.programClock !== undefined) {
    const { name, timeMs, fromLaunchMs } = first.programClock;
    const both = `${formatDuration(timeMs)} by the program's clock \`${name}\`, ${formatDuration(fromLaunchMs)} from launch`;
    const which = runs.length > 1 ? " in the first run" : "";
    return [["clock", `${both}${which}; what the program's clock leaves out is not timed`]];
  }
  if (first?.runStartMs === undefined || first.initMs !== 0) return [];
  return [
    ["clock", "starts at launch and includes initialization; exclude it with `--clock-start`"],
  ];
}

/** The parts of a training that was cut; all figures of the card include them. */
function continuedFacts(runs: readonly RunReport[]): string[][] {
  return runs.flatMap(({ request, result }) => {
    const text = continuedText(request, result);
    return text === undefined ? [] : [["continues", text]];
  });
}

/** The time to put data on the hosts. */
function dataFacts(runs: readonly RunReport[]): string[][] {
  const times = runs.flatMap(({ result }) => result.dataMs ?? []);
  if (times.length === 0) return [];
  const time = formatDuration(Math.max(...times));
  return [
    ["data", `staged in ${times.length > 1 ? "up to " : ""}${time} before launch, not timed`],
  ];
}

/** The time of `--prepare` before each run, if it is longer than a second. */
function prepareFacts(runs: readonly RunReport[]): string[][] {
  const times = runs.flatMap(({ result }) => result.prepareMs ?? []);
  const longestMs = Math.max(0, ...times);
  if (longestMs <= 1000) return [];
  const time = times.length > 1 ? `up to ${formatDuration(longestMs)}` : formatDuration(longestMs);
  return [["prepare", `${time} before launch, neither timed nor billed`]];
}

/** The time in the queue of a scheduler. */
function queueFacts(runs: readonly RunReport[]): string[][] {
  const times = runs.flatMap(({ result }) => result.queuedMs ?? []);
  if (times.length === 0) return [];
  const time = formatDuration(Math.max(...times));
  return [["queue", `${times.length > 1 ? "up to " : ""}${time}, neither timed nor billed`]];
}

function targetFact(summary: SeriesSummary, runs: readonly RunReport[]): string {
  const { reachedCount, runCount, completedCount } = summary;
  const text = formatTargets(summary) ?? "the program's own `run_stop` with status `success`";
  const [alone] = runs;
  if (runCount > 1 || alone === undefined) {
    return `${text}, reached in ${reachedCount} of ${countOf(completedCount, "run")}`;
  }
  const { outcome } = alone.result;
  if (outcome.kind === "reached") return `${text}, reached`;
  if (outcome.kind === "missed" && !isJudged(alone.result))
    return "none, and no `run_stop` in the log";
  const best = bestText(alone) === "" ? "" : `; best ${bestText(alone)}`;
  return `${text}, ${describeEnd(alone.result, plainPaint)}${best}`;
}

/** Each of several targets. A single one is described by the outcome. */
function standingFacts(
  { furtherTargets, targetWindow }: SeriesSummary,
  runs: readonly RunReport[],
): string[][] {
  const perRun = runs.flatMap(({ result }) =>
    result.targets === undefined ? [] : [result.targets],
  );
  const [first, ...others] = perRun;
  const needsCount = targetWindow?.kind === "consecutive";
  if (first === undefined || (furtherTargets === undefined && !needsCount)) return [];
  const lines = others.length === 0 ? standingLines(first) : standingsLines(perRun);
  return lines.map((line) => ["", line]);
}

function sampleFacts(
  { samplesToTarget, samplesPerSecond }: SeriesSummary,
  runs: readonly RunReport[],
): string[][] {
  const facts = [];
  if (samplesToTarget !== undefined) {
    const { count, median, minimum, maximum } = samplesToTarget;
    const range = count > 1 ? ` (${formatCount(minimum)} … ${formatCount(maximum)})` : "";
    facts.push(["samples", `${formatCount(median)} to reach the target${range}`]);
  }
  if (samplesPerSecond !== undefined) {
    const isByProgram = runs.some(({ result }) => result.clock.source === "program");
    const covers = isByProgram ? "by the program's clock" : "including evaluation";
    facts.push(["throughput", `${formatRate(samplesPerSecond.median)} samples/s, ${covers}`]);
  }
  return facts;
}

function costFacts(summary: SeriesSummary, runs: readonly RunReport[]): string[][] {
  if (summary.cost === undefined) {
    const reason = runs[0]?.result.cost;
    return [["cost", reason?.kind === "unpriced" ? reason.reason : "no price given"]];
  }
  const { billedUsd, trainingUsd, price, unitCount } = summary.cost;
  const isContinued = runs.some(({ result }) => result.continues !== undefined);
  const isImported = runs[0]?.request.startable.kind === "imported";
  const ofParts = isContinued ? ", of all parts" : "";
  const staged = runs.some(({ result }) => result.dataMs !== undefined) ? ", staging included" : "";
  const span = isImported ? "of the log" : `from launch to exit${staged}${ofParts}`;
  const billed = `${formatUsd(billedUsd)} for ${formatDuration(summary.billedMs)} ${span}`;
  const timed = trainingUsd > 0 ? `; ${formatUsd(trainingUsd)} for the timed part` : "";
  const units = billedUnits(price.per, unitCount, runs[0]?.request.system);
  return [
    ["cost", billed + timed],
    ...uncountedCosts(summary),
    ["price", `${formatUsd(price.usdPerHour)}/h × ${units}, ${price.source}, ${price.date}`],
  ];
}

/** A price for an accelerator counts a node that uses none as one. */
function billedUnits(
  per: "node" | "accelerator",
  unitCount: number,
  system: RunReport["request"]["system"] | undefined,
): string {
  if (per === "accelerator" && system?.accelerators_per_node === 0)
    return `${countOf(unitCount, "node")} that ${unitCount === 1 ? "uses" : "use"} no accelerator`;
  return per === "node" && unitCount === 1 ? per : countOf(unitCount, per);
}

/** The cost of warm-ups, which the total leaves out, and of retried attempts, which it includes. */
function uncountedCosts({ warmup, retried }: SeriesSummary): string[][] {
  return [
    ...(retried === undefined ? [] : [uncountedCost(retried, "retried attempt", "including")]),
    ...(warmup === undefined ? [] : [uncountedCost(warmup, "warm-up run", "not including")]),
  ];
}

function uncountedCost(part: UncountedRuns, what: string, relation: string): string[] {
  const time = `${formatDuration(part.billedMs)} of ${countOf(part.count, what)}`;
  return ["", `${relation} ${formatUsd(part.billedUsd ?? 0)} for ${time}`];
}

/** The accelerators of a node, and how many of them are used. */
function acceleratorFacts(runs: readonly RunReport[]): string[][] {
  const system = runs[0]?.request.system;
  if (system === undefined || !hasAccelerators(system)) return [];
  return [["accelerators", acceleratorsText(system)]];
}

function missingEnergyFacts(runs: readonly RunReport[]): string[][] {
  if (runs.some(({ request }) => request.observe === "none"))
    return [["observed", "only the output, by `--observe none`: energy and usage are unknown"]];
  const missing = runs.flatMap(({ result }) =>
    result.notMeasured.filter((reason) => reason.startsWith("GPU energy is not included")),
  );
  return [...new Set(missing)].map((reason) => ["energy", reason]);
}

function energyFact(reading: EnergyReading): string {
  const draw =
    reading.intervalMs > 0
      ? `, mean draw ${formatSignificant(reading.joules / (reading.intervalMs / 1000), 3)} W`
      : "";
  const amount = `${formatJoules(reading.joules)}${draw}`;
  if (reading.kind === "measured")
    return `${amount}, measured by ${reading.meter}: ${reading.covers}`;
  return `${amount}, estimated for ${reading.covers}`;
}

function findingLines(summary: SeriesSummary, runs: readonly RunReport[], paint: Paint): string[] {
  const perRun = runs.flatMap(({ request, result }) =>
    result.findings.map((finding) => ({ request, finding })),
  );
  const all = [...summary.findings.map((finding) => ({ request: undefined, finding })), ...perRun];
  const texts = all.map(({ request, finding }) => {
    const { message, hint } = describeFinding(finding, request?.runId);
    const where = request === undefined || runs.length === 1 ? "" : `run ${request.series.index}: `;
    return { line: `${paint.warn("warning:")} ${where}${message}`, hint };
  });
  return texts.flatMap(({ line, hint }) =>
    hint === undefined ? [line] : [line, `  ${paint.name("hint:")} ${hint}`],
  );
}
