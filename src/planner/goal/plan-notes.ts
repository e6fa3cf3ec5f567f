import { formatCount } from "../../foundation/numbers/units.ts";
import type { InterruptionTable, Region } from "../../schema/plan/plan-tables.ts";
import type { PlanLoss, PlanOffer } from "../../schema/plan/run-plan.ts";
import { sequencesOfBatch } from "../samples/sequences-of-batch.ts";
import type { PlanCall } from "./plan-machines.ts";
import type { PlannedBenchmark, PlannedModel } from "./read-goal.ts";

/** `llama31_8b to its target`, `llama31-70b on 1.5 T tokens`. */
export function titleOf(goal: PlannedBenchmark | PlannedModel): string {
  return goal.kind === "model" ? `${goal.name} ${goal.purpose}` : `${goal.benchmark} to its target`;
}

/** Accelerators without a price are listed only if the user named them. */
export function isWorthSaying(
  reason: string,
  accelerator: string,
  { accelerators }: PlanCall,
): boolean {
  return (
    reason !== "no-price" || accelerators.some((text) => accelerator.startsWith(text.toLowerCase()))
  );
}

/** Accelerators whose energy is unknown: those that were left out for it, and those that are offered without it. */
export function unknownEnergyNotes({
  front,
  losses,
}: {
  front: readonly PlanOffer[];
  losses: readonly PlanLoss[];
}): string[] {
  const leftOut = losses.filter(({ reason }) => reason === "no-power-limit");
  const offered = front.filter(({ energy }) => energy === undefined);
  const why = "the catalog has no power limit";
  return [
    ...(leftOut.length === 0 ? [] : [`left out, energy unknown: ${namesIn(leftOut)}; ${why}`]),
    ...(offered.length === 0 ? [] : [`energy unknown: ${namesIn(offered)}; ${why}`]),
  ];
}

function namesIn(list: readonly { accelerator: string }[]): string {
  return [...new Set(list.map(({ accelerator }) => accelerator))].join(", ");
}

/** The batch in whole sequences, if that is not the number of tokens that was asked for. */
export function batchNotes(
  { batchTokens }: PlanCall,
  goal: PlannedBenchmark | PlannedModel,
): string[] {
  if (batchTokens === undefined || goal.kind !== "model") return [];
  const { seq } = goal.shape;
  const sequences = sequencesOfBatch(batchTokens, seq);
  if (sequences * seq === batchTokens) return [];
  const count = sequences === 1 ? "1 sequence" : `${formatCount(sequences)} sequences`;
  const total = formatCount(sequences * seq);
  return [`the global batch is ${count} of ${formatCount(seq)} tokens, ${total} in total`];
}

/** What the step times of a model suppose of its program; those of a benchmark come from its published results. */
export function kernelNotes(goal: PlannedBenchmark | PlannedModel): string[] {
  if (goal.kind !== "model") return [];
  return [
    "step times are those of programs with compiled or fused kernels; eager PyTorch takes two to five times as long",
  ];
}

/** Assumptions that concern all offers. */
export function planNotes(
  { maxCount, spot }: PlanCall,
  region: Region,
  interruptions: InterruptionTable,
): string[] {
  const { seconds, secondsPerDoubling } = interruptions.start;
  return [
    `up to ${maxCount} accelerators; \`--max-count\` changes that`,
    `energy is estimated: accelerators, hosts, network, and cooling with a PUE of ${region.pue} (${region.region === "unknown" ? "assumed; no region was given" : region.region})`,
    `time includes initialization, assumed to take ${seconds} s and ${secondsPerDoubling} s per doubling of the accelerators`,
    ...(spot
      ? ["spot interruptions are published monthly bands, or assumed where none is published"]
      : []),
  ];
}
