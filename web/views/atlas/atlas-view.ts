import {
  filterResults,
  type PatternField,
  type ResultFilter,
} from "../../../src/atlas/rows/filter-results.ts";
import {
  compareRoundNames,
  sortKeyOf,
  sortKeys,
  sortResults,
  type SortKey,
} from "../../../src/atlas/rows/sort-results.ts";
import type { CompatibilityGroup } from "../../../src/schema/atlas/answers/compatibility.ts";
import {
  measures,
  type Measure,
  type MeasuredRow,
} from "../../../src/schema/atlas/answers/figures.ts";

/** Filters at the top of the page, named like the command-line flags. */
export const filterFields = [
  "round",
  "submitter",
  "accelerator",
  "division",
  "availability",
] as const satisfies PatternField[];
export type FilterField = (typeof filterFields)[number];

/** The view of the atlas, which is stored in the address. */
export interface AtlasView {
  benchmark: string;
  filter: ResultFilter;
  measure: Measure;
  sort: SortKey;
  isDescending: boolean;
  /** The result whose panel is open. */
  rowId: string | undefined;
  /** Results selected for comparison. */
  picked: readonly string[];
  withFront: boolean;
  /** The number of accelerators near which vendors are compared. */
  scale: number | undefined;
}

/** Reads the view from the address; the default benchmark is the one with the most results in the newest round. */
export function readAtlasView(
  query: Readonly<Record<string, string>>,
  rows: readonly MeasuredRow[],
): AtlasView {
  const measure = measures.find((known) => known === query["per"]) ?? "system";
  const benchmark = query["benchmark"] ?? defaultBenchmark(rows);
  const sort = query["sort"] ?? "";
  const isDescending = sort.startsWith("-");
  const key = sortKeys.find((known) => known === (isDescending ? sort.slice(1) : sort));
  return {
    benchmark,
    filter: {
      benchmark,
      ...Object.fromEntries(
        filterFields.flatMap((field) => {
          const requested = query[field] ?? "";
          return requested === "" ? [] : [[field, requested]];
        }),
      ),
      ...(query["scores"] === "official" ? { scores: "official" as const } : {}),
    },
    measure,
    sort: key ?? sortKeyOf[measure],
    isDescending,
    rowId: query["row"],
    picked: readIds(query["compare"]),
    withFront: query["front"] !== "no",
    scale: scaleOf(query["at"]),
  };
}

/** Of all rounds together, it would be one that is retired, and whose results fill the chart. */
function defaultBenchmark(rows: readonly MeasuredRow[]): string {
  const published = rows.filter(({ row }) => row.suite === "mlperf-training");
  const newest = published
    .map(({ row }) => row.round)
    .toSorted(compareRoundNames)
    .at(-1);
  const [first] = benchmarkChoices(published.filter(({ row }) => row.round === newest));
  return first?.name ?? benchmarkChoices(rows)[0]?.name ?? "";
}

function scaleOf(text = ""): number | undefined {
  return /^[1-9]\d{0,6}$/u.test(text) ? Number(text) : undefined;
}

/** Reads comma-separated ids from the address; a comma within an id is encoded as `%2C`. */
export function readIds(text: string | undefined): readonly string[] {
  const ids = (text ?? "").split(",").filter((id) => id !== "");
  return [...new Set(ids.map((id) => id.replaceAll("%2C", ",")))];
}

export function writeIds(ids: readonly string[]): string {
  return ids.map((id) => id.replaceAll(",", "%2C")).join(",");
}

/** The `sort` entry of the address after a click on a column: reverses the order if the column is already sorted. */
export function nextSort(view: AtlasView, key: SortKey): string {
  return view.sort === key && !view.isDescending ? `-${key}` : key;
}

/** Benchmarks with their result counts, largest first; own benchmarks after published ones. */
export function benchmarkChoices(
  rows: readonly MeasuredRow[],
): { name: string; count: number; isOwn: boolean }[] {
  const found = new Map<string, { name: string; count: number; isOwn: boolean }>();
  for (const { row } of rows) {
    const previous = found.get(row.benchmark);
    const isOwn = row.suite === "own" && (previous?.isOwn ?? true);
    found.set(row.benchmark, { name: row.benchmark, count: (previous?.count ?? 0) + 1, isOwn });
  }
  return [...found.values()].toSorted(
    (a, b) => Number(a.isOwn) - Number(b.isOwn) || b.count - a.count || compare(a.name, b.name),
  );
}

/** The values of a field in the results of a benchmark. */
export function fieldChoices(
  rows: readonly MeasuredRow[],
  benchmark: string,
  field: FilterField,
): string[] {
  const own = rows.filter(({ row }) => row.benchmark === benchmark);
  const values = own.flatMap(({ row }) =>
    field === "accelerator" ? (row.acceleratorFamily ?? row.accelerator ?? []) : (row[field] ?? []),
  );
  const distinct = [...new Set<string>(values)];
  return field === "round"
    ? distinct.toSorted((a, b) => compareRoundNames(b, a))
    : distinct.toSorted(compare);
}

function compare(a: string, b: string): number {
  const [first, second] = [a.toLowerCase(), b.toLowerCase()];
  return first < second ? -1 : Number(first > second);
}

export type ChosenRows =
  | { kind: "chosen"; rows: readonly MeasuredRow[] }
  | { kind: "unknown"; message: string; hint: string };

/** The rows of a view in its order, or an error if a filter matches no result. */
export function chooseRows(
  all: readonly MeasuredRow[],
  view: AtlasView,
  groups: readonly CompatibilityGroup[],
): ChosenRows {
  const measured = new Map(all.map((one) => [one.row, one]));
  const outcome = filterResults([...measured.keys()], view.filter, groups);
  if (outcome.kind === "unknown") {
    const { field, wanted, nearest, known } = outcome;
    const shown = known.slice(0, 12).join(", ");
    return {
      kind: "unknown",
      message: `No result has the ${field} ${wanted}`,
      hint: nearest === undefined ? `known values: ${shown}` : `did you mean ${nearest}?`,
    };
  }
  const rows = outcome.rows.flatMap((row) => measured.get(row) ?? []);
  return {
    kind: "chosen",
    rows: sortResults(rows, view.sort, { isReversed: view.isDescending }),
  };
}

/** The command that prints the same rows. */
export function commandOf(view: AtlasView, rows: readonly MeasuredRow[]): string {
  const flags = commandFlags(view.filter);
  if (view.measure !== "system") flags.push(`--per ${view.measure}`);
  if (rows.some(({ row }) => row.suite === "own")) flags.push("--own");
  return `pitwall results ${flags.join(" ")}`;
}

/** The filter as flags of the command line. */
export function commandFlags(filter: ResultFilter): string[] {
  return Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${shellText(String(value))}`],
  );
}

function shellText(text: string): string {
  return /^[\w.,+-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The command that lists all results of a benchmark, where the filters leave none. */
export function resultsCommand(benchmark: string): string {
  return `pitwall results --benchmark ${benchmark}`;
}
