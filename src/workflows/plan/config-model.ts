import { formatCount } from "../../foundation/numbers/units.ts";
import type { PlannerModel } from "../../schema/plan/planner-models.ts";

/** Longer sequences are rarely what most of a training uses. */
const longestSequence = 8192;

/** A model that is not in the table, as the table would have it. */
export interface ConfigModel {
  model: PlannerModel;
  notes: readonly string[];
}

/**
 * The model of a Hugging Face `config.json`, if the text names such a file.
 *
 * @throws UserError `file-unreadable`, `model-config-not-understood`, `model-config-incomplete`
 */
export async function configModel(text: string, cwd: string): Promise<ConfigModel | undefined> {
  if (!/\.json$/iu.test(text)) return undefined;
  const { loadModel } = await import("./load-model.ts");
  const { name, shape, notes } = await loadModel(text, cwd);
  const seq = Math.min(shape.seq, longestSequence);
  const model: PlannerModel = {
    name,
    aliases: [],
    shape: { ...shape, seq },
    source: text,
    checkedOn: "today",
    status: "listed",
  };
  const length = `sequences of ${formatCount(seq)} tokens are assumed; ${text} allows ${formatCount(shape.seq)}`;
  return { model, notes: [...notes, length] };
}
