import { z } from "zod";
import { transformerShape } from "./model-shape.ts";

/** A published model and its sizes; `shape.seq` is the sequence length of its pre-training. */
export const plannerModel = z.strictObject({
  name: z.string(),
  /** Other spellings, such as the repository at Hugging Face. */
  aliases: z.array(z.string()),
  shape: transformerShape,
  source: z.string(),
  checkedOn: z.string(),
  /** `listed` in the named source, or `recalled`: known from memory, check before relying on it. */
  status: z.enum(["listed", "recalled"]),
});
export type PlannerModel = z.output<typeof plannerModel>;

/** `data/planner/models.json`. */
export const plannerModelList = z.strictObject({ entries: z.array(plannerModel) });
export type PlannerModelList = z.output<typeof plannerModelList>;
