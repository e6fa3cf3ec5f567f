import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import {
  checkpointIntervalMs,
  expectedGoodput,
  failureRate,
  interruptionRate,
  type InterruptionRisk,
  type SpotRisk,
} from "./interruptions.ts";
import { lostTimeMs } from "./lost-time.ts";
import { sharedDraws } from "./shared-draws.ts";

/** A training whose end is uncertain. */
export interface OddsInput {
  /** Median time of the training itself, undisturbed. */
  trainMs: number;
  /** Standard deviation of the natural logarithm of the predicted time. */
  timeLogSpread: number;
  /** Standard deviation of the natural logarithm of the samples to the target, over seeds. */
  seedLogSpread: number;
  /** Initialization and compilation, once, paid for. */
  startMs: number;
  /** Waiting for the machine, not paid for. */
  queueMs: number;
  risk: InterruptionRisk;
  /** Of the whole machine; absent without a known price. */
  usdPerHour?: number | undefined;
}

export interface OddsQuestion {
  deadlineMs?: number | undefined;
  budgetUsd?: number | undefined;
}

/** Quantiles over the draws; infinite where interruptions come faster than work. */
export interface Quantiles {
  p10: number;
  p50: number;
  p90: number;
}

export interface PlanOdds {
  /** From the request to the end, with the queue. */
  timeMs: Quantiles;
  usd?: Quantiles | undefined;
  /** Probabilities, 0 to 1; absent without a deadline or a budget. */
  doneByDeadline?: number | undefined;
  withinBudget?: number | undefined;
  /** Both at once; absent unless both were given. */
  both?: number | undefined;
  /** Expected share of the paid time that trains. */
  goodput: number;
  /** Price over goodput, of the whole machine. */
  effectiveUsdPerHour?: number | undefined;
  /** Until the median end. */
  expectedInterruptions: number;
  /** By Young and Daly; infinite without interruptions. */
  checkpointIntervalMs: number;
  drawCount: number;
}

const hourMs = 3_600_000;

/**
 * When a training is done and what it costs. Each probability grows with its deadline or budget.
 *
 * @param paidMs from `drawPaidTimes`, once for as many deadlines and budgets as are asked
 */
export function planOdds(
  paidMs: Float64Array,
  { queueMs, usdPerHour, risk }: Pick<OddsInput, "queueMs" | "usdPerHour" | "risk">,
  { deadlineMs, budgetUsd }: OddsQuestion,
): PlanOdds {
  const usdPerMs = usdPerHour === undefined ? undefined : usdPerHour / hourMs;
  // Both limits are limits of the paid time.
  const timeLimit = deadlineMs === undefined ? undefined : deadlineMs - queueMs;
  const costLimit =
    budgetUsd === undefined || usdPerMs === undefined ? undefined : budgetUsd / usdPerMs;
  const goodput = expectedGoodput(risk);
  const timeMs = quantilesOf(paidMs, (paid) => paid + queueMs);
  return {
    timeMs,
    usd: usdPerMs === undefined ? undefined : quantilesOf(paidMs, (paid) => paid * usdPerMs),
    doneByDeadline: timeLimit === undefined ? undefined : shareUpTo(paidMs, timeLimit),
    withinBudget: costLimit === undefined ? undefined : shareUpTo(paidMs, costLimit),
    both:
      timeLimit === undefined || costLimit === undefined
        ? undefined
        : shareUpTo(paidMs, Math.min(timeLimit, costLimit)),
    goodput,
    effectiveUsdPerHour: usdPerHour === undefined ? undefined : usdPerHour / goodput,
    expectedInterruptions: interruptionRate(risk) * (timeMs.p50 - queueMs),
    checkpointIntervalMs: checkpointIntervalMs(interruptionRate(risk), risk.checkpointMs),
    drawCount: paidMs.length,
  };
}

/**
 * Times that a training is paid for, without the queue, ms, by rising time: draws of step time, seed, failures and
 * interruptions.
 *
 * @param seed the same seed gives the same draws; what rarely happens is drawn for each `name` apart
 */
export function drawPaidTimes(
  { trainMs, timeLogSpread, seedLogSpread, startMs, risk }: Omit<OddsInput, "queueMs">,
  { seed, name, drawCount }: { seed: number | string; name: string; drawCount: number },
): Float64Array {
  const draws = sharedDraws(seed, drawCount);
  const failureFactors = draws.failureFactors(risk.failureRateLogSpread);
  const [times, failureDraws] = [draws.normal("time"), draws.uniform("failures")];
  // Without a spread over seeds, or without spot interruptions, these draws count for nothing.
  const seeds = seedLogSpread === 0 ? times : draws.normal("seed");
  const spotRates = risk.spot === undefined ? times : draws.uniform("spot rate");
  const takenDraws = risk.spot === undefined ? times : draws.uniform("taken");
  const random = seededRandom(`${seed} ${name}`);
  const interval = checkpointIntervalMs(interruptionRate(risk), risk.checkpointMs);
  const failures = failureRate(risk);
  const { restartMs, checkpointMs, spot } = risk;
  const failed = { expectedCount: 0, uniform: 0, longestMs: 0, restartMs };
  const replacedMs = restartMs + (spot?.replacementMs ?? 0);
  const replaced = { ...failed, restartMs: replacedMs };
  const paid = new Float64Array(drawCount);
  for (let draw = 0; draw < drawCount; draw++) {
    const logFactor = timeLogSpread * valueAt(times, draw) + seedLogSpread * valueAt(seeds, draw);
    const usefulMs = trainMs * Math.exp(logFactor);
    const workMs = usefulMs + Math.floor(usefulMs / interval) * checkpointMs;
    const failing = failures * valueAt(failureFactors, draw);
    const taken = spot === undefined ? 0 : takenPerMs(spot, valueAt(spotRates, draw));
    const longestMs = Math.min(interval, workMs);
    // Interruptions continue during restarts and repeated work.
    const losing = failing * (restartMs + longestMs / 2) + taken * (replacedMs + longestMs / 2);
    if (losing >= 1) {
      paid[draw] = Number.POSITIVE_INFINITY;
      continue;
    }
    const wallMs = workMs / (1 - losing);
    let lostMs = 0;
    // exp(-mean) is at least 1 - mean: nearly every draw has no failure, which this finds without an exponential.
    if (valueAt(failureDraws, draw) > 1 - failing * wallMs) {
      failed.expectedCount = failing * wallMs;
      failed.uniform = valueAt(failureDraws, draw);
      failed.longestMs = longestMs;
      lostMs += lostTimeMs(failed, random);
    }
    if (spot !== undefined) {
      replaced.expectedCount = taken * wallMs;
      replaced.uniform = valueAt(takenDraws, draw);
      replaced.longestMs = longestMs;
      lostMs += lostTimeMs(replaced, random);
    }
    paid[draw] = startMs + workMs + lostMs;
  }
  paid.sort();
  return paid;
}

function takenPerMs(
  { lowPerInstanceHour: low, highPerInstanceHour: high, instanceCount }: SpotRisk,
  uniform: number,
): number {
  return (instanceCount * low * (high / low) ** uniform) / hourMs;
}

function valueAt(draws: Float64Array, draw: number): number {
  return draws[draw] ?? 0;
}

function quantilesOf(sorted: Float64Array, convert: (paidMs: number) => number): Quantiles {
  const at = (fraction: number): number =>
    convert(sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? 0);
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}

function shareUpTo(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low / sorted.length;
}
