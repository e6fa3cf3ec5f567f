import type { RuleFinding } from "../logs/rule-finding.ts";

/**
 * Which of an edition's rules a run is held to; `rules/run-scope/choose-run-rules.ts` says when.
 *
 * - `benchmark`: all of them, as the log names a benchmark of MLPerf's
 * - `general`: those that hold for every benchmark
 * - `clock`: those without which no time to train is worth anything
 */
export const ruleScopes = ["benchmark", "general", "clock"] as const;
export type RuleScope = (typeof ruleScopes)[number];

/** One thing that the rules ask of a log: a key, or a choice of keys joined by `|`; `END`, `log` for the whole. */
export interface ChecklistItem {
  name: string;
  /** `waiting`: not logged yet, or its condition (mostly the quality target) is not met yet. */
  state: "waiting" | "met" | "broken";
}

/** The rule status of a run, during the run or after it. */
export interface RunChecklist {
  edition: string;
  scope: RuleScope;
  /** Whether the log is over: nothing waits any more. */
  isFinal: boolean;
  items: readonly ChecklistItem[];
  findings: readonly RuleFinding[];
}

/** The checklist in figures. */
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
