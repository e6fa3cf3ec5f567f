import { markdownTable } from "../../foundation/tables/markdown-table.ts";
import { type CsvOptions, csvText } from "../../foundation/tables/csv.ts";
import { formatCount } from "../../foundation/numbers/units.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { RoundRecord, RoundSummary } from "../../schema/atlas/rounds/round-summary.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";
import { acceleratorText, middleRunMeaning, minutesText, noFigure } from "./wording.ts";

export interface RoundLook {
  width: number;
  paint: Paint;
}

/** One line per round. */
export function roundTable(rounds: readonly RoundSummary[], { width, paint }: RoundLook): string {
  const [head = "", ...lines] = fitTable(roundColumns, rounds, width);
  const last = (rounds.findLast(({ suite }) => suite === "mlperf-training") ?? rounds.at(-1))
    ?.round;
  const next = `next: ${paint.name(`pitwall rounds ${last ?? ""}`)}   shows one round in detail`;
  return [paint.faint(head), ...lines, "", next].join("\n");
}

/** Each round in detail, with its records. */
export function roundPages(rounds: readonly RoundSummary[], look: RoundLook): string {
  return rounds.map((round) => roundPage(round, look)).join("\n\n");
}

export function roundsMarkdown(rounds: readonly RoundSummary[]): string {
  return markdownTable(roundColumns, rounds);
}

/** One line per round at full precision; lists are separated by semicolons. */
export function roundsCsv(rounds: readonly RoundSummary[], options: CsvOptions = {}): string {
  const head = [
    "suite",
    "round",
    "publishedOn",
    "resultCount",
    "closedCount",
    "openCount",
    "submitterCount",
    "systemCount",
    "benchmarks",
    "newBenchmarks",
    "goneBenchmarks",
    "recordCount",
    "newAccelerators",
    "largestAcceleratorCount",
    "largestRowId",
    "largestNodeCount",
    "largestByNodesRowId",
  ];
  const lines = rounds.map((one) => [
    one.suite,
    one.round,
    one.publishedOn ?? "",
    one.resultCount,
    one.closedCount,
    one.openCount,
    one.submitters.length,
    one.systemCount,
    one.benchmarks.join("; "),
    one.newBenchmarks.join("; "),
    one.goneBenchmarks.join("; "),
    one.records.length,
    one.newAccelerators.join("; "),
    one.largest?.acceleratorCount ?? "",
    one.largest?.rowId ?? "",
    one.largestByNodes?.nodeCount ?? "",
    one.largestByNodes?.rowId ?? "",
  ]);
  return csvText([head, ...lines], options);
}

const roundColumns: readonly FittedColumn<RoundSummary>[] = [
  { head: "suite", align: "left", cell: ({ suite }) => suite },
  { head: "round", align: "left", cell: ({ round }) => round },
  { head: "published", align: "left", cell: (one) => one.publishedOn ?? "", dropAt: 4 },
  countColumn("results", ({ resultCount }) => resultCount),
  { ...countColumn("open", ({ openCount }) => openCount), dropAt: 5 },
  countColumn("submitters", ({ submitters }) => submitters.length),
  { ...countColumn("systems", ({ systemCount }) => systemCount), dropAt: 6 },
  { ...countColumn("records", ({ records }) => records.length), dropAt: 3 },
  { head: "largest", align: "left", cell: largestText, shrinkTo: 14 },
  { head: "new", align: "left", cell: listOf("newBenchmarks"), shrinkTo: 10, dropAt: 1 },
  { head: "gone", align: "left", cell: listOf("goneBenchmarks"), shrinkTo: 8, dropAt: 2 },
];

function countColumn(
  head: string,
  count: (round: RoundSummary) => number,
): FittedColumn<RoundSummary> {
  return { head, align: "right", cell: (round) => formatCount(count(round)) };
}

function listOf(field: "newBenchmarks" | "goneBenchmarks"): (round: RoundSummary) => string {
  return (round) => (round[field].length === 0 ? noFigure : round[field].join(", "));
}

function largestText({ largest, largestByNodes }: RoundSummary): string {
  const sizes = [
    largest === undefined
      ? undefined
      : `${formatCount(largest.acceleratorCount ?? 0)} ${acceleratorText(largest)}`,
    largestByNodes === undefined ? undefined : countOf(largestByNodes.nodeCount ?? 0, "node"),
  ].filter((size) => size !== undefined);
  return sizes.length === 0 ? noFigure : sizes.join(", ");
}

function roundPage(round: RoundSummary, { width, paint }: RoundLook): string {
  const { suite, records } = round;
  const published = round.publishedOn === undefined ? "" : `   published ${round.publishedOn}`;
  const [head = "", ...lines] = fitTable(recordColumns, records, width);
  const note = middleRunMeaning(records);
  const recordHead = `${countOf(records.length, "record")}: the fastest closed result so far under the same rules`;
  return [
    `${paint.strong(`${suite} ${round.round}`)}${published}`,
    "",
    ...roundFacts(round).map(([label, text]) => `  ${label.padEnd(12)}${text}`),
    "",
    ...(records.length === 0 ? ["no records"] : [recordHead, "", paint.faint(head), ...lines]),
    ...(note === undefined ? [] : ["", paint.faint(note)]),
  ].join("\n");
}

function roundFacts(round: RoundSummary): [string, string][] {
  const { largest, largestByNodes } = round;
  const facts: [string, string][] = [
    ["results", `${formatCount(round.resultCount)}: ${divisionsText(round)}`],
    ["submitters", `${round.submitters.length}: ${submittersText(round)}`],
    ["systems", formatCount(round.systemCount)],
    ["benchmarks", round.benchmarks.join(", ")],
    ["new", listOf("newBenchmarks")(round)],
    ["gone", listOf("goneBenchmarks")(round)],
    ["first seen", round.newAccelerators.join(", ") || noFigure],
  ];
  if (largest !== undefined) {
    const size = `${formatCount(largest.acceleratorCount ?? 0)} x ${acceleratorText(largest)}`;
    facts.push(["largest", placeText(largest, size)]);
  }
  if (largestByNodes !== undefined) {
    const size = `${countOf(largestByNodes.nodeCount ?? 0, "node")} without a count of accelerators`;
    facts.push(["most nodes", placeText(largestByNodes, size)]);
  }
  return facts;
}

function divisionsText({ resultCount, closedCount, openCount }: RoundSummary): string {
  const counts: [number, string][] = [
    [closedCount, "closed"],
    [openCount, "open"],
    [resultCount - closedCount - openCount, "without a division"],
  ];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, division]) => `${formatCount(count)} ${division}`)
    .join(", ");
}

function submittersText({ submitters }: RoundSummary): string {
  return submitters
    .toSorted((a, b) => b.resultCount - a.resultCount)
    .map(({ submitter, resultCount }) => `${submitter} ${resultCount}`)
    .join(", ");
}

function placeText(row: ResultRow, size: string): string {
  return `${size}, ${row.submitter} ${row.system}, ${row.benchmark}`;
}

const recordColumns: readonly FittedColumn<RoundRecord>[] = [
  { head: "benchmark", align: "left", cell: ({ row }) => row.benchmark },
  { head: "minutes", align: "decimal", cell: ({ row }) => minutesText(row) },
  {
    head: "times as fast",
    align: "decimal",
    cell: ({ row, previous }) =>
      row.scoreMs === undefined || previous?.scoreMs === undefined
        ? "first"
        : (previous.scoreMs / row.scoreMs).toFixed(2),
  },
  {
    head: "as",
    align: "left",
    cell: ({ previous }) =>
      previous === undefined ? "" : `${previous.round} ${previous.submitter}`,
    dropAt: 2,
  },
  {
    head: "chips",
    align: "right",
    cell: ({ row }) =>
      row.acceleratorCount === undefined ? noFigure : formatCount(row.acceleratorCount),
  },
  { head: "kind", align: "left", cell: ({ row }) => acceleratorText(row), shrinkTo: 8 },
  { head: "submitter", align: "left", cell: ({ row }) => row.submitter, shrinkTo: 8 },
  { head: "system", align: "left", cell: ({ row }) => row.system, shrinkTo: 12, dropAt: 1 },
];
