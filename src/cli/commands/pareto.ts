import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { measures, type Measure } from "../../schema/atlas/answers/figures.ts";
import { filterOf, filterOptions, pricesOption } from "../options/atlas-options.ts";
import { absolutePath, tableWidth, printProblems, writeJson } from "../terminal/atlas-screen.ts";
import { defineCommand, exitCodes } from "../command-table.ts";
import { homeOf, openStore } from "../open-store.ts";

const options = {
  ...filterOptions,
  own: { takes: "nothing", group: "Selection", help: "your own runs too" },
  per: {
    takes: "text",
    placeholder: "measure,…",
    default: "system,dollar,kwh",
    group: "Figures",
    help: "two or more of system, chip, dollar, kwh, that all count",
  },
  ...pricesOption,
} as const;

export const paretoCommand = defineCommand({
  name: "pareto",
  summary: "Show Pareto-optimal results in time, cost and energy",
  usage: "--benchmark <name>",
  arguments: [],
  argumentCount: { minimum: 0, maximum: 0 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall pareto --benchmark llama2_70b_lora",
      does: "the front, and by what each member wins",
    },
    {
      command: "pitwall pareto --benchmark bert --per system,chip --round v5.0",
      does: "time against accelerator-minutes, which needs no price",
    },
  ],
  options,
  exits: [
    { code: 0, when: "shown" },
    { code: 1, when: "no result has all of the figures" },
    { code: 2, when: "the benchmark is not known" },
  ],
  async act({ options, face, shared }) {
    if (options.benchmark === undefined)
      throw new UserError("one-benchmark-needed", "`pitwall pareto` requires `--benchmark`", {
        hint: "for example `pitwall pareto --benchmark llama2_70b_lora`",
      });
    const objectives = readObjectives(options.per);
    const { showPareto } = await import("../../workflows/results/show-pareto.ts");
    const { front, benchmark, problems } = await showPareto({
      filter: filterOf(options),
      objectives,
      home: await homeOf(face, shared),
      pricesPath: await absolutePath(options.prices, face.cwd),
      givenPrices: options.price,
      ownStore: options.own ? await openStore(face, shared) : undefined,
    });
    await printProblems(problems, face, shared);
    if (shared.json) writeJson(face, "pareto", { benchmark, ...front });
    else {
      const { paretoTable } = await import("../../report/atlas/pareto-table.ts");
      const look = { benchmark, width: tableWidth(face), paint: face.out.paint };
      face.out.print(`${paretoTable(front, look)}\n`);
    }
    return front.members.length > 0 ? exitCodes.yes : exitCodes.no;
  },
});

function readObjectives(text: string): Measure[] {
  const words = [...new Set(text.split(",").map((word) => word.trim()))];
  const chosen = words.map((word) => {
    const measure = measures.find((known) => known === word.toLowerCase());
    if (measure !== undefined) return measure;
    const nearest = nearestWord(word, measures);
    throw new UserError("option-invalid", `invalid value \`${word}\` for \`--per\``, {
      at: "--per",
      hint: `${nearest === undefined ? "" : `did you mean \`${nearest}\`? `}allowed: two or more of ${measures.join(", ")}`,
    });
  });
  if (chosen.length > 1) return chosen;
  throw new UserError("option-invalid", "`--per` requires at least two measures", {
    at: "--per",
    hint: "for example `--per system,dollar`",
  });
}
