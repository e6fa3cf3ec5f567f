import type { RuleSource } from "../../schema/logs/rule-source.ts";

/** `mlcommons/logging 4.1.68 of 2026-10-24`. */
export function describeRuleSource({ source, released }: Omit<RuleSource, "edition">): string {
  return `${source} of ${released}`;
}

export function newerRulesNote({ edition, released }: RuleSource): string {
  return `the rules of ${edition} are of ${released}, and a round is being submitted: newer rules may exist. A newer version of Pitwall may have them`;
}
