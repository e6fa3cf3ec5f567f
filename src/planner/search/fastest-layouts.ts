import { UserError } from "../../foundation/errors/user-error.ts";
import { formatBytes } from "../../foundation/numbers/units.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { Framework, Precision, TrainingLayout } from "../../schema/plan/training-layout.ts";
import { acceleratorGeneration } from "../step/accelerator-generation.ts";
import { newestSoftware, type StepData } from "../step/predict-step.ts";
import { layoutSpace } from "./layout-space.ts";
import type { MemoryTables } from "./memory-table.ts";
import { layoutSearch, type FoundLayout, type LayoutSearch } from "./search-layouts.ts";

/** A transformer whose layouts are searched: what does not depend on its target, prices or limits. */
export interface LayoutQuestion {
  shape: TransformerShape;
  precisionOf: (accelerator: Accelerator) => Precision;
  adapter?: TrainingLayout["adapter"];
  data: StepData;
  /** Default: Megatron and FSDP, and MaxText on TPUs. */
  frameworks?: readonly Framework[] | undefined;
}

export type FastestLayout =
  | Extract<FoundLayout, { kind: "found" }>
  | { kind: "does-not-fit"; text: string; leastBytes: number }
  | { kind: "does-not-divide"; text: string }
  /** A fact of the accelerator is missing. */
  | { kind: "unknown"; text: string };

/** The fastest layout that fits, over all frameworks, by accelerator, number of them and global batch size. */
export type FastestLayouts = (
  accelerator: Accelerator,
  count: number,
  globalBatch: number,
) => FastestLayout;

/**
 * Searches layouts when they are first asked for and keeps the answers, so that a plan whose target, prices or limits
 * change searches nothing again.
 */
export function fastestLayouts(question: LayoutQuestion): FastestLayouts {
  const searches = new Map<string, readonly LayoutSearch[] | string>();
  const answers = new Map<string, FastestLayout>();
  const memories: MemoryTables = new Map();
  return (accelerator, count, globalBatch) => {
    const key = `${accelerator.name} ${count} ${globalBatch}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const own = searches.get(accelerator.name) ?? searchesOf(accelerator, question, memories);
    searches.set(accelerator.name, own);
    const answer = fastestOf(own, accelerator, count, globalBatch);
    answers.set(key, answer);
    return answer;
  };
}

const tpuFrameworks: readonly Framework[] = ["maxtext"];
const gpuFrameworks: readonly Framework[] = ["megatron", "fsdp"];

/** One search for each framework; a text if a fact of the accelerator is missing. */
function searchesOf(
  accelerator: Accelerator,
  { shape, precisionOf, adapter, data, frameworks }: LayoutQuestion,
  memories: MemoryTables,
): readonly LayoutSearch[] | string {
  const generation = acceleratorGeneration(accelerator);
  const tried = frameworks ?? (generation.name === "tpu" ? tpuFrameworks : gpuFrameworks);
  try {
    return tried.map((framework) =>
      layoutSearch(
        {
          shape,
          accelerator,
          precision: precisionOf(accelerator),
          framework,
          software: newestSoftware(data.calibration, generation.nearest, framework),
          adapter,
        },
        layoutSpace(shape, framework, accelerator.scaleUpCount),
        { calibration: data.calibration, memories },
      ),
    );
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function fastestOf(
  searches: readonly LayoutSearch[] | string,
  accelerator: Accelerator,
  count: number,
  globalBatch: number,
): FastestLayout {
  if (typeof searches === "string") return { kind: "unknown", text: searches };
  if (count > accelerator.scaleUpCount && accelerator.networkBytesPerSecond === undefined)
    return {
      kind: "unknown",
      text: `the catalogue has no bandwidth of the network of ${accelerator.name}, which ${count} of them need`,
    };
  let best: Extract<FoundLayout, { kind: "found" }> | undefined;
  let leastBytes = Number.POSITIVE_INFINITY;
  for (const search of searches) {
    const one = search(count, globalBatch);
    if (one.kind === "does-not-fit") leastBytes = Math.min(leastBytes, one.leastBytes);
    if (one.kind === "found" && one.stepTimeMs < (best?.stepTimeMs ?? Number.POSITIVE_INFINITY))
      best = one;
  }
  if (best !== undefined) return best;
  if (!Number.isFinite(leastBytes))
    return {
      kind: "does-not-divide",
      text: `no layout of ${count} divides a batch of ${globalBatch} sequences`,
    };
  return {
    kind: "does-not-fit",
    leastBytes,
    text: `${count} of them need ${formatBytes(leastBytes)} each, and have ${formatBytes(accelerator.memoryBytes)}`,
  };
}
