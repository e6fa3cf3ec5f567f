import { findPlateau } from "../../../planner/forecast/find-plateau.ts";
import { predictCrossing } from "../../../planner/forecast/predict-crossing.ts";
import type { EnergyReading } from "../../../schema/run/measured/energy.ts";
import { runName } from "../../../schema/run/request/run-name.ts";
import type { RunProgress } from "../../../schema/run/run-progress.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import { countChecks, type RunChecklist } from "../../../schema/run/outcome/run-checklist.ts";
import type { Silence } from "../../../schema/run/findings/silence.ts";
import { leadingEnergy } from "../../../score/parts/leading-energy.ts";
import { samplesPerSecond } from "../../../score/readings/samples-rate.ts";
import type { TrackedRun } from "../../../score/tracking/tracked-run.ts";

/** One moment of a run for the live view. */
export function runProgress(moment: {
  request: RunRequest;
  run: TrackedRun;
  nowMs: number;
  launchedMs: number;
  isStopping: boolean;
  costUsd: number | undefined;
  energy: readonly EnergyReading[];
  /** Times to train of earlier runs of the series. */
  earlierCrossingsMs: readonly number[];
  checklist?: RunChecklist | undefined;
  silence?: Silence | undefined;
}): RunProgress {
  const { request, run, nowMs, launchedMs } = moment;
  const clockMs =
    run.start === undefined ? undefined : run.earlierMs + Math.max(0, nowMs - run.start.arrivalMs);
  const { index, count } = request.series;
  return {
    runId: request.runId,
    name: runName(request),
    series: { index, count },
    phase: moment.isStopping ? "stopping" : run.start === undefined ? "initialising" : "training",
    launchedForMs: Math.max(0, nowMs - launchedMs),
    clockMs,
    target: run.target,
    best: run.best,
    ...(run.isCompound ? { targets: run.standings } : {}),
    loss: lossOf(run.latest),
    samplesCount: run.samplesCount,
    samplesPerSecond: rateOf(run, clockMs),
    costUsd: moment.costUsd,
    energy: leadingEnergy(moment.energy),
    rules: moment.checklist === undefined ? undefined : countChecks(moment.checklist),
    predicted: predictedOf(run, clockMs, moment.earlierCrossingsMs),
    ...(moment.silence === undefined ? {} : { silence: moment.silence }),
  };
}

/** The newest number whose name contains `loss`; a training loss takes precedence over a validation loss. */
function lossOf(latest: ReadonlyMap<string, number>): number | undefined {
  const names = [...latest.keys()].filter((name) => /loss/iu.test(name));
  const name = names.find((candidate) => /train/iu.test(candidate)) ?? names[0];
  return name === undefined ? undefined : latest.get(name);
}

function rateOf(run: TrackedRun, clockMs: number | undefined): number | undefined {
  const logged = run.latest.get("throughput");
  if (logged !== undefined) return logged;
  // Programs that count only with their evaluations begin with 0, which is no rate.
  return samplesPerSecond(run, run.samplesCount, clockMs) || undefined;
}

function predictedOf(
  { target, reached, evaluations, standings }: TrackedRun,
  clockMs: number | undefined,
  earlierCrossingsMs: readonly number[],
): RunProgress["predicted"] {
  if (target === undefined || reached !== undefined || clockMs === undefined) return undefined;
  const plateau = findPlateau(evaluations, target);
  if (plateau !== undefined) return { kind: "levels-off", ...plateau };
  // The evaluations are those of the first target.
  if (standings.slice(1).some(({ isMet }) => !isMet)) return undefined;
  const input = { evaluations, target, nowClockMs: clockMs, earlierCrossingsMs };
  const prediction = predictCrossing(input);
  if (prediction.kind !== "predicted") return undefined;
  const remaining = (atMs: number): number => Math.max(0, atMs - clockMs);
  return {
    kind: "reaches",
    remainingMs: remaining(prediction.clockMs),
    lowMs: remaining(prediction.lowMs),
    highMs: remaining(prediction.highMs),
  };
}
