import { z } from "zod";
import { layoutLine } from "./training-layout.ts";

/** What the source printed; `stepTimeMs` follows from it. */
const publishedQuantities = ["step-time", "tokens-per-second", "flop-per-second"] as const;

/** What `memoryBytes` contains, per accelerator. */
const memoryContents = ["peak", "weights-and-optimizer", "activations"] as const;

/** A published measurement of a training: one line of `data/planner/measurements.jsonl`. */
export const publishedMeasurement = z.strictObject({
  id: z.string(),
  /** The table that it is from, such as `nvidia-dgxc`. */
  table: z.string(),
  source: z.string(),
  /** `listed` in the named source, or `recalled`: known from memory, check before relying on it. */
  status: z.enum(["listed", "recalled"]),
  line: layoutLine,
  measured: z
    .strictObject({
      published: z.enum(publishedQuantities).optional(),
      /** Mean time of one step, as published or computed from `published`. */
      stepTimeMs: z.number().positive().optional(),
      tokensPerSecondPerAccelerator: z.number().positive().optional(),
      memoryBytes: z.number().positive().optional(),
      memoryOf: z.enum(memoryContents).optional(),
    })
    .refine(
      ({ stepTimeMs, memoryBytes }) => stepTimeMs !== undefined || memoryBytes !== undefined,
      "neither time nor memory",
    ),
  /** Measurements of one model, which are held out of a fit together. */
  heldOutGroup: z.string(),
  note: z.string().optional(),
});
export type PublishedMeasurement = z.output<typeof publishedMeasurement>;
