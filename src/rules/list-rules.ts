import { groupBy } from "../foundation/collections/group-by.ts";
import type { KeyRule, RuleEdition, RuleFile } from "../schema/logs/rule-edition.ts";
import { describePredicate } from "./describe-formula.ts";

/** What the rules of an edition demand of one key. */
export interface ListedRule {
  /** The rule file: `common`, `closed_bert`. */
  file: string;
  key: string;
  /** `exactly-one`, `at-least-2`, `one-of block_start, epoch_start`. */
  require: string;
  /** Conditions on every line: `value >= 0.72`. */
  conditions: string[];
  /** Conditions that one line must meet at least once: the quality target. */
  target: string[];
}

/**
 * Lists the rules that apply to logs of a benchmark and division, in the order of the rule files. A key's rule in a later
 * file replaces the earlier one.
 *
 * @param benchmark undefined: only the rules that all benchmarks share
 */
export function listRules(
  { files }: RuleEdition,
  { benchmark, division }: { benchmark: string | undefined; division: string },
): ListedRule[] {
  const names = ["common", `${division}_common`, benchmark, `${division}_${benchmark}`];
  const rules = names
    .flatMap((name) => files.filter((file) => file.name === name))
    .flatMap(rulesOf);
  return [...groupBy(rules, ({ key }) => key).values()].flatMap((same) => same.at(-1) ?? []);
}

function rulesOf({ name, keys }: RuleFile): ListedRule[] {
  return keys.map((rule) => ({
    file: name,
    key: rule.key,
    require: describeRequirement(rule),
    conditions: [
      ...rule.checks.map(describePredicate),
      ...rule.firstCheck.map((check) => `on the first line: ${describePredicate(check)}`),
    ],
    target: rule.atLeastOneCheck.map(describePredicate),
  }));
}

function describeRequirement({ key, require }: KeyRule): string {
  if (typeof require === "string") return require === "none" ? "optional" : require;
  if ("atLeast" in require) return `at-least-${require.atLeast}`;
  return `one-of ${[key, ...require.atLeastOneOr].join(", ")}`;
}
