import { meanOf, median, quantile } from "../../foundation/numbers/statistics.ts";
import type { FinishedTraining, TimeSpan } from "../../schema/plan/finished-training.ts";

/** What a training took, as its log shows it, milliseconds. */
export interface MeasuredTraining {
  /** Before the clock started; undefined if the log does not show it. */
  initMs: number | undefined;
  /** From start to end of the training. */
  trainMs: number;
  samples: number | undefined;
  steps: number | undefined;
  evaluationCount: number;
  evaluationMs: number;
  checkpointMs: number;
  step: MeasuredStep | undefined;
}

export interface MeasuredStep {
  /** Median. */
  typicalMs: number;
  p95Ms: number;
  /** Step times, or means of a few steps, that the median is of. */
  readingCount: number;
  basis: "printed" | "between lines";
  /** How much longer the first steps took than as many typical ones. */
  firstStepsMs: number;
  /** How much longer the other steps took than as many typical ones. */
  slowStepsMs: number;
  /** Pauses between steps, as far as printed step times tell them from slow steps. */
  pausesMs: number;
  /** After the last line that counts progress. */
  tailMs: number;
}

/** How the progress of a training becomes steps. */
export interface ProgressScale {
  /** Samples of one unit of the marks; undefined if they cannot be converted. */
  samplesPerUnit: number | undefined;
  globalBatch: number | undefined;
}

interface Work {
  ms: number;
  steps: number;
}

/** Adds up where the time of a training went, from the marks of its progress. */
export function measureTraining(
  training: FinishedTraining,
  scale: ProgressScale,
): MeasuredTraining {
  const { startMs, endMs, initStartMs, evaluations, checkpoints } = training;
  const pauses = merged([...evaluations, ...checkpoints]);
  const stepsPerUnit = stepsPerUnitOf(training, scale);
  const { works, amount, tailMs } = workOf(training, pauses, stepsPerUnit);
  const trainMs = endMs - startMs;
  const steps = stepsPerUnit === undefined || amount === 0 ? undefined : amount * stepsPerUnit;
  const printedOnly = printedTotal(training, steps);
  const samples =
    steps !== undefined && scale.globalBatch !== undefined ? steps * scale.globalBatch : undefined;
  return {
    initMs: initStartMs === undefined ? undefined : startMs - initStartMs,
    trainMs: training.hasTimes ? trainMs : (printedOnly ?? trainMs),
    samples:
      scale.samplesPerUnit === undefined || amount === 0 ? samples : amount * scale.samplesPerUnit,
    steps,
    evaluationCount: evaluations.length,
    evaluationMs: lengthOf(evaluations),
    checkpointMs: Math.max(0, lengthOf(pauses) - lengthOf(merged(evaluations))),
    step: stepOf(training, works, tailMs),
  };
}

function stepsPerUnitOf(
  { progressUnit }: FinishedTraining,
  { samplesPerUnit, globalBatch }: ProgressScale,
): number | undefined {
  if (progressUnit === "steps") return 1;
  if (samplesPerUnit === undefined || globalBatch === undefined) return undefined;
  return samplesPerUnit / globalBatch;
}

/** A first mark that is reached this much faster than the others continues from a checkpoint. */
const impossiblePace = 0.3;

function workOf(
  training: FinishedTraining,
  pauses: readonly TimeSpan[],
  stepsPerUnit: number | undefined,
): { works: Work[]; amount: number; tailMs: number } {
  const { startMs, endMs, marks } = training;
  const last = marks.at(-1);
  if (last === undefined || stepsPerUnit === undefined)
    return { works: [], amount: last?.amount ?? 0, tailMs: 0 };
  const works: Work[] = [];
  let from = { timeMs: startMs, amount: 0 };
  for (const mark of marks) {
    const ms = workMs(from.timeMs, mark.timeMs, pauses);
    works.push({ ms, steps: (mark.amount - from.amount) * stepsPerUnit });
    from = mark;
  }
  const tailMs = workMs(last.timeMs, endMs, pauses);
  const [first, ...others] = works;
  if (first === undefined || !isContinued(first, others, training))
    return { works, amount: last.amount, tailMs };
  const base = marks[0]?.amount ?? 0;
  return { works: others, amount: last.amount - base, tailMs: tailMs + first.ms };
}

/** The first mark counts samples of an earlier part of the training. */
function isContinued(
  first: Work,
  others: readonly Work[],
  { hasTimes }: FinishedTraining,
): boolean {
  return (
    hasTimes && others.length > 2 && paceOf(first) < impossiblePace * median(others.map(paceOf))
  );
}

function paceOf({ ms, steps }: Work): number {
  return ms / steps;
}

/** Length of a span without the pauses in it. A span that lies within a pause counts in full, because training continued in it. */
function workMs(fromMs: number, toMs: number, pauses: readonly TimeSpan[]): number {
  const overlap = pauses.reduce(
    (sum, pause) => sum + Math.max(0, Math.min(toMs, pause.toMs) - Math.max(fromMs, pause.fromMs)),
    0,
  );
  return Math.max(0, toMs - fromMs - overlap);
}

/** Printed times this far from those between lines measure something else. */
const plausible = { low: 0.5, high: 1.25 };

function stepOf(
  { printedStepMs, hasTimes }: FinishedTraining,
  works: readonly Work[],
  tailMs: number,
): MeasuredStep | undefined {
  const timed = hasTimes ? evenWorks(works.filter(({ steps }) => steps > 0)) : [];
  const between = weightedQuantile(timed, 0.5);
  if (between === undefined)
    return printedStepMs.length === 0 ? undefined : printedStep(printedStepMs);
  const printed = plausiblePrinted(printedStepMs, between);
  const typicalMs = printed === undefined ? between : median(printed);
  return {
    typicalMs,
    p95Ms:
      printed === undefined ? (weightedQuantile(timed, 0.95) ?? between) : quantile(printed, 0.95),
    readingCount: printed?.length ?? timed.length,
    basis: printed === undefined ? "between lines" : "printed",
    ...excessOf(timed, typicalMs, printed),
    tailMs,
  };
}

/** Some programs print all marks after the training: then only the mean of all steps is known. */
function evenWorks(works: readonly Work[]): readonly Work[] {
  const total = works.reduce(
    (sum, { ms, steps }) => ({ ms: sum.ms + ms, steps: sum.steps + steps }),
    { ms: 0, steps: 0 },
  );
  const typical = weightedQuantile(works, 0.5) ?? 0;
  return total.steps > 0 && typical < impossiblePace * paceOf(total) ? [total] : works;
}

/** Undefined where printed times measure something else than what lies between lines. */
function plausiblePrinted(
  printed: readonly number[],
  between: number,
): readonly number[] | undefined {
  if (printed.length === 0) return undefined;
  const typical = median(printed);
  const agrees = typical > plausible.low * between && typical < plausible.high * between;
  return agrees ? printed : undefined;
}

/** What steps took beyond as many typical ones. */
function excessOf(
  timed: readonly Work[],
  typicalMs: number,
  printed: readonly number[] | undefined,
): Pick<MeasuredStep, "firstStepsMs" | "slowStepsMs" | "pausesMs"> {
  const excess = timed.map(({ ms, steps }) => ms - steps * typicalMs);
  const firstStepsMs = timed.length > 1 ? Math.max(0, excess[0] ?? 0) : 0;
  const otherMs = excess.reduce((sum, one) => sum + one, 0) - firstStepsMs;
  const later = printed?.slice(1) ?? [];
  if (later.length === 0) return { firstStepsMs, slowStepsMs: otherMs, pausesMs: 0 };
  const steps = timed.reduce((sum, one) => sum + one.steps, 0);
  // Printed times can be means over few of the steps: what they do not show is a pause only if there is that much.
  const slowStepsMs = Math.min(steps * (meanOf(later) - typicalMs), Math.max(otherMs, 0));
  return { firstStepsMs, slowStepsMs, pausesMs: otherMs - slowStepsMs };
}

function printedStep(printed: readonly number[]): MeasuredStep {
  return {
    typicalMs: median(printed),
    p95Ms: quantile(printed, 0.95),
    readingCount: printed.length,
    basis: "printed",
    firstStepsMs: 0,
    slowStepsMs: 0,
    pausesMs: 0,
    tailMs: 0,
  };
}

function printedTotal(
  { printedStepMs }: FinishedTraining,
  steps: number | undefined,
): number | undefined {
  return steps === undefined || printedStepMs.length === 0
    ? undefined
    : steps * meanOf(printedStepMs);
}

/** The pace that a share of the steps does not exceed. */
function weightedQuantile(works: readonly Work[], share: number): number | undefined {
  const sorted = works.toSorted((a, b) => paceOf(a) - paceOf(b));
  const steps = share * sorted.reduce((sum, work) => sum + work.steps, 0);
  let seen = 0;
  for (const work of sorted) {
    seen += work.steps;
    if (seen >= steps) return paceOf(work);
  }
  return undefined;
}

/** Without overlaps, in order. */
function merged(spans: readonly TimeSpan[]): TimeSpan[] {
  const result: TimeSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = result.at(-1);
    if (last !== undefined && span.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, span.toMs);
    else result.push({ ...span });
  }
  return result;
}

function lengthOf(spans: readonly TimeSpan[]): number {
  return merged(spans).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}
