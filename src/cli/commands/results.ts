import {
  measures,
  type Measure,
  type RateName,
  rateNames,
} from "../../schema/atlas/answers/figures.ts";
import { sortKeyOf, sortKeys } from "../../atlas/rows/sort-results.ts";
import type { CsvOptions } from "../../foundation/tables/csv.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { ListedResults } from "../../workflows/results/list-results.ts";
import { filterOf, filterOptions, pricesOption } from "../options/atlas-options.ts";
import {
  absolutePath,
  tableWidth,
  printAliases,
  printProblems,
  writeJson,
} from "../terminal/atlas-screen.ts";
import { type Call, defineCommand, exitCodes } from "../command-table.ts";
import { csvOptionsOf, rawCsvOption } from "../answers/raw-csv.ts";
import { homeOf, openStore } from "../open-store.ts";

const formats = ["table", "csv", "json", "md", "parquet"] as const;

/** Default row limit of tables; other formats print all rows. */
const usualLimit = 40;

const options = {
  ...filterOptions,
  at: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Selection",
    help: "compare the accelerator vendors at sizes near this number, and at the largest size of each",
  },
  own: { takes: "nothing", group: "Selection", help: "your own runs too" },
  per: {
    takes: "choice",
    choices: measures,
    default: "system",
    group: "Figures",
    help: "what counts: minutes of the system, chip-minutes, dollars or kWh of one training",
  },
  ...pricesOption,
  sort: {
    takes: "choice",
    choices: sortKeys,
    group: "Order",
    help: "smallest first (rounds: oldest first); default: the value of --per",
  },
  columns: {
    takes: "text",
    placeholder: "names",
    group: "Output",
    help: `more columns, separated by commas: ${rateNames.join(", ")}`,
  },
  reverse: {
    takes: "nothing",
    group: "Order",
    help: "largest first (rounds: newest first)",
  },
  limit: {
    takes: "number",
    placeholder: "count",
    minimum: 0,
    group: "Order",
    help: "at most so many, 0 for all; default: 40 in a table, else all",
  },
  format: {
    takes: "choice",
    choices: formats,
    default: "table",
    group: "Output",
    help: "how they are written; parquet to a file: > results.parquet",
  },
  ...rawCsvOption,
} as const;

export const resultsCommand = defineCommand({
  name: "results",
  summary: "List published results and your own",
  usage: "",
  arguments: [],
  argumentCount: { minimum: 0, maximum: 0 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall results --benchmark bert --round 'v4.*' --accelerator h100",
      does: "the fastest first, and under which terms each was published",
    },
    {
      command: "pitwall results --benchmark llama2_70b_lora --max-accelerators 64 --per dollar",
      does: "what it costs on at most 64 accelerators, cheapest first, and by which price",
    },
    {
      command: "pitwall results --at 64 --benchmark resnet --round v1.1",
      does: "the best of each accelerator vendor near 64 accelerators and at its largest size",
    },
    {
      command: "pitwall results --format csv > results.csv",
      does: "everything on record, full precision",
    },
  ],
  options,
  exits: [
    { code: 0, when: "listed" },
    { code: 1, when: "no result meets all filters" },
    { code: 2, when: "no results for this benchmark, accelerator, submitter or round" },
  ],
  async act(call) {
    const { options, face, shared } = call;
    const format = formats.find((known) => known === options.format) ?? "table";
    const per = measures.find((known) => known === options.per) ?? "system";
    const isCsv = format === "csv" && !shared.json;
    const csv = csvOptionsOf(options, { isCsv, csvFlag: "--format csv" });
    if (options.at !== undefined) return printAtScale(call, { scale: options.at, format, csv });
    const rates = ratesOf(options);
    const listed = await list(call, per);
    await printProblems(listed.problems, face, shared);
    await printAliases(listed.aliases, face, shared);
    const isEmpty = listed.rows.length === 0;
    if (isEmpty && !shared.quiet) face.err.write("no result meets all of these filters\n");
    if (!isEmpty || format !== "table" || shared.json)
      await write[shared.json ? "json" : format](listed, { per, rates, csv }, call);
    return isEmpty ? exitCodes.no : exitCodes.yes;
  },
});

interface ScaleLook {
  scale: number;
  format: (typeof formats)[number];
  csv: CsvOptions;
}

/** Prints the vendors near a scale and at their largest. */
async function printAtScale(
  { options: chosen, face, shared }: Call<typeof options>,
  { scale, format, csv }: ScaleLook,
) {
  refuseBesideScale(chosen, shared.json ? "json" : format);
  const { showAtScale } = await import("../../workflows/results/show-at-scale.ts");
  const { benchmark, best, aliases, problems } = await showAtScale({
    filter: filterOf(chosen),
    scale,
    home: await homeOf(face, shared),
    pricesPath: await absolutePath(chosen.prices, face.cwd),
    givenPrices: chosen.price,
  });
  await printProblems(problems, face, shared);
  await printAliases(aliases, face, shared);
  const isEmpty = best.largest.length === 0;
  if (isEmpty && !shared.quiet) face.err.write("no result meets all of these filters\n");
  if (shared.json || format === "json") writeJson(face, "results", { benchmark, aliases, ...best });
  else {
    const { scaleCsv, scaleTable } = await import("../../report/atlas/scale-table.ts");
    const look = { benchmark, width: tableWidth(face), paint: face.out.paint };
    if (format === "csv") face.out.write(scaleCsv(best, csv));
    else if (!isEmpty) face.out.print(`${scaleTable(best, look)}\n`);
  }
  return isEmpty ? exitCodes.no : exitCodes.yes;
}

function refuseBesideScale(
  { benchmark, own, accelerators, limit, sort, columns }: Call<typeof options>["options"],
  format: ScaleLook["format"],
): void {
  if (benchmark === undefined)
    throw new UserError("one-benchmark-needed", "`--at` requires `--benchmark`", {
      at: "--at",
      hint: "for example `pitwall results --at 64 --benchmark resnet --round v1.1`",
    });
  const unused = Object.entries({ own: own || undefined, accelerators, limit, sort, columns }).find(
    ([, value]) => value !== undefined,
  );
  const isUnsupported = format === "md" || format === "parquet";
  const wrong = unused?.[0] ?? (isUnsupported ? `format ${format}` : undefined);
  if (wrong !== undefined)
    throw new UserError("option-unused", `\`--at\` cannot be combined with \`--${wrong}\``, {
      at: `--${wrong}`,
      hint: "`--at` prints a table, CSV or JSON of published results",
    });
}

async function list(call: Call<typeof options>, per: Measure): Promise<ListedResults> {
  const { face, shared } = call;
  const chosen = call.options;
  const isForPeople = chosen.format === "table" && !shared.json;
  const [{ listResults }] = await Promise.all([
    import("../../workflows/results/list-results.ts"),
    // Starts loading now, because it is needed soon.
    isForPeople ? import("../../report/atlas/result-table.ts") : undefined,
  ]);
  const limit = chosen.limit ?? (isForPeople ? usualLimit : 0);
  return listResults({
    filter: filterOf(chosen),
    sort: sortKeys.find((known) => known === chosen.sort) ?? sortKeyOf[per],
    isReversed: chosen.reverse,
    limit: limit === 0 ? undefined : limit,
    home: await homeOf(face, shared),
    pricesPath: await absolutePath(chosen.prices, face.cwd),
    givenPrices: chosen.price,
    ownStore: chosen.own ? await openStore(face, shared) : undefined,
  });
}

/**
 * The additional columns: those of `--columns`, and the one sorted by.
 *
 * @throws UserError `unknown-column`
 */
function ratesOf({ columns, sort }: Call<typeof options>["options"]): readonly RateName[] {
  const wanted = (columns ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = wanted.find((name) => rateNames.every((known) => known !== name));
  if (unknown !== undefined)
    throw new UserError("unknown-column", `unknown column \`${unknown}\``, {
      at: "--columns",
      hint: `columns that can be added: ${rateNames.join(", ")}`,
    });
  return rateNames.filter((name) => wanted.includes(name) || name === sort);
}

interface Look {
  per: Measure;
  rates: readonly RateName[];
  csv: CsvOptions;
}

type Writer = (listed: ListedResults, look: Look, call: Call<typeof options>) => Promise<void>;

const write: Readonly<Record<(typeof formats)[number], Writer>> = {
  async table({ rows, foundCount, mixedLabels }, { per, rates }, { face }) {
    const { resultTable } = await import("../../report/atlas/result-table.ts");
    const look = {
      per,
      rates,
      foundCount,
      mixedLabels,
      width: tableWidth(face),
      paint: face.out.paint,
    };
    face.out.print(`${resultTable(rows, look)}\n`);
  },
  async csv({ rows }, { csv }, { face }) {
    const { resultsCsv } = await import("../../report/atlas/result-lines.ts");
    face.out.write(resultsCsv(rows, csv));
  },
  async json({ rows, foundCount, aliases, mixedLabels }, { per }, { face }) {
    writeJson(face, "results", { per, foundCount, aliases, mixedLabels, rows });
  },
  async md({ rows, mixedLabels }, { per, rates }, { face }) {
    const { resultMarkdown } = await import("../../report/atlas/result-table.ts");
    face.out.write(resultMarkdown(rows, { per, rates, mixedLabels }));
  },
  async parquet({ rows }, _look, { face }) {
    if (face.out.isTerminal)
      throw new UserError("parquet-to-terminal", "refusing to write Parquet to a terminal", {
        at: "--format parquet",
        hint: "redirect it to a file: `> results.parquet`",
      });
    const { packResults } = await import("../../workflows/import/pack-results.ts");
    face.out.writeBytes(await packResults(rows, `pitwall ${face.version}`));
  },
};
