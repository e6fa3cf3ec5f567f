import type { z } from "zod";
import { readLayoutLine } from "../../schema/plan/read-layout-line.ts";
import type { LayoutAnswer } from "../../schema/plan/step-prediction.ts";
import type { layoutLine } from "../../schema/plan/training-layout.ts";
import { loadPlannerData } from "./load-planner-data.ts";
import { predictLine, withModelSizes } from "./predict-layouts.ts";

type Given = z.input<typeof layoutLine>;

/**
 * Predicts the step time, memory and utilization of one layout, with Pitwall's own tables of models, accelerators and
 * constants. Times are in milliseconds, memory in bytes.
 *
 * @param model by name, by the path of a Hugging Face `config.json`, or by its sizes
 * @returns an answer of kind `error` if the layout cannot be predicted
 * @throws UserError `layout-invalid`
 */
export async function predictStep(
  model: Given["model"],
  hardware: Given["hardware"],
  layout: Given["layout"],
): Promise<LayoutAnswer> {
  const line = readLayoutLine({ model, hardware, layout });
  return predictLine(await withModelSizes(line, process.cwd()), await loadPlannerData());
}
