import { abandonedText, describeOutcome } from "../../../src/report/runs/facts/describe-outcome.ts";
import { plainPaint } from "../../../src/report/paint.ts";
import { plateauText } from "../../../src/report/runs/live/progress-line.ts";
import {
  formatCount,
  formatDuration,
  formatJoules,
  formatSignificant,
  formatUsd,
} from "../../../src/foundation/numbers/units.ts";
import { isJudged } from "../../../src/schema/run/outcome/is-judged.ts";
import type { RunDetail } from "../../../src/schema/dashboard/run-detail.ts";
import type { XAxis } from "../../../src/schema/dashboard/run-series.ts";
import { withTargetSigns } from "../../charts/axes/target-signs.ts";
import { formatTarget } from "../../../src/schema/run/outcome/target-text.ts";
import type { MetricTarget } from "../../../src/schema/run/outcome/metric-target.ts";
import { leadingEnergy } from "../../../src/score/parts/leading-energy.ts";
import { costOfRun } from "../../../src/score/use/cost-of-run.ts";
import type { ExpectedCrossing } from "../../charts/run/quality-chart.ts";
import { outcomeWord, type Mood } from "../runs/view-model.ts";

/** The reading of the large clock. */
export type ClockReading =
  /** Continues from its value at `atMs` by the server's clock. */
  | { kind: "ticking"; shownMs: number; atMs: number; label: string }
  | { kind: "stopped"; shownMs: number; label: string }
  | { kind: "none"; label: string };

/** @param progressMs time of the progress in `detail`, by the server's clock */
export function clockReading(detail: RunDetail, progressMs: number): ClockReading {
  const { progress, result, state } = detail;
  if (result !== undefined) {
    const { runStartMs, runStopMs, endedMs, billedMs } = result.clock;
    if (result.outcome.kind === "reached") {
      return { kind: "stopped", shownMs: result.outcome.timeToTrainMs, label: "time to train" };
    }
    if (runStartMs === undefined)
      return { kind: "stopped", shownMs: billedMs, label: "from launch to end" };
    return {
      kind: "stopped",
      shownMs: (result.continues?.clockMs ?? 0) + (runStopMs ?? endedMs) - runStartMs,
      label: "clock, target not met",
    };
  }
  const isRunning = state.kind === "running";
  if (progress.clockMs === undefined) {
    if (!isRunning) return { kind: "none", label: "the clock did not start" };
    return {
      kind: "ticking",
      shownMs: progress.launchedForMs,
      atMs: progressMs,
      label: "initializing, since launch",
    };
  }
  if (!isRunning)
    return {
      kind: "stopped",
      shownMs: progress.clockMs,
      label: "clock when the run was abandoned",
    };
  return { kind: "ticking", shownMs: progress.clockMs, atMs: progressMs, label: "since run start" };
}

/** The value of the clock at a time; never decreases. */
export function clockAt(reading: ClockReading, nowMs: number): number | undefined {
  if (reading.kind === "none") return undefined;
  if (reading.kind === "stopped") return reading.shownMs;
  return reading.shownMs + Math.max(0, nowMs - reading.atMs);
}

/** A shorter final time has two decimals, so that it has as many digits as in lists. */
const shortestWithTenthsMs = 9995;

/**
 * `0:07.3`, `12:03.4`, `1:02:03.4`: with hours only if needed. The tenths are separate because they are smaller. A final
 * time is rounded like any figure, below ten seconds to hundredths; a running clock shows only tenths that have passed.
 */
export function clockText(
  ms: number,
  { isFinal }: { isFinal: boolean },
): { whole: string; tenths: string } {
  if (isFinal && ms < shortestWithTenthsMs) {
    const [seconds = "0", hundredths = "00"] = (ms / 1000).toFixed(2).split(".");
    return { whole: `0:${two(Number(seconds))}`, tenths: `.${hundredths}` };
  }
  const tenths = isFinal ? Math.round(ms / 100) : Math.floor(ms / 100);
  const seconds = Math.floor(tenths / 10);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const whole =
    hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  return { whole, tenths: `.${tenths % 10}` };
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** The state of the run as a word. */
export function runState(detail: RunDetail): { state: string; mood: Mood } {
  if (detail.result !== undefined) {
    return outcomeWord(detail.result.outcome, {
      isJudged: isJudged({ ...detail.result, target: targetOf(detail) }),
    });
  }
  if (detail.state.kind === "abandoned") return { state: "abandoned", mood: "warn" };
  if (detail.state.kind === "finished") return { state: "finished", mood: "plain" };
  return { state: detail.progress.phase, mood: "live" };
}

/** Why a run did not reach its target, as the terminal says it; undefined for other runs. */
export function causeText(detail: RunDetail): string | undefined {
  const { result, state, request } = detail;
  if (result === undefined) return state.kind === "abandoned" ? abandonedText(request) : undefined;
  const { outcome } = result;
  const hasCause =
    outcome.kind === "died" ||
    (outcome.kind === "missed" && isJudged({ ...result, target: targetOf(detail) }));
  return hasCause ? describeOutcome(outcome, plainPaint) : undefined;
}

/** One key figure next to the clock. */
export interface Instrument {
  label: string;
  value: string;
  /** Shown below the value: a range or a source. */
  detail: string;
  /** What `detail` is short for, shown at the pointer. */
  fullDetail?: string;
  fraction?: number | undefined;
  isOver?: boolean;
}

/** The key figures in display order. */
export function instruments(detail: RunDetail): Instrument[] {
  return [
    qualityInstrument(detail),
    ...furtherInstruments(detail),
    estimateInstrument(detail),
    costInstrument(detail),
    energyInstrument(detail),
    rateInstrument(detail),
  ];
}

function targetOf({ result, progress, request }: RunDetail): RunDetail["progress"]["target"] {
  return progress.target ?? result?.target ?? request.target;
}

/** The best quality so far; from the verdict if there is one. */
export function bestOf({ result, progress }: RunDetail): number | undefined {
  if (result === undefined) return progress.best;
  const { outcome } = result;
  return (outcome.kind === "reached" ? outcome.quality : outcome.bestQuality) ?? progress.best;
}

function qualityInstrument(detail: RunDetail): Instrument {
  const target = targetOf(detail);
  const best = bestOf(detail);
  return {
    label: target?.metric ?? "quality",
    value: best === undefined ? "–" : formatSignificant(best, 4),
    detail: target === undefined ? withoutTarget(detail) : limitText(target),
    fraction: target === undefined ? undefined : targetFraction(detail, target, best),
  };
}

/** A log can say that the target was reached without saying which. */
function withoutTarget({ result }: RunDetail): string {
  return result?.outcome.kind === "reached" ? "by its own run_stop" : "no target";
}

function limitText(target: MetricTarget): string {
  return withTargetSigns(formatTarget(target).slice(target.metric.length + 1));
}

/** The targets after the first. */
function furtherInstruments({ progress, result }: RunDetail): Instrument[] {
  const standings = result?.targets ?? progress.targets ?? [];
  return standings.slice(1).map(({ target, best, isMet }) => ({
    label: target.metric,
    value: best === undefined ? "–" : formatSignificant(best, 4),
    detail: `${limitText(target)}${isMet ? ", met" : ""}`,
  }));
}

/** Progress from the first evaluation to the target, in 0..1. */
function targetFraction(
  { evaluations }: RunDetail,
  target: NonNullable<RunDetail["progress"]["target"]>,
  best: number | undefined,
): number | undefined {
  const first = evaluations[0]?.value;
  if (best === undefined || first === undefined) return undefined;
  const sign = target.direction === "at-least" ? 1 : -1;
  if (sign * (best - target.value) >= 0) return 1;
  const total = sign * (target.value - first);
  return total <= 0 ? undefined : Math.max(0, Math.min(1, (sign * (best - first)) / total));
}

function estimateInstrument(detail: RunDetail): Instrument {
  const { progress, result, prediction, state } = detail;
  const label = "to target";
  if (result?.outcome.kind === "reached") return { label, value: "reached", detail: "" };
  const reachedMs = reachedAtMs(detail);
  if (state.kind === "running" && reachedMs !== undefined)
    return { label, value: "reached", detail: `after ${formatDuration(reachedMs)}` };
  if (state.kind !== "running") return { label, value: "–", detail: "" };
  const { predicted } = progress;
  if (predicted === undefined) return { label, value: "–", detail: unclearText(prediction) };
  if (predicted.kind === "levels-off")
    return { label, value: "not expected", detail: `levels off at ${plateauText(predicted)}` };
  const { remainingMs, lowMs, highMs } = predicted;
  return {
    label,
    value: `~${formatDuration(remainingMs)}`,
    detail: `${formatDuration(lowMs)} … ${formatDuration(highMs)}`,
  };
}

/** The clock when the target was reached by a run that has not ended. */
function reachedAtMs({ events, runStartMs, request }: RunDetail): number | undefined {
  const reached = events.find(({ event }) => event.kind === "target-reached");
  if (reached === undefined || runStartMs === undefined) return undefined;
  return (request.continues?.clockMs ?? 0) + reached.timeMs - runStartMs;
}

function unclearText(prediction: RunDetail["prediction"]): string {
  if (prediction?.kind !== "unclear") return "";
  switch (prediction.reason) {
    case "too-few-evaluations":
      return "after three evaluations";
    case "not-improving":
      return "the metric is not improving";
    case "levels-off":
      return "the metric levels off below the target";
    case "too-far":
      return "too far away to predict";
  }
}

function costInstrument(detail: RunDetail): Instrument {
  const costUsd = costOf(detail);
  const { price, limits } = detail;
  if (costUsd === undefined) return { label: "cost", value: "–", detail: "no price given" };
  const budget = limits.maxCostUsd;
  const source = price === undefined ? "" : `${formatUsd(price.usdPerHour)}/h per ${price.per}`;
  return {
    label: "cost",
    value: formatUsd(costUsd),
    detail: budget === undefined ? source : `of ${formatUsd(budget)}`,
    fraction: budget === undefined ? undefined : costUsd / budget,
    isOver: budget !== undefined && costUsd > budget,
  };
}

/** Cost so far or in total, in US dollars. */
export function costOf({ result, progress }: RunDetail): number | undefined {
  return result?.cost.kind === "priced" ? result.cost.billedUsd : progress.costUsd;
}

/** Shows the measured energy if there is any. Estimates are then in the detail, because they must not be added to it. */
function energyInstrument({ result, progress }: RunDetail): Instrument {
  const readings = result?.energy ?? (progress.energy === undefined ? [] : [progress.energy]);
  const shown = leadingEnergy(readings);
  if (shown === undefined) return { label: "energy", value: "–", detail: "no power meter found" };
  const [value = "", hours] = formatJoules(shown.joules).replace(/\)$/u, "").split(" (");
  const source = shown.kind === "measured" ? `measured, ${shown.meter}` : "estimated";
  const others = readings.filter((reading) => reading.kind !== shown.kind);
  const parts = hours === undefined ? [] : [hours];
  return {
    label: "energy",
    value,
    detail: [
      [...parts, source].join(", "),
      ...others.map(({ joules, kind }) => `${formatJoules(joules)} ${kind}`),
    ].join("; "),
    fullDetail: [
      [...parts, `${source}: ${shown.covers}`].join(", "),
      ...others.map(({ joules, kind, covers }) => `${formatJoules(joules)} ${kind}: ${covers}`),
    ].join("; "),
  };
}

function rateInstrument({ result, progress }: RunDetail): Instrument {
  const rate = result?.samplesPerSecond ?? progress.samplesPerSecond;
  const { samplesCount } = progress;
  return {
    label: "samples/s",
    value: rate === undefined ? "–" : rate >= 100 ? formatCount(rate) : formatSignificant(rate, 3),
    detail: samplesCount === undefined ? "" : `${formatCount(samplesCount)} samples`,
  };
}

/** The predicted crossing on the selected axis; undefined without a prediction or for an axis other than time. */
export function expectedCrossing(detail: RunDetail, xAxis: XAxis): ExpectedCrossing | undefined {
  const { prediction, runStartMs, result } = detail;
  if (result !== undefined || prediction?.kind !== "predicted") return undefined;
  const { clockMs, lowMs, highMs } = prediction;
  if (xAxis === "clock") return { atX: clockMs, lowX: lowMs, highX: highMs };
  if (xAxis !== "wall" || runStartMs === undefined) return undefined;
  const zeroMs = runStartMs - (detail.request.continues?.clockMs ?? 0);
  return { atX: zeroMs + clockMs, lowX: zeroMs + lowMs, highX: zeroMs + highMs };
}

/** One limit of the run. */
export interface BudgetLine {
  label: string;
  used: string;
  limit: string;
  fraction: number | undefined;
  /** Predicted value at the target; empty without a prediction. */
  expected: string;
}

/** Cost, time, and samples against their limits. */
export function budgetLines(detail: RunDetail): BudgetLine[] {
  const { limits, progress, request, price, result } = detail;
  const usedMs = result?.clock.billedMs ?? progress.launchedForMs;
  const { predicted } = progress;
  const isTimed = result === undefined && predicted?.kind === "reaches";
  const remainingMs = isTimed ? predicted.remainingMs : undefined;
  const endMs = remainingMs === undefined ? undefined : usedMs + remainingMs;
  const { system, launchTarget } = request;
  const endUsd =
    endMs === undefined
      ? undefined
      : billedUsd(
          costOfRun({ billedMs: endMs, trainingMs: undefined, price, launchTarget, system }),
        );
  return [
    budgetLine("cost", costOf(detail), {
      unknown: "no price",
      format: formatUsd,
      limit: limits.maxCostUsd,
      expected: endUsd,
    }),
    budgetLine("time", usedMs, {
      unknown: "",
      format: formatDuration,
      limit: limits.maxTimeMs,
      expected: endMs,
    }),
    budgetLine("samples", progress.samplesCount, {
      unknown: "not counted",
      format: formatCount,
      limit: limits.maxSamples,
      expected: undefined,
    }),
  ];
}

function budgetLine(label: string, used: number | undefined, rest: BudgetRest): BudgetLine {
  const { unknown, format, limit, expected } = rest;
  return {
    label,
    used: used === undefined ? unknown : format(used),
    limit: limit === undefined ? "no limit" : format(limit),
    fraction: used === undefined || limit === undefined ? undefined : used / limit,
    expected: expected === undefined ? "" : `~${format(expected)}`,
  };
}

interface BudgetRest {
  unknown: string;
  format: (value: number) => string;
  limit: number | undefined;
  expected: number | undefined;
}

function billedUsd(cost: ReturnType<typeof costOfRun>): number | undefined {
  return cost.kind === "priced" ? cost.billedUsd : undefined;
}
