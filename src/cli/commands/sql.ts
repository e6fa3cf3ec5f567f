import type { CsvOptions } from "../../foundation/csv.ts";
import { UserError } from "../../foundation/user-error.ts";
import type { AnswerTable } from "../../schema/answer-table.ts";
import { defineCommand, exitCodes, type Face } from "../command-table.ts";
import { csvOptionsOf, rawCsvOption } from "../raw-csv.ts";
import { tellProblems } from "../atlas-screen.ts";

const formats = ["table", "csv", "json", "md", "parquet"] as const;

const options = {
  format: {
    takes: "choice",
    choices: formats,
    default: "table",
    group: "Output",
    help: "how the answer is written; parquet goes to a file: > answer.parquet",
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
  argumentCount: { least: 1, most: 1 },
  takesProgram: false,
  examples: [
    {
      command:
        "pitwall sql \"select round, min(scoreMs)/60000 as minutes from results where benchmark = 'bert' group by round order by round\"",
      does: "the fastest BERT of every round",
    },
    { command: "pitwall sql tables", does: "what can be asked about" },
  ],
  options,
  exits: [
    { code: 0, when: "answered" },
    { code: 2, when: "the question can't be answered, or DuckDB is not installed" },
  ],
  async act({ arguments: [question = ""], options, face, shared }) {
    const format = shared.json ? "json" : options.format;
    const csv = csvOptionsOf(options, { isCsv: format === "csv", csvFlag: "--format csv" });
    const { querySql } = await import("../../workflows/results/query-sql.ts");
    const { homeOf, openStore } = await import("../open-store.ts");
    const home = await homeOf(face, shared);
    const store = await openStore(face, shared);
    const answer = await querySql({ question, home, store }, face.interrupt);
    await tellProblems(answer.problems, face, shared);
    await writeAnswer(answer.table, { format, csv }, face);
    return exitCodes.yes;
  },
});

interface Look {
  format: string;
  csv: CsvOptions;
}

async function writeAnswer(table: AnswerTable, { format, csv }: Look, face: Face): Promise<void> {
  const report = await import("../../report/answer-table-text.ts");
  switch (format) {
    case "csv":
      return face.out.write(report.answerCsv(table, csv));
    case "md":
      return face.out.write(report.answerMarkdown(table));
    case "json": {
      const result = { columns: table.columns, rows: report.answerObjects(table) };
      const document = { schemaVersion: 1, command: "sql", ok: true, result };
      return face.out.write(`${JSON.stringify(document)}\n`);
    }
    case "parquet": {
      if (face.out.isTerminal) {
        throw new UserError("parquet-to-terminal", "Parquet is no text for a terminal", {
          at: "--format parquet",
          hint: "send it to a file: `> answer.parquet`",
        });
      }
      const { packAnswer } = await import("../../store/results/pack-answer.ts");
      return face.out.writeBytes(await packAnswer(table, `pitwall ${face.version}`));
    }
    default: {
      const width = face.out.isTerminal ? face.out.columns : Number.POSITIVE_INFINITY;
      return face.out.write(`${report.answerText(table, { width, paint: face.out.paint })}\n`);
    }
  }
}
