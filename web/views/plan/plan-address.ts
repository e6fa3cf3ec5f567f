import type { PlanTexts } from "../../../src/planner/goal/read-plan-call.ts";
import { shellWord } from "../../../src/foundation/text/shell-word.ts";
import { planDefaults } from "../../../src/schema/plan/plan-defaults.ts";

/** Entries of the address that are options of `pitwall plan`, in the order of its command line. */
export const planOptionNames = [
  "tokens",
  "target",
  "batch",
  "precision",
  "for",
  "budget",
  "deadline",
  "max-energy",
  "max-count",
  "accelerators",
  "clouds",
  "spot",
  "region",
  "queue",
  "objective",
  "seed",
  "price",
  "no-calibration",
] as const;
export type PlanOptionName = (typeof planOptionNames)[number];

/** The options of a plan, as the address has them. */
export type PlanQuery = Readonly<Record<string, string | undefined>>;

/** Shown first. */
const defaultGoal = "llama31_8b";

/** The request of an address. */
export function readPlanTexts(query: PlanQuery): PlanTexts {
  return {
    goal: query["goal"] ?? defaultGoal,
    tokens: query["tokens"],
    target: query["target"],
    batch: query["batch"],
    precision: query["precision"],
    for: query["for"],
    budget: query["budget"],
    deadline: query["deadline"],
    maxEnergy: query["max-energy"],
    maxCount: countOf(query["max-count"]) ?? planDefaults.maxCount,
    accelerators: query["accelerators"],
    clouds: query["clouds"],
    spot: query["spot"] === "yes",
    region: query["region"],
    queue: query["queue"],
    objective: query["objective"],
    seed: query["seed"] ?? planDefaults.seed,
    ownPrices: query["price"],
    ignoresOwnRuns: query["no-calibration"] === "yes",
  };
}

function countOf(text = ""): number | undefined {
  return /^[1-9]\d{0,6}$/u.test(text) ? Number(text) : undefined;
}

/** The command that prints the same plan. */
export function planCommandOf(query: PlanQuery): string {
  const options = planOptionNames.flatMap((name) => {
    const text = query[name] ?? "";
    if (text === "" || (name === "max-count" && countOf(text) === undefined)) return [];
    if (name === "spot" || name === "no-calibration") return text === "yes" ? [`--${name}`] : [];
    if (name === "price") return listOf(text).map((price) => `--price ${shellWord(price)}`);
    return [`--${name} ${shellWord(text)}`];
  });
  return ["pitwall plan", shellWord(query["goal"] ?? defaultGoal), ...options].join(" ");
}

/** The words of a list in the address: `h100,b200`. */
export function listOf(text: string | undefined): readonly string[] {
  return (text ?? "").split(",").filter((word) => word !== "");
}

/** A list with a word added, or removed if it has it. */
export function toggled(text: string | undefined, word: string): string {
  const words = listOf(text);
  return (words.includes(word) ? words.filter((one) => one !== word) : [...words, word]).join(",");
}
