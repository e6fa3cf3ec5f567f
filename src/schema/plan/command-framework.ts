import type { Framework } from "./training-layout.ts";

/** Frameworks that a command line can be written for. */
export const commandFrameworks = [
  "megatron-bridge",
  "torchtitan",
  "maxtext",
  "accelerate",
] as const;
export type CommandFramework = (typeof commandFrameworks)[number];

/** How the planner models the layouts of each of them. */
export const modelledAs: Readonly<Record<CommandFramework, Framework>> = {
  "megatron-bridge": "megatron",
  torchtitan: "fsdp",
  maxtext: "maxtext",
  accelerate: "fsdp",
};
