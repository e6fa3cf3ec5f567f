import { areOldInSeason } from "../../rules/rules-age.ts";
import type { PublishedRoundList } from "../../schema/atlas/rounds/published-round.ts";
import { hasRules } from "../../schema/logs/edition-name.ts";
import { isMlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { RuleSource } from "../../schema/logs/rule-source.ts";
import { readRuleEdition } from "../../store/catalogue/read-score-data.ts";
import { readShippedTable } from "../../store/catalogue/read-shipped-table.ts";

/** The sources of the rules of editions, each once. Editions without rules are left out. */
export async function readRuleSources(
  editions: Iterable<string | undefined>,
  nowMs: number,
): Promise<RuleSource[]> {
  const known = [...new Set(editions)].filter(
    (edition) => edition !== undefined && isMlperfEdition(edition) && hasRules(edition),
  );
  const tables = await Promise.all(known.map((edition) => readRuleEdition(edition ?? "")));
  const old = tables.filter(({ released }) => areOldInSeason(released, nowMs));
  const published = old.length === 0 ? new Set<string>() : await readPublishedEditions();
  return tables.map(({ edition, source, released }) => ({
    edition,
    source,
    released,
    mayBeOutdated: areOldInSeason(released, nowMs) && !published.has(edition),
  }));
}

/** The editions whose round is published: its rules no longer change. */
async function readPublishedEditions(): Promise<ReadonlySet<string>> {
  const { entries } = await readShippedTable<PublishedRoundList>("rounds.json");
  const names = entries.map(
    ({ suite, round }) => suite.replace("mlperf-", "") + round.replace("v", "-"),
  );
  return new Set(names);
}
