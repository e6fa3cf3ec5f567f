import type { CsvOptions } from "../../foundation/tables/csv.ts";
import type { BenchmarkSummary } from "../../schema/atlas/rounds/round-summary.ts";
import { filterOptions } from "../options/atlas-options.ts";
import { printAliases, printProblems, tableWidth, writeJson } from "../terminal/atlas-screen.ts";
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

export const benchmarksCommand = defineCommand({
  name: "benchmarks",
  summary: "List the benchmarks: targets, rounds, successors",
  usage: "[benchmark]",
  arguments: [{ name: "benchmark", help: "show one in detail: bert, or a pattern: 'llama*'" }],
  argumentCount: { minimum: 0, maximum: 1 },
  takesProgram: false,
  examples: [
    { command: "pitwall benchmarks", does: "target, data set, rounds and successor of each" },
    {
      command: "pitwall benchmarks bert",
      does: "one benchmark: what replaced it, and its records over the rounds",
    },
  ],
  options,
  exits: [
    { code: 0, when: "listed" },
    { code: 2, when: "the benchmark or suite is unknown" },
  ],
  async act({ arguments: [benchmark], options: given, face, shared }) {
    const format = shared.json ? "json" : (formats.find((one) => one === given.format) ?? "table");
    const csv = csvOptionsOf(given, { isCsv: format === "csv", csvFlag: "--format csv" });
    const { showBenchmarks } = await import("../../workflows/results/show-rounds.ts");
    const { benchmarks, aliases, problems } = await showBenchmarks({
      benchmark,
      suite: given.suite,
      home: await homeOf(face, shared),
    });
    await printProblems(problems, face, shared);
    await printAliases(aliases, face, shared);
    if (format === "json") writeJson(face, "benchmarks", { aliases, benchmarks });
    else await write[format](benchmarks, face, { csv, isDetailed: benchmark !== undefined });
    return exitCodes.yes;
  },
});

type Writer = (
  benchmarks: readonly BenchmarkSummary[],
  face: Face,
  look: { csv: CsvOptions; isDetailed: boolean },
) => Promise<void>;

const write: Readonly<Record<Exclude<(typeof formats)[number], "json">, Writer>> = {
  async table(benchmarks, face, { isDetailed }) {
    const { benchmarkPages, benchmarkTable } =
      await import("../../report/atlas/benchmark-table.ts");
    const look = { width: tableWidth(face), paint: face.out.paint };
    face.out.print(`${(isDetailed ? benchmarkPages : benchmarkTable)(benchmarks, look)}\n`);
  },
  async csv(benchmarks, face, { csv }) {
    const { benchmarksCsv } = await import("../../report/atlas/benchmark-table.ts");
    face.out.write(benchmarksCsv(benchmarks, csv));
  },
  async md(benchmarks, face) {
    const { benchmarksMarkdown } = await import("../../report/atlas/benchmark-table.ts");
    face.out.write(benchmarksMarkdown(benchmarks));
  },
};
