import { markdownTable } from "../../foundation/tables/markdown-table.ts";
import { type CsvOptions, csvText } from "../../foundation/tables/csv.ts";
import { formatCount } from "../../foundation/numbers/units.ts";
import type {
  BenchmarkLink,
  BenchmarkSummary,
  BestOfRound,
} from "../../schema/atlas/rounds/round-summary.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";
import { acceleratorText, middleRunMeaning, minutesText, noFigure } from "./wording.ts";

export interface BenchmarkLook {
  width: number;
  paint: Paint;
}

/** One line per benchmark. */
export function benchmarkTable(
  benchmarks: readonly BenchmarkSummary[],
  { width, paint }: BenchmarkLook,
): string {
  const [head = "", ...lines] = fitTable(benchmarkColumns, benchmarks, width);
  const first = (benchmarks.find(({ successor }) => successor !== undefined) ?? benchmarks[0])
    ?.benchmark;
  const next = `next: ${paint.name(`pitwall benchmarks ${first ?? ""}`)}   shows one benchmark in detail`;
  return [paint.faint(head), ...lines, "", next].join("\n");
}

/** Each benchmark in detail, with the fastest result of each round. */
export function benchmarkPages(
  benchmarks: readonly BenchmarkSummary[],
  look: BenchmarkLook,
): string {
  return benchmarks.map((one) => benchmarkPage(one, look)).join("\n\n");
}

export function benchmarksMarkdown(benchmarks: readonly BenchmarkSummary[]): string {
  return markdownTable(benchmarkColumns, benchmarks);
}

/** One line per benchmark; lists are separated by semicolons. */
export function benchmarksCsv(
  benchmarks: readonly BenchmarkSummary[],
  options: CsvOptions = {},
): string {
  const columns = Object.values(csvColumns);
  const lines = benchmarks.map((one) => columns.map((cellOf) => cellOf(one) ?? ""));
  return csvText([Object.keys(csvColumns), ...lines], options);
}

const csvColumns: Readonly<Record<string, (one: BenchmarkSummary) => string | number | undefined>> =
  {
    suite: ({ suite }) => suite,
    benchmark: ({ benchmark }) => benchmark,
    aliases: ({ aliases }) => aliases.join("; "),
    model: ({ facts }) => facts?.name,
    task: ({ facts }) => facts?.task,
    dataSet: ({ facts }) => facts?.dataSet,
    metric: ({ facts }) => facts?.metric,
    target: ({ facts }) => facts?.targets.at(-1)?.target,
    rounds: ({ rounds }) => rounds.join("; "),
    resultCount: ({ resultCount }) => resultCount,
    predecessor: ({ predecessor }) => predecessor?.benchmark,
    successor: ({ successor }) => successor?.benchmark,
    successorFirstRound: ({ successor }) => successor?.firstRound,
    fastestMs: (one) => fastestOf(one)?.row.scoreMs,
    fastestRowId: (one) => fastestOf(one)?.row.rowId,
    source: ({ facts }) => facts?.source,
  };

const benchmarkColumns: readonly FittedColumn<BenchmarkSummary>[] = [
  { head: "benchmark", align: "left", cell: ({ benchmark }) => benchmark },
  { head: "rounds", align: "left", cell: ({ rounds }) => spanText(rounds) },
  {
    head: "results",
    align: "right",
    cell: ({ resultCount }) => formatCount(resultCount),
    dropAt: 4,
  },
  {
    head: "target",
    align: "left",
    cell: ({ facts }) => facts?.targets.at(-1)?.target ?? noFigure,
    shrinkTo: 8,
  },
  {
    head: "metric",
    align: "left",
    cell: ({ facts }) => facts?.metric ?? "",
    shrinkTo: 8,
    dropAt: 3,
  },
  {
    head: "data set",
    align: "left",
    cell: ({ facts }) => facts?.dataSet ?? "",
    shrinkTo: 8,
    dropAt: 2,
  },
  {
    head: "replaces",
    align: "left",
    cell: ({ predecessor }) => predecessor?.benchmark ?? "",
    dropAt: 1,
  },
  {
    head: "replaced by",
    align: "left",
    cell: ({ successor }) =>
      successor === undefined
        ? ""
        : `${successor.benchmark}${successor.firstRound === undefined ? "" : ` (${successor.firstRound})`}`,
  },
];

function benchmarkPage(one: BenchmarkSummary, { width, paint }: BenchmarkLook): string {
  const { facts, aliases } = one;
  const [head = "", ...lines] = fitTable(bestColumns, one.bestOfRounds, width);
  const note = middleRunMeaning(one.bestOfRounds);
  const details: [string, string | undefined][] = [
    ["task", facts?.task],
    ["data set", facts?.dataSet],
    ["target", facts === undefined ? undefined : targetsText(facts)],
    ["rounds", `${spanText(one.rounds)}, ${countOf(one.resultCount, "result")}`],
    ["also named", aliases.length === 0 ? undefined : aliases.join(", ")],
    ["replaces", linkText(one.predecessor, "lastRound")],
    ["replaced by", linkText(one.successor, "firstRound")],
    ["note", facts?.note],
    ["source", facts?.source],
  ];
  return [
    `${paint.strong(one.benchmark)}   ${[facts?.name, one.suite].filter((text) => text !== undefined).join(", ")}`,
    "",
    ...details.flatMap(([label, text]) =>
      text === undefined ? [] : [`  ${label.padEnd(13)}${text}`],
    ),
    "",
    "the fastest closed result of each round",
    "",
    paint.faint(head),
    ...lines,
    ...(note === undefined ? [] : ["", paint.faint(note)]),
  ].join("\n");
}

function targetsText({ metric, targets }: NonNullable<BenchmarkSummary["facts"]>): string {
  const [only] = targets;
  if (targets.length === 1 && only !== undefined) return `${metric} ${only.target}`;
  const parts = targets.map(({ firstRound, target }) => `${target} from ${firstRound}`);
  return `${metric} ${parts.join(", ")}`;
}

function linkText(
  link: BenchmarkLink | undefined,
  end: "firstRound" | "lastRound",
): string | undefined {
  if (link === undefined) return undefined;
  const round = link[end];
  if (round === undefined) return `${link.benchmark}, which has no results on record`;
  return `${link.benchmark}, ${end === "firstRound" ? "since" : "last in"} ${round}`;
}

function spanText(rounds: readonly string[]): string {
  const [first = noFigure] = rounds;
  return rounds.length < 2 ? first : `${first} to ${rounds.at(-1) ?? ""}`;
}

function fastestOf({ bestOfRounds }: BenchmarkSummary): BestOfRound | undefined {
  return bestOfRounds.findLast(({ isRecord }) => isRecord);
}

const bestColumns: readonly FittedColumn<BestOfRound>[] = [
  { head: "round", align: "left", cell: ({ row }) => row.round },
  { head: "published", align: "left", cell: ({ row }) => row.publishedOn ?? "", dropAt: 2 },
  { head: "minutes", align: "decimal", cell: ({ row }) => minutesText(row) },
  { head: "record", align: "left", cell: ({ isRecord }) => (isRecord ? "record" : "") },
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
