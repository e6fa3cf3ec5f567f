import type { CsvOptions } from "../../foundation/tables/csv.ts";
import type { RoundSummary } from "../../schema/atlas/rounds/round-summary.ts";
import { filterOptions } from "../options/atlas-options.ts";
import { printProblems, tableWidth, writeJson } from "../terminal/atlas-screen.ts";
import { defineCommand, exitCodes, type Face } from "../command-table.ts";
import { homeOf } from "../open-store.ts";
import { csvOptionsOf, rawCsvOption } from "../answers/raw-csv.ts";

const formats = ["table", "csv", "json", "md"] as const;

const options = {
  suite: filterOptions.suite,
  format: {
    takes: "choice",
    choices: formats,
    default: "table",
    group: "Output",
    help: "output format",
  },
  ...rawCsvOption,
} as const;

export const roundsCommand = defineCommand({
  name: "rounds",
  summary: "List the rounds: submitters, records, what was new",
  usage: "[round]",
  arguments: [{ name: "round", help: "show one round in detail: v4.0, or a pattern: 'v4.*'" }],
  argumentCount: { minimum: 0, maximum: 1 },
  takesProgram: false,
  examples: [
    { command: "pitwall rounds", does: "one line per round" },
    {
      command: "pitwall rounds v4.0",
      does: "one round: its submitters, new benchmarks, records and largest system",
    },
    { command: "pitwall rounds --suite mlperf-hpc", does: "the rounds of one suite" },
  ],
  options,
  exits: [
    { code: 0, when: "listed" },
    { code: 2, when: "the round or suite is unknown" },
  ],
  async act({ arguments: [round], options: given, face, shared }) {
    const format = shared.json ? "json" : (formats.find((one) => one === given.format) ?? "table");
    const csv = csvOptionsOf(given, { isCsv: format === "csv", csvFlag: "--format csv" });
    const { showRounds } = await import("../../workflows/results/show-rounds.ts");
    const { rounds, problems } = await showRounds({
      round,
      suite: given.suite,
      home: await homeOf(face, shared),
    });
    await printProblems(problems, face, shared);
    await write[format](rounds, face, { csv, isDetailed: round !== undefined });
    return exitCodes.yes;
  },
});

type Writer = (
  rounds: readonly RoundSummary[],
  face: Face,
  look: { csv: CsvOptions; isDetailed: boolean },
) => Promise<void>;

const write: Readonly<Record<(typeof formats)[number], Writer>> = {
  async table(rounds, face, { isDetailed }) {
    const { roundPages, roundTable } = await import("../../report/atlas/round-table.ts");
    const look = { width: tableWidth(face), paint: face.out.paint };
    face.out.print(`${(isDetailed ? roundPages : roundTable)(rounds, look)}\n`);
  },
  json: async (rounds, face) => writeJson(face, "rounds", { rounds }),
  async csv(rounds, face, { csv }) {
    const { roundsCsv } = await import("../../report/atlas/round-table.ts");
    face.out.write(roundsCsv(rounds, csv));
  },
  async md(rounds, face) {
    const { roundsMarkdown } = await import("../../report/atlas/round-table.ts");
    face.out.write(roundsMarkdown(rounds));
  },
};
