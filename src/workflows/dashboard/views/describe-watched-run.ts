import { predictCrossing } from "../../../planner/forecast/predict-crossing.ts";
import type {
  IntegrityDocument,
  RulesDocument,
  RunDetail,
  RunProgressDocument,
} from "../../../schema/dashboard/run-detail.ts";
import { xAxes } from "../../../schema/dashboard/run-series.ts";
import { jobRanksOf } from "../../../schema/run/hosts/job-ranks.ts";
import type { RunChecklist } from "../../../schema/run/outcome/run-checklist.ts";
import { compareWithPlan } from "../../../score/use/compare-with-plan.ts";
import { costOfRun } from "../../../score/use/cost-of-run.ts";
import type { FirstViewHeading } from "../../../store/samples/first-view-file.ts";
import { measuredRun, medianStepMs } from "../../read-run/measured-run.ts";
import { placeOnAxis, type PointSource } from "./run-points.ts";
import type { WatchedRun } from "../follow/watch-run.ts";

/** Returns all data of the run page except the points of the series. */
export function describeWatchedRun(
  run: WatchedRun,
  sources: readonly PointSource[],
  known: {
    earlierCrossingsMs: readonly number[];
    integrity: IntegrityDocument;
    mayChange: boolean;
    /** Stored, for a run whose samples are not read. */
    view: FirstViewHeading | undefined;
    causeLine: RunDetail["causeLine"];
  },
): RunDetail {
  const { request, result, record } = run;
  const { price, system, launchTarget } = request;
  const cost = costOfRun({ billedMs: 0, trainingMs: undefined, price, launchTarget, system });
  const progress = run.progress(known.earlierCrossingsMs);
  const { state } = record;
  const view = run.samples.hasReadSteps ? undefined : known.view;
  const { ranks, series, xAxes, unreadableCount } = view ?? viewHeading(run, sources);
  return {
    runId: run.runId,
    directory: run.directory,
    request,
    ...withValue("result", result),
    state,
    canStop: known.mayChange && state.kind === "running" && state.owner === "here",
    canLabel: known.mayChange,
    progress: progressDocument(progress),
    evaluations: [...run.evaluations],
    evaluationCount: run.evaluationCount,
    ...withValue("prediction", predictionOf(run, known.earlierCrossingsMs)),
    events: [...record.events.events],
    ...withValue("rules", rulesDocument(run.log.reader.checklist)),
    integrity: known.integrity,
    job: jobRanksOf(record.events.events),
    ranks,
    series,
    xAxes,
    launchedMs: run.launchedMs,
    ...withValue("runStartMs", run.runStartMs),
    limits: request.limits,
    ...withValue("price", price),
    ...withValue("priceUnitCount", cost.kind === "priced" ? cost.unitCount : undefined),
    ...withValue("planComparison", planComparisonOf(run, view)),
    ...withValue("causeLine", known.causeLine),
    unreadableSampleCount: unreadableCount,
    ...withValue(
      "isReadingSamples",
      run.samples.hasReadSteps || view !== undefined ? undefined : (true as const),
    ),
  };
}

/** What the page states about the samples of a run. */
export function viewHeading(
  run: WatchedRun,
  sources: readonly PointSource[],
): Omit<FirstViewHeading, "formatVersion" | "sign"> {
  const { steps, unreadableCount } = run.samples;
  const hasPlan = run.request.plan !== undefined;
  return {
    ranks: steps.ranks(),
    series: sources.map(({ description }) => description),
    xAxes: xAxes.filter((axis) => placeOnAxis(run, axis) !== undefined),
    unreadableCount,
    ...withValue("sampledStepMs", hasPlan ? medianStepMs(steps.chunks) : undefined),
  };
}

/** Undefined until the run has a result and its samples are read. */
function planComparisonOf(
  { request, result, record, log, samples }: WatchedRun,
  view: FirstViewHeading | undefined,
) {
  const isKnown = samples.hasReadSteps || view !== undefined;
  if (request.plan === undefined || result === undefined || !isKnown) return undefined;
  const measured = measuredRun({ request, result, events: record.events.events }, log.reader.run);
  return compareWithPlan(request.plan, {
    ...measured,
    sampledStepMs: view === undefined ? medianStepMs(samples.steps.chunks) : view.sampledStepMs,
  });
}

/** Predicts when the run reaches its target; undefined if it has no target, no clock, or is over. */
export function predictionOf(
  run: WatchedRun,
  earlierCrossingsMs: readonly number[],
): RunDetail["prediction"] {
  const { target, start, standings, earlierMs } = run.log.reader.run;
  if (target === undefined || start === undefined || run.isOver) return undefined;
  // The evaluations are those of the first target.
  if (standings.slice(1).some(({ isMet }) => !isMet)) return undefined;
  return predictCrossing({
    evaluations: run.evaluations,
    target,
    nowClockMs: earlierMs + Math.max(0, run.untilMs - start.arrivalMs),
    earlierCrossingsMs,
  });
}

/** Returns the progress without the rule checks, which have their own document. */
export function progressDocument(
  progress: ReturnType<WatchedRun["progress"]>,
): RunProgressDocument {
  const { rules: _, ...shown } = progress;
  return shown;
}

export function rulesDocument(checklist: RunChecklist | undefined): RulesDocument | undefined {
  if (checklist === undefined) return undefined;
  const { edition, items } = checklist;
  return {
    edition,
    items: items.map(({ name, state }) => ({ rule: name, text: name, state })),
  };
}

function withValue<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [Key in Name]?: Value } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript widens the computed key `Name` to string
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}
