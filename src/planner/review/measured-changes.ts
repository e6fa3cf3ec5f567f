import { formatDuration } from "../../foundation/numbers/units.ts";
import type { FinishedTraining } from "../../schema/plan/finished-training.ts";
import type { InterruptionTable } from "../../schema/plan/plan-tables.ts";
import type { FreeChange } from "./propose-changes.ts";
import type { MeasuredTraining } from "./measure-training.ts";

/** A measured wait that a change can remove: all of it, at least `least` of it; the expected gain is in the middle. */
interface Removable {
  kind: FreeChange["kind"];
  text: string;
  ms: number;
  least: number;
}

/** A training whose waits are looked at. */
interface WaitingTraining {
  training: FinishedTraining;
  measured: MeasuredTraining;
  count: number | undefined;
  /** Evaluations are where the rules of the benchmark have them. */
  hasFixedEvaluations: boolean;
  interruptions: InterruptionTable;
}

/** Changes that remove time which the log shows. */
export function measuredChanges(request: WaitingTraining, paidMs: number): FreeChange[] {
  return removables(request)
    .filter(({ ms }) => ms > 0 && ms < paidMs)
    .map(({ kind, text, ms, least }) => ({
      kind,
      text,
      gainMs: (ms * (1 + least)) / 2,
      lowMs: ms * least,
      highMs: ms,
      probability: 1,
      basis: "measured",
      countFactor: 1,
    }));
}

function removables(request: WaitingTraining): Removable[] {
  const { measured, training, interruptions, count, hasFixedEvaluations } = request;
  const { steps = 0, step, evaluationMs, checkpointMs, initMs = 0 } = measured;
  const { seconds, secondsPerDoubling } = interruptions.start;
  const usualInitMs = 1000 * (seconds + secondsPerDoubling * Math.log2(count ?? 1));
  const dataMs = meanWait(training.ranks) * steps;
  const spreadMs = (training.rankSpreadMs ?? 0) * steps;
  return [
    {
      kind: "data",
      text: `hide the data loading: ranks waited ${formatDuration(dataMs)} for batches; more loader processes, or prefetching`,
      ms: dataMs,
      least: 0.5,
    },
    {
      kind: "stragglers",
      text: `even out the ranks: ${formatDuration(spreadMs)} of waiting for the slowest; the heatmap of \`pitwall serve\` shows which`,
      ms: spreadMs,
      least: 0,
    },
    {
      kind: "checkpoints",
      text: "write checkpoints in the background",
      ms: checkpointMs,
      least: 0.5,
    },
    {
      kind: "first-steps",
      text: "warm up before the clock starts: the first steps took longer than others",
      ms: step?.firstStepsMs ?? 0,
      least: 0,
    },
    {
      kind: "initialization",
      text: `shorten the initialization, with a cache of compiled kernels or faster loading; ${formatDuration(usualInitMs)} is usual`,
      ms: initMs - usualInitMs,
      least: 0,
    },
    ...(hasFixedEvaluations
      ? []
      : [
          {
            kind: "evaluation" as const,
            text: "evaluate half as often",
            ms: evaluationMs / 2,
            least: 1,
          },
        ]),
  ];
}

function meanWait(ranks: FinishedTraining["ranks"]): number {
  if (ranks.length === 0) return 0;
  return ranks.reduce((sum, { dataWaitMs }) => sum + dataWaitMs, 0) / ranks.length;
}
