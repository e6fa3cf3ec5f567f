import { nearestWord } from "../../foundation/text/nearest-word.ts";
import type { PlannerModel } from "../../schema/plan/planner-models.ts";

/** Result of looking up a model by name. */
export type FoundModel =
  | { kind: "found"; model: PlannerModel }
  | { kind: "unknown"; nearest: string | undefined };

/**
 * Finds a model by its name or an alias. Ignores case and everything but letters and digits, and, where nothing is found, the
 * organization of a repository and what names a fine-tuned or quantized copy, which has the same sizes.
 */
export function findModel(name: string, models: readonly PlannerModel[]): FoundModel {
  const model = modelNamed(plainName(name), models) ?? modelNamed(originalName(name), models);
  if (model !== undefined) return { kind: "found", model };
  const names = models.map((one) => one.name);
  return {
    kind: "unknown",
    nearest: nearestWord(name, names) ?? nearestWord(withoutCopy(name), names),
  };
}

function modelNamed(wanted: string, models: readonly PlannerModel[]): PlannerModel | undefined {
  return models.find((one) =>
    [one.name, ...one.aliases].some(
      (known) => plainName(known) === wanted || originalName(known) === wanted,
    ),
  );
}

/** What follows the name of a model in the names of its copies. */
const copySuffix =
  /[-_.](?:instruct|chat|it|base|pt|hf|bf16|fp8|awq|gptq|gguf|bnb|unsloth|\d+bit|int[48]|v\d+(?:\.\d+)?|25\d\d)$/iu;

/** `unsloth/Qwen2.5-7B-Instruct-bnb-4bit` is `qwen257b`. */
function originalName(name: string): string {
  return plainName(withoutCopy(name));
}

/** `Qwen2.5-7B` of `unsloth/Qwen2.5-7B-Instruct-bnb-4bit`. */
function withoutCopy(name: string): string {
  let rest = name.slice(name.lastIndexOf("/") + 1).replace(/^meta-/iu, "");
  while (copySuffix.test(rest)) rest = rest.replace(copySuffix, "");
  return rest;
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");
}
