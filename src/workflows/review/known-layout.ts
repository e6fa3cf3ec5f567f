import type { KnownLayout } from "../../planner/review/layout-candidates.ts";
import { precisionNamed } from "../../planner/search/precision-named.ts";
import type {
  FinishedTraining,
  StatedField,
  StatedValue,
} from "../../schema/plan/finished-training.ts";

export type StatedLayout = Partial<Record<StatedField, StatedValue>>;

/**
 * The layout as far as it is stated. The global batch, if it is not, is what accelerators, micro batch and passes give, or
 * what the printed tokens per second do.
 */
export function knownLayout(
  stated: StatedLayout,
  { training, count, seq }: { training: FinishedTraining; count: number; seq: number | undefined },
): KnownLayout | undefined {
  const number = (field: StatedField): number | undefined => {
    const value = Number(stated[field]?.value);
    return Number.isInteger(value) && value > 0 ? value : undefined;
  };
  const globalBatch =
    number("globalBatch") ?? batchOfPasses(number, count) ?? batchOfRate(training, count, seq);
  if (globalBatch === undefined) return undefined;
  const rank = number("adapterRank");
  const sequenceParallel = stated.sequenceParallel?.value;
  return {
    globalBatch,
    microBatch: number("microBatch"),
    accumulation: number("accumulation"),
    tp: number("tp"),
    pp: number("pp"),
    cp: number("cp"),
    ep: number("ep"),
    etp: number("etp"),
    dp: number("dp"),
    vp: number("vp"),
    precision: precisionNamed(stated.precision?.value),
    recompute: oneOf(["none", "selective", "full"] as const, stated.recompute?.value),
    sequenceParallel: sequenceParallel === undefined ? undefined : sequenceParallel === "true",
    sharding: oneOf(["none", "zero1", "zero2", "zero3", "fsdp"] as const, stated.sharding?.value),
    framework: oneOf(
      ["megatron", "fsdp", "maxtext", "deepspeed"] as const,
      stated.framework?.value,
    ),
    adapter: rank === undefined ? undefined : { rank },
    software: training.hasTimes ? monthOf(training.startMs) : undefined,
  };
}

function oneOf<Name extends string>(
  names: readonly Name[],
  text: string | undefined,
): Name | undefined {
  return names.find((name) => name === text);
}

function batchOfPasses(
  number: (field: StatedField) => number | undefined,
  count: number,
): number | undefined {
  const microBatch = number("microBatch");
  if (microBatch === undefined) return undefined;
  const split = (number("tp") ?? 1) * (number("pp") ?? 1) * (number("cp") ?? 1);
  const ranks = number("dp") ?? count / split;
  const batch = microBatch * (number("accumulation") ?? 1) * ranks;
  return Number.isInteger(batch) ? batch : undefined;
}

/** Tokens per second of all accelerators, times the time of a step, over the tokens of a sequence. */
function batchOfRate(
  training: FinishedTraining,
  count: number,
  seq: number | undefined,
): number | undefined {
  const rates = training.printedTokensPerSecond;
  const [first, last] = [training.marks[0], training.marks.at(-1)];
  if (rates.length < 3 || seq === undefined || first === undefined || last === undefined)
    return undefined;
  if (training.progressUnit !== "steps" || last.amount <= first.amount) return undefined;
  const stepMs = (last.timeMs - first.timeMs) / (last.amount - first.amount);
  const rate = rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;
  const batch = Math.round((rate * count * stepMs) / 1000 / seq);
  return batch > 0 ? batch : undefined;
}

/** `2025-10`; undefined for times that do not count from the epoch. */
function monthOf(timeMs: number): string | undefined {
  const date = new Date(timeMs);
  const year = date.getUTCFullYear();
  return year < 2018 || year > 2100 ? undefined : date.toISOString().slice(0, 7);
}
