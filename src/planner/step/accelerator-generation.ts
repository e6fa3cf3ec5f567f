import type { Accelerator } from "../../schema/catalogue.ts";

/** Accelerators whose constants are fitted together. */
export interface AcceleratorGeneration {
  name: string;
  /** The measured generation whose constants are used where none were fitted. */
  nearest: "ampere" | "hopper" | "blackwell" | "tpu";
}

const patterns: readonly { pattern: RegExp; generation: AcceleratorGeneration }[] = [
  {
    pattern: /^(?:g?b[23]00|rtx-50|rtx-pro-6000)/u,
    generation: { name: "blackwell", nearest: "blackwell" },
  },
  { pattern: /^(?:h100|h200|h800|h20|gh200)/u, generation: { name: "hopper", nearest: "hopper" } },
  { pattern: /^(?:a100|a800|a30)/u, generation: { name: "ampere", nearest: "ampere" } },
  { pattern: /^tpu-/u, generation: { name: "tpu", nearest: "tpu" } },
  { pattern: /^(?:l4|l40|rtx-4|rtx-6000-ada)/u, generation: { name: "ada", nearest: "hopper" } },
  {
    pattern: /^(?:a10|a40|rtx-3|rtx-a)/u,
    generation: { name: "ampere-graphics", nearest: "ampere" },
  },
  { pattern: /^(?:v100|t4|quadro|rtx-2|titan)/u, generation: { name: "volta", nearest: "ampere" } },
  { pattern: /^mi[23]\d\d/u, generation: { name: "cdna", nearest: "hopper" } },
  { pattern: /^trainium/u, generation: { name: "trainium", nearest: "hopper" } },
  { pattern: /^p100/u, generation: { name: "pascal", nearest: "ampere" } },
];

/** The processor of the host: Grace, or x86 and the like. */
export function hostOf(accelerator: Accelerator): "grace" | "x86" {
  return /^g[bh]\d/u.test(accelerator.name) ? "grace" : "x86";
}

const generations = new WeakMap<Accelerator, AcceleratorGeneration>();

/** The generation of an accelerator of the catalogue. */
export function acceleratorGeneration(accelerator: Accelerator): AcceleratorGeneration {
  let generation = generations.get(accelerator);
  if (generation === undefined) generations.set(accelerator, (generation = byName(accelerator)));
  return generation;
}

function byName(accelerator: Accelerator): AcceleratorGeneration {
  const known = patterns.find(({ pattern }) => pattern.test(accelerator.name));
  if (known !== undefined) return known.generation;
  return { name: accelerator.name, nearest: accelerator.year >= 2023 ? "hopper" : "ampere" };
}
