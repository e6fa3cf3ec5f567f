import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { type ListedRule, listRules } from "../../rules/list-rules.ts";
import type { PublishedRoundList } from "../../schema/atlas/rounds/published-round.ts";
import type { EditionSummary } from "../../schema/documents/log-documents.ts";
import { checkableEditions, editionNamed } from "../../schema/logs/edition-name.ts";
import { benchmarksOfEdition, type MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import { readRuleEdition } from "../../store/catalogue/read-score-data.ts";
import { readShippedTable } from "../../store/catalogue/read-shipped-table.ts";
import { readRuleSources } from "./rule-sources.ts";

/** The rules of an edition that apply to a division and, if one is named, a benchmark. */
export interface ShownRules {
  edition: EditionSummary;
  division: string;
  benchmark: string | undefined;
  rules: ListedRule[];
}

/** Every edition with rules, oldest first. */
export async function listEditions(nowMs: number): Promise<EditionSummary[]> {
  return summarise(checkableEditions, nowMs);
}

/**
 * Shows the rules of an edition.
 *
 * @throws UserError `edition-unknown`, `edition-without-rules`, `unknown-benchmark`
 */
export async function showRules(request: {
  edition: string;
  benchmark: string | undefined;
  division: string;
  nowMs: number;
}): Promise<ShownRules> {
  const { benchmark, division, nowMs } = request;
  const id = editionNamed(request.edition);
  if (benchmark !== undefined) requireBenchmark(benchmark, id);
  const [edition] = await summarise([id], nowMs);
  if (edition === undefined) throw new Error(`an edition without a summary: ${id}`);
  const rules = listRules(await readRuleEdition(id), { benchmark, division });
  return { edition, division, benchmark, rules };
}

async function summarise(
  editions: readonly MlperfEdition[],
  nowMs: number,
): Promise<EditionSummary[]> {
  const sources = await readRuleSources(editions, nowMs);
  const { entries } = await readShippedTable<PublishedRoundList>("rounds.json");
  const byName = new Map(sources.map((each) => [each.edition, each]));
  return editions.flatMap((edition) => {
    const source = byName.get(edition);
    const published = entries.find(
      ({ suite, round }) => `${suite}-${round}` === `mlperf-${edition.replace("-", "-v")}`,
    );
    const benchmarks = [...benchmarksOfEdition(edition)];
    return source === undefined
      ? []
      : [Object.assign({}, source, { publishedOn: published?.publishedOn, benchmarks })];
  });
}

function requireBenchmark(benchmark: string, edition: MlperfEdition): void {
  const known = benchmarksOfEdition(edition);
  if (known.some((name) => name === benchmark)) return;
  const nearest = nearestWord(benchmark, known);
  throw new UserError("unknown-benchmark", `${edition} has no benchmark \`${benchmark}\``, {
    at: "--benchmark",
    hint:
      nearest === undefined ? `benchmarks: ${known.join(", ")}` : `did you mean \`${nearest}\`?`,
  });
}
