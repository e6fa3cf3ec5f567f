import type { EditionAssumption } from "../../schema/logs/edition-assumption.ts";
import type { RuleSource } from "../../schema/logs/rule-source.ts";

/** `mlcommons/logging 4.1.68 of 2026-10-24`. */
export function describeRuleSource({ source, released }: Omit<RuleSource, "edition">): string {
  return `${source} of ${released}`;
}

export function newerRulesNote({ edition, released }: RuleSource): string {
  return `the rules of ${edition} are of ${released}, and a round is being submitted: newer rules may exist. A newer version of Pitwall may have them`;
}

/**
 * Which rules were assumed, why, and how to select others.
 *
 * @param command the command that assumed them, without `--edition`; absent on pages, which have a list of editions
 */
export function assumedEditionText(assumption: EditionAssumption, command?: string): string {
  const { edition, editions, benchmark, loggedOn, publishedOn, logCount } = assumption;
  const others = editions.filter((each) => each !== edition);
  const logs = logCount === 1 ? "the log is" : `${logCount} logs are`;
  const when =
    publishedOn === undefined
      ? `and the results of ${edition} are not published yet`
      : loggedOn <= publishedOn
        ? `before the results of ${edition} were published (${publishedOn})`
        : `after the results of ${edition}, the newest edition with \`${benchmark}\`, were published (${publishedOn})`;
  return `assumed ${edition}: ${logs} of ${loggedOn}, ${when}; ${selectText(others.at(-1), command)}: \`${benchmark}\` is also in ${others.join(", ")}`;
}

function selectText(other: string | undefined, command: string | undefined): string {
  if (command === undefined || other === undefined) return "select another with `--edition`";
  return `select another, for example with \`${command} --edition ${other}\``;
}
