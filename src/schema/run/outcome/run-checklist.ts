import type { RuleFinding } from "../../logs/rule-finding.ts";

/**
 * Which rules of an edition apply to a run; see `rules/run-scope/choose-run-rules.ts`.
 *
 * - `benchmark`: all rules, because the log names an MLPerf benchmark
 * - `general`: the rules that apply to every benchmark
 * - `clock`: the rules that a valid time to train requires
 */
export const ruleScopes = ["benchmark", "general", "clock"] as const;
export type RuleScope = (typeof ruleScopes)[number];

/** One requirement of the rules: a key, or alternative keys joined by `|`; `END` or `log` for the whole log. */
export interface ChecklistItem {
  name: string;
  /** `waiting`: not logged yet, or its condition (mostly the quality target) is not met yet. */
  state: "waiting" | "met" | "broken";
}

/** The rule status of a run, during the run or after it. */
export interface RunChecklist {
  edition: string;
  scope: RuleScope;
  /** Whether the log has ended, so that no requirement is waiting. */
  isFinal: boolean;
  items: readonly ChecklistItem[];
  findings: readonly RuleFinding[];
}

/** The counts of a checklist. */
export interface ChecklistCounts {
  metCount: number;
  brokenCount: number;
  /** All requirements known so far. */
  checkCount: number;
}

export function countChecks({ items }: Pick<RunChecklist, "items">): ChecklistCounts {
  return {
    metCount: items.filter(({ state }) => state === "met").length,
    brokenCount: items.filter(({ state }) => state === "broken").length,
    checkCount: items.length,
  };
}
