import { nearestWord } from "../../foundation/text/nearest-word.ts";
import type { PlannerModel } from "../../schema/plan/planner-models.ts";

/** Result of looking up a model by name. */
export type FoundModel =
  | { kind: "found"; model: PlannerModel }
  | { kind: "unknown"; nearest: string | undefined };

/** Finds a model by its name or an alias. Ignores case and everything but letters and digits. */
export function findModel(name: string, models: readonly PlannerModel[]): FoundModel {
  const wanted = plainName(name);
  const model = models.find((one) =>
    [one.name, ...one.aliases].some((known) => plainName(known) === wanted),
  );
  if (model !== undefined) return { kind: "found", model };
  return {
    kind: "unknown",
    nearest: nearestWord(
      name,
      models.map((one) => one.name),
    ),
  };
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");
}
