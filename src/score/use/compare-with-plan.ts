import type { ComparedPart, PlanComparison } from "../../schema/plan/plan-comparison.ts";
import type { ExpectedAmount, PlanExpectation } from "../../schema/plan/plan-expectation.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";

/** A finished run, and what its log and samples say beside the result. */
export interface MeasuredRun {
  result: RunResult;
  /** Of all nodes; 0 without any. */
  acceleratorCount: number;
  /** Whether initialization is in the timed part, because the clock starts at launch. */
  startsAtLaunch: boolean;
  /** Logged evaluations up to the target. */
  evaluationMs: number | undefined;
  /** As logged; default: that of the plan. */
  globalBatchSize: number | undefined;
  /** Median of the step samples. */
  sampledStepMs: number | undefined;
}

interface Measured {
  got: number;
  how: string;
}

/** Compares a run with what its plan expected, part by part; a part that was not measured is only named. */
export function compareWithPlan(plan: PlanExpectation, run: MeasuredRun): PlanComparison {
  const steps = stepsOf(plan, run);
  const stepTime = stepTimeOf(plan, run, steps);
  const candidates: Candidate[] = [
    {
      part: "trainTime",
      unit: "milliseconds",
      predicted: expectedTrainMs(plan, run),
      measured: trainTimeOf(run),
    },
    { part: "stepTime", unit: "milliseconds", predicted: plan.stepTimeMs, measured: stepTime },
    {
      part: "samples",
      unit: "samples",
      predicted: plan.samples,
      measured: samplesOf(run, steps),
    },
    { part: "start", unit: "milliseconds", predicted: plan.startMs, measured: startOf(run) },
    {
      part: "evaluation",
      unit: "milliseconds",
      predicted: plan.evaluationMs,
      measured: evaluationOf(run),
    },
    { part: "cost", unit: "US dollars", predicted: plan.usd, measured: costOf(run) },
    { part: "energy", unit: "kilowatt-hours", ...energyOf(plan, run) },
    {
      part: "goodput",
      unit: "fraction",
      predicted: plan.goodput === undefined ? undefined : { p50: plan.goodput },
      measured: goodputOf(run, steps),
    },
  ];
  const planned = candidates.filter(({ predicted }) => predicted !== undefined);
  return {
    goal: `${plan.goal} on ${plan.count} x ${plan.accelerator}`,
    ...ranOnOf(plan, run),
    parts: planned.flatMap(comparedPartOf),
    notMeasured: planned.flatMap(({ part, measured }) => (measured === undefined ? [part] : [])),
  };
}

/** Plans for the processors of a machine count the machine. */
function ranOnOf(
  { accelerator, count }: PlanExpectation,
  { acceleratorCount }: MeasuredRun,
): Pick<PlanComparison, "ranOnCount"> {
  const planned = accelerator === "cpu" ? 0 : count;
  return acceleratorCount === planned ? {} : { ranOnCount: acceleratorCount };
}

interface Candidate extends Pick<ComparedPart, "part" | "unit"> {
  /** Undefined if the plan does not have the part. */
  predicted: ExpectedAmount | undefined;
  /** Undefined if the run did not measure it. */
  measured: Measured | undefined;
}

function comparedPartOf({ part, unit, predicted, measured }: Candidate): ComparedPart[] {
  if (predicted === undefined || measured === undefined) return [];
  const { p10, p50, p90 } = predicted;
  const { got, how } = measured;
  const ratio = p50 > 0 ? { ratio: got / p50 } : {};
  // An amount that was given, such as tokens, has no interval; whole steps never meet it exactly.
  const isGiven = p10 === p90;
  const low = p10 === undefined || isGiven ? {} : { p10 };
  const high = p90 === undefined || isGiven ? {} : { p90 };
  const hasRange = p10 !== undefined && p90 !== undefined && !isGiven;
  const inside = hasRange ? { isInside: got >= p10 && got <= p90 } : {};
  return [{ part, unit, predicted: { ...low, p50, ...high }, got, ...ratio, ...inside, how }];
}

/** With initialization, if the clock of the run starts at launch. */
function expectedTrainMs({ trainMs, startMs }: PlanExpectation, run: MeasuredRun): ExpectedAmount {
  if (!run.startsAtLaunch) return trainMs;
  const { p10, p50, p90 } = trainMs;
  return {
    p50: p50 + startMs.p50,
    p10: p10 === undefined ? undefined : p10 + startMs.p50,
    p90: p90 === undefined ? undefined : p90 + startMs.p50,
  };
}

function trainTimeOf({ result: { outcome }, startsAtLaunch }: MeasuredRun): Measured | undefined {
  if (outcome.kind !== "reached") return undefined;
  return {
    got: outcome.timeToTrainMs,
    how: startsAtLaunch ? "time to train; both with initialization" : "time to train",
  };
}

/** Names under which programs print the number of the step. */
const stepMetrics: ReadonlySet<string> = new Set([
  "step",
  "steps",
  "global_step",
  "iteration",
  "completed step",
]);

interface Steps {
  count: number;
  batch: number | undefined;
  /** Counted by the program itself, rather than from samples. */
  isCounted: boolean;
}

/** Steps up to the target: as the metric of the target counts them, else samples over the batch size. */
function stepsOf(plan: PlanExpectation, run: MeasuredRun): Steps | undefined {
  const { outcome, target } = run.result;
  if (outcome.kind !== "reached") return undefined;
  const batch = run.globalBatchSize ?? plan.layout?.globalBatch;
  if (target !== undefined && stepMetrics.has(target.metric) && outcome.quality !== undefined)
    return { count: outcome.quality, batch, isCounted: true };
  if (outcome.samplesCount === undefined || batch === undefined) return undefined;
  return { count: outcome.samplesCount / batch, batch, isCounted: false };
}

function stepTimeOf(
  plan: PlanExpectation,
  run: MeasuredRun,
  steps: Steps | undefined,
): Measured | undefined {
  if (run.sampledStepMs !== undefined)
    return { got: run.sampledStepMs, how: "median of the step samples of rank 0" };
  return betweenEvaluations(run, steps) ?? ofTimedPart(plan, run, steps);
}

/** Between the first and the last number of a step that was printed: without initialization. */
function betweenEvaluations(
  { result }: MeasuredRun,
  steps: Steps | undefined,
): Measured | undefined {
  if (steps?.isCounted !== true) return undefined;
  const first = result.evaluations[0];
  const last = result.evaluations.at(-1);
  if (first === undefined || last === undefined || last.value <= first.value) return undefined;
  return {
    got: (last.clockMs - first.clockMs) / (last.value - first.value),
    how: `mean of the ${last.value - first.value} steps between the first and the last printed`,
  };
}

function ofTimedPart(
  { startMs }: PlanExpectation,
  run: MeasuredRun,
  steps: Steps | undefined,
): Measured | undefined {
  const { outcome } = run.result;
  const isUnclear = run.startsAtLaunch && startMs.p50 > 0;
  if (outcome.kind !== "reached" || steps === undefined || steps.count <= 0 || isUnclear)
    return undefined;
  const { evaluationMs = 0 } = run;
  return {
    got: Math.max(0, outcome.timeToTrainMs - evaluationMs) / steps.count,
    how: `timed part over its steps${run.evaluationMs === undefined ? ", evaluations included" : ""}`,
  };
}

function samplesOf(
  { result: { outcome } }: MeasuredRun,
  steps: Steps | undefined,
): Measured | undefined {
  if (outcome.kind !== "reached") return undefined;
  if (outcome.samplesCount !== undefined)
    return { got: outcome.samplesCount, how: "counted by the program" };
  if (steps?.batch === undefined) return undefined;
  return { got: steps.count * steps.batch, how: "steps times the batch size" };
}

function startOf({ result: { clock }, startsAtLaunch }: MeasuredRun): Measured | undefined {
  if (clock.initMs === undefined || startsAtLaunch) return undefined;
  return { got: clock.initMs, how: "from launch to the start of the clock" };
}

function evaluationOf({ evaluationMs }: MeasuredRun): Measured | undefined {
  return evaluationMs === undefined
    ? undefined
    : { got: evaluationMs, how: "from `eval_start` to `eval_stop` in the log" };
}

function costOf({ result: { cost, outcome } }: MeasuredRun): Measured | undefined {
  if (cost.kind !== "priced" || outcome.kind !== "reached") return undefined;
  return { got: cost.billedUsd, how: "billed, from launch to exit" };
}

const joulesPerKwh = 3_600_000;

/** Only a meter that covers whole terms of the plan is compared, with these terms. */
function energyOf(
  { energy, energyKwh }: PlanExpectation,
  { result }: MeasuredRun,
): Pick<Candidate, "predicted" | "measured"> {
  const measuredNothing = { predicted: energyKwh, measured: undefined };
  if (energy === undefined || energyKwh === undefined) return measuredNothing;
  const measured = (meter: string) =>
    result.energy.filter((reading) => reading.kind === "measured" && reading.meter === meter);
  const { acceleratorKwh, hostKwh, kwh } = energy;
  const terms = [
    { meter: "node-meter", kwh: acceleratorKwh + hostKwh, what: "accelerators and hosts" },
    { meter: "nvml", kwh: acceleratorKwh, what: "accelerators" },
  ];
  const term = terms.find(({ meter }) => measured(meter).length > 0);
  if (term === undefined || result.outcome.kind !== "reached") return measuredNothing;
  const scale = term.kwh / kwh;
  const { p10, p50, p90 } = energyKwh;
  const joules = measured(term.meter).reduce((sum, reading) => sum + reading.joules, 0);
  return {
    predicted: {
      p50: scale * p50,
      p10: p10 === undefined ? undefined : scale * p10,
      p90: p90 === undefined ? undefined : scale * p90,
    },
    measured: {
      got: joules / joulesPerKwh,
      how: `${term.what}, measured by ${term.meter}`,
    },
  };
}

/** Needs the time of a step by itself: work that was lost and repeated is in the paid time, but not in the steps. */
function goodputOf(
  { result, sampledStepMs, evaluationMs, startsAtLaunch }: MeasuredRun,
  steps: Steps | undefined,
): Measured | undefined {
  const { clock, continues } = result;
  if (sampledStepMs === undefined || steps === undefined || startsAtLaunch) return undefined;
  const paidMs =
    clock.billedMs + (continues?.billedMs ?? 0) - (clock.initMs ?? 0) - (result.dataMs ?? 0);
  if (paidMs <= 0) return undefined;
  return {
    got: Math.min(1, (steps.count * sampledStepMs + (evaluationMs ?? 0)) / paidMs),
    how: "steps and evaluations up to the target over the paid time after initialization",
  };
}
