import { groupBy } from "../../foundation/collections/group-by.ts";
import type { EditionSummary } from "../../schema/documents/log-documents.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";
import { describeRuleSource, newerRulesNote } from "./rule-source-text.ts";

interface RulesLook {
  width: number;
  paint: Paint;
  withNextStep: boolean;
}

/** A line per edition, with the version that its rules are from. */
export function editionsReport(editions: readonly EditionSummary[], look: RulesLook): string {
  const sources = groupBy(editions, describeRuleSource);
  const columns = sources.size === 1 ? editionColumns : [...editionColumns, sourceColumn];
  const [head = "", ...lines] = fitTable(columns, editions, look.width);
  const example = editions.at(-1)?.edition;
  const newest = editions.findLast(({ edition }) => edition.startsWith("training"))?.edition;
  const next = look.paint.name(`pitwall rules ${newest ?? example ?? ""}`);
  return [
    `rules: ${[...sources.keys()].join("; ")}`,
    ...notesOf(editions, look.paint),
    "",
    look.paint.faint(head),
    ...lines,
    ...(look.withNextStep ? ["", `next: ${next}   shows what its logs must contain`] : []),
  ].join("\n");
}

const editionColumns: readonly FittedColumn<EditionSummary>[] = [
  { head: "edition", align: "left", cell: ({ edition }) => edition },
  { head: "published", align: "left", cell: ({ publishedOn }) => publishedOn ?? "not yet" },
  {
    head: "benchmarks",
    align: "left",
    cell: ({ benchmarks }) => benchmarks.join(", "),
    shrinkTo: 20,
  },
];

const sourceColumn: FittedColumn<EditionSummary> = {
  head: "rules from",
  align: "left",
  cell: describeRuleSource,
};

/** The rules of an edition, as `rules` lists them. */
interface RulesToShow {
  edition: EditionSummary;
  division: string;
  benchmark: string | undefined;
  rules: readonly RuleToShow[];
}

interface RuleToShow {
  file: string;
  key: string;
  require: string;
  conditions: readonly string[];
  target: readonly string[];
}

/** What logs must contain: a line per key. */
export function rulesReport(
  { edition, division, benchmark, rules }: RulesToShow,
  look: RulesLook,
): string {
  const [head = "", ...lines] = fitTable(ruleColumns, rules, look.width);
  const about = [edition.edition, division, benchmark].filter((part) => part !== undefined);
  const first = edition.benchmarks[0] ?? "";
  const next = look.paint.name(`pitwall rules ${edition.edition} --benchmark ${first}`);
  return [
    `${about.join(", ")}   rules: ${describeRuleSource(edition)}`,
    ...notesOf([edition], look.paint),
    "",
    look.paint.faint(head),
    ...lines,
    ...(look.withNextStep && benchmark === undefined
      ? ["", `next: ${next}   adds the rules of a benchmark: ${edition.benchmarks.join(", ")}`]
      : []),
  ].join("\n");
}

const ruleColumns: readonly FittedColumn<RuleToShow>[] = [
  { head: "key", align: "left", cell: ({ key }) => key },
  { head: "must occur", align: "left", cell: ({ require }) => require },
  {
    head: "condition",
    align: "left",
    cell: ({ conditions, target }) =>
      [
        ...conditions,
        ...(target.length === 0 ? [] : [`at least once: ${target.join(" and ")}`]),
      ].join("; "),
    shrinkTo: 30,
  },
  { head: "rule file", align: "left", cell: ({ file }) => file, dropAt: 1 },
];

function notesOf(editions: readonly EditionSummary[], paint: Paint): string[] {
  return editions
    .filter(({ mayBeOutdated }) => mayBeOutdated)
    .map((edition) => `${paint.warn("note:")} ${newerRulesNote(edition)}`);
}
