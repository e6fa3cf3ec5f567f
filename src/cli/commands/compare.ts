import type { Comparison, CurveAxis } from "../../schema/atlas/answers/comparison.ts";
import { measures } from "../../schema/atlas/answers/figures.ts";
import type { CsvOptions } from "../../foundation/tables/csv.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { filterOf, filterOptions, pricesOption } from "../options/atlas-options.ts";
import { absolutePath, tableWidth, printProblems, writeJson } from "../terminal/atlas-screen.ts";
import { type Call, defineCommand, exitCodes, type Face } from "../command-table.ts";
import { csvOptionsOf, rawCsvOption } from "../answers/raw-csv.ts";
import { homeOf, openStore } from "../open-store.ts";

// Repeated here, because importing them would load the schema library for `--help` too.
const axes = ["clock", "samples", "dollars", "energy"] as const satisfies CurveAxis[];

const formats = ["table", "csv", "json", "md"] as const;

const { accelerator: _ofTheArguments, ...bestFilters } = filterOptions;

const options = {
  best: {
    takes: "nothing",
    group: "Selection",
    help: "the arguments are accelerators or vendors: compare the best result of each",
  },
  ...bestFilters,
  per: {
    takes: "choice",
    choices: measures,
    group: "Selection",
    help: "with --best, the figure that decides; default: system, the fastest",
  },
  axis: {
    takes: "choice",
    choices: axes,
    default: "clock",
    group: "Figures",
    help: "what curves are aligned on",
  },
  ...pricesOption,
  format: {
    takes: "choice",
    choices: formats,
    default: "table",
    group: "Output",
    help: "how the comparison is written",
  },
  ...rawCsvOption,
  anyway: {
    takes: "nothing",
    group: "Rules",
    help: "compare what the compatibility table says may not be compared",
  },
} as const;

export const compareCommand = defineCommand({
  name: "compare",
  summary: "Compare results side by side, with significance tests",
  usage: "<result> <result>…",
  arguments: [
    {
      name: "result",
      help: "a published one by its folders (`v5.0/Dell/XE9680x8/bert`, `*` for anything) or by words that it alone has; your own run, series or `last`; a folder of logs",
    },
  ],
  argumentCount: { minimum: 2, maximum: 20 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall compare v3.1/NVIDIA/eos_n64*/gpt3 v4.1/NVIDIA/eos_n64*/gpt3",
      does: "what a year of software was worth on the same 512 accelerators",
    },
    {
      command:
        "pitwall compare --best mi325x h200 --benchmark llama2_70b_lora --round v5.0 --accelerators 8",
      does: "the fastest result of each on 8 accelerators, and the price below which one is cheaper",
    },
    { command: "pitwall compare last 20261122-101500-ab12", does: "two of your own" },
  ],
  options,
  exits: [
    { code: 0, when: "compared" },
    { code: 2, when: "a result is unknown, or the results may not be compared (`--anyway`)" },
  ],
  async act({ arguments: names, options: given, face, shared }) {
    const { axis, anyway, prices } = given;
    const format = shared.json ? "json" : (formats.find((one) => one === given.format) ?? "table");
    const csv = csvOptionsOf(given, { isCsv: format === "csv", csvFlag: "--format csv" });
    const { compareNamed } = await import("../../workflows/results/compare-results.ts");
    const request = {
      names,
      store: await openStore(face, shared),
      cwd: face.cwd,
      best: bestOf(given),
      axis: axes.find((known) => known === axis) ?? "clock",
      home: await homeOf(face, shared),
      pricesPath: await absolutePath(prices, face.cwd),
      givenPrices: given.price,
    };
    const { comparison, problems } = await compareNamed(request, face.interrupt);
    await printProblems(problems, face, shared);
    const { describeCompareWarning, describeRefusal } =
      await import("../../report/atlas/comparison-page.ts");
    const reasons = comparison.refusals.map(describeRefusal);
    if (reasons.length > 0 && !anyway)
      throw new UserError("not-comparable", "these results are not comparable", {
        saw: reasons.join("\n"),
        hint: "use `--anyway` to compare them regardless",
      });
    if (!shared.quiet)
      for (const text of [...reasons, ...comparison.warnings.map(describeCompareWarning)])
        face.err.print(`${face.err.paint.warn("warning:")} ${text}\n`);
    await write[format](comparison, face, csv);
    return exitCodes.yes;
  },
});

/**
 * The selection of `--best`.
 *
 * @throws UserError `option-unused` for a filter without `--best`
 */
function bestOf(given: Call<typeof options>["options"]) {
  const filter = filterOf({ ...given, accelerator: undefined });
  if (given.best)
    return { filter, per: measures.find((known) => known === given.per) ?? ("system" as const) };
  const unused = Object.entries({ ...filter, per: given.per }).find(
    ([, value]) => value !== undefined,
  )?.[0];
  if (unused === undefined) return undefined;
  const flag = `--${unused.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new UserError("option-unused", `\`${flag}\` requires \`--best\``, {
    at: flag,
    hint: "with `--best`, the arguments are accelerators: `pitwall compare --best mi325x h200 --benchmark llama2_70b_lora`",
  });
}

type Writer = (comparison: Comparison, face: Face, csv: CsvOptions) => Promise<void>;

const write: Readonly<Record<(typeof formats)[number], Writer>> = {
  async table(comparison, face) {
    const { comparisonPage } = await import("../../report/atlas/comparison-page.ts");
    const look = { width: tableWidth(face), paint: face.out.paint };
    face.out.print(`${comparisonPage(comparison, look)}\n`);
  },
  json: async (comparison, face) => writeJson(face, "compare", comparison),
  async csv(comparison, face, csv) {
    const { comparisonCsv } = await import("../../report/atlas/comparison-lines.ts");
    face.out.write(comparisonCsv(comparison, csv));
  },
  async md(comparison, face) {
    const { comparisonMarkdown } = await import("../../report/atlas/comparison-lines.ts");
    face.out.write(comparisonMarkdown(comparison));
  },
};
