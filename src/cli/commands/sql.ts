import { parseDurationMs } from "../../foundation/numbers/units.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { defineCommand, type Face } from "../command-table.ts";
import { csvOptionsOf, rawCsvOption } from "../answers/raw-csv.ts";
import { printProblems } from "../terminal/atlas-screen.ts";

const formats = ["table", "csv", "json", "md", "parquet"] as const;

const options = {
  format: {
    takes: "choice",
    choices: formats,
    default: "table",
    group: "Output",
    help: "output format; redirect parquet to a file: > answer.parquet",
  },
  "max-rows": {
    takes: "number",
    placeholder: "rows",
    minimum: 1,
    group: "Limits",
    help: "print at most this many rows; default: 1,000 on a terminal, 100,000 for table and md, all for csv and json",
  },
  timeout: {
    takes: "text",
    placeholder: "duration",
    default: "60s",
    group: "Limits",
    help: "stop a query that takes longer than this",
  },
  ...rawCsvOption,
} as const;

export const sqlCommand = defineCommand({
  name: "sql",
  summary: "Query results and runs with SQL",
  usage: '"<question>" | tables',
  arguments: [
    {
      name: "<question>",
      help: "one SELECT, in DuckDB's SQL, over results, runs, curves, prices, accelerators",
    },
    { name: "tables", help: "lists the tables with their columns" },
  ],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command:
        "pitwall sql \"select round, min(scoreMs)/60000 as minutes from results where benchmark = 'bert' group by round order by round\"",
      does: "the fastest BERT of every round",
    },
    { command: "pitwall sql tables", does: "list the tables and their columns" },
  ],
  options,
  exits: [
    { code: 0, when: "answered" },
    { code: 2, when: "the query is invalid, or DuckDB is not installed" },
    { code: 3, when: "the query took too long or needed too much memory" },
  ],
  async act({ arguments: [question = ""], options, face, shared }) {
    const { querySql } = await import("../../workflows/results/query-sql.ts");
    const { homeOf, openStore } = await import("../open-store.ts");
    const { writeAnswer } = await import("../answers/write-answer.ts");
    const chosen = formats.find((each) => each === options.format) ?? "table";
    const format = shared.json ? "json" : chosen;
    const csv = csvOptionsOf(options, { isCsv: format === "csv", csvFlag: "--format csv" });
    refuseParquetOnTerminal(format, face);
    const query = {
      question,
      home: await homeOf(face, shared),
      store: await openStore(face, shared),
    };
    const limits = { signal: face.interrupt, timeoutMs: timeoutMsOf(options.timeout) };
    return querySql(query, limits, async (answer) => {
      await printProblems(answer.problems, face, shared);
      const maxRows = options["max-rows"];
      return writeAnswer(answer, { format, csv, maxRows, face, shared });
    });
  },
});

function timeoutMsOf(text: string): number {
  const timeoutMs = parseDurationMs(text);
  if (timeoutMs !== undefined && timeoutMs > 0 && timeoutMs < 2 ** 31) return timeoutMs;
  throw new UserError("option-invalid", `invalid duration \`${text}\` for \`--timeout\``, {
    hint: "use for example `30s` or `5m`, at most 24 days",
  });
}

function refuseParquetOnTerminal(format: string, face: Face): void {
  if (format !== "parquet" || !face.out.isTerminal) return;
  throw new UserError("parquet-to-terminal", "refusing to write Parquet to a terminal", {
    at: "--format parquet",
    hint: "redirect it: `> answer.parquet`",
  });
}
