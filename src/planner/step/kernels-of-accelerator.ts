import type { Accelerator } from "../../schema/catalogue.ts";
import { acceleratorGeneration } from "./accelerator-generation.ts";
import type { StepContext } from "./step-context.ts";

type Kernels = Pick<StepContext, "picksRowsSlowly" | "headMultiple" | "attentionTile">;

/**
 * TPUs pad to the 128 lanes of a vector register, and Splash Attention in their recipes works on tiles of up to 2048 keys
 * backward (`sa_block_kv_dkv`).
 *
 * @see https://docs.jax.dev/en/latest/pallas/tpu/details.html, read 2026-12-01
 * @see https://github.com/AI-Hypercomputer/tpu-recipes/tree/main/training, read 2026-12-01
 */
const ofTpu: Kernels = { picksRowsSlowly: true, headMultiple: 128, attentionTile: 2048 };

/** What a GPU loses to tiles and narrow heads is in the ramp and the rate of attention. */
const ofGpu: Kernels = { picksRowsSlowly: false, headMultiple: 1, attentionTile: undefined };

/** How kernels for an accelerator cut their work. */
export function kernelsOf(accelerator: Accelerator): Kernels {
  return acceleratorGeneration(accelerator).name === "tpu" ? ofTpu : ofGpu;
}
