import type { CsvOptions } from "../../foundation/tables/csv.ts";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import {
  answerCsvHead,
  answerCsvRows,
  answerMarkdown,
  answerObjects,
  answerText,
} from "../../report/answer-table-text.ts";
import { describeError } from "../../report/describe-error.ts";
import type { AnswerTable } from "../../schema/answer-table.ts";
import { exitCodes, type ExitCode, type Face } from "../command-table.ts";

/** Rows that are read in batches. */
interface AnswerRows {
  columns: AnswerTable["columns"];
  batches: AsyncIterable<AnswerTable["rows"]>;
}

interface AnswerOutput {
  format: "table" | "csv" | "json" | "md" | "parquet";
  csv: CsvOptions;
  maxRows: number | undefined;
  face: Face;
  shared: { quiet: boolean };
}

/** Default row limits. CSV and JSON are written as rows arrive; the other formats buffer all rows. */
const defaultMaxRows = { terminal: 1000, aligned: 100_000, parquet: 1_000_000 } as const;

/** Writes the rows, and reports on standard error if the row limit cut them off. */
export async function writeAnswer(answer: AnswerRows, output: AnswerOutput): Promise<ExitCode> {
  const { format, face } = output;
  const rows = new LimitedRows(answer.batches, maxRowsOf(output));
  switch (format) {
    case "csv":
      await writeCsv(answer.columns, rows, output);
      break;
    case "json":
      return writeJson(answer.columns, rows, output);
    case "md":
      face.out.write(answerMarkdown(await wholeTable(answer.columns, rows)));
      break;
    case "parquet":
      await writeParquet(await wholeTable(answer.columns, rows), rows, output);
      break;
    case "table": {
      const width = face.out.isTerminal ? face.out.columns : Number.POSITIVE_INFINITY;
      const table = await wholeTable(answer.columns, rows);
      face.out.write(`${answerText(table, { width, paint: face.out.paint })}\n`);
    }
  }
  reportCut(rows, output);
  return exitCodes.yes;
}

function maxRowsOf({ format, maxRows, face }: AnswerOutput): number {
  if (maxRows !== undefined) return maxRows;
  if (face.out.isTerminal) return defaultMaxRows.terminal;
  if (format === "parquet") return defaultMaxRows.parquet;
  return format === "table" || format === "md" ? defaultMaxRows.aligned : Number.POSITIVE_INFINITY;
}

/** The rows up to the limit; afterwards `isCut` is true if there were more. */
class LimitedRows {
  readonly maxRows: number;
  readonly #batches: AsyncIterable<AnswerTable["rows"]>;
  isCut = false;

  constructor(batches: AsyncIterable<AnswerTable["rows"]>, maxRows: number) {
    this.#batches = batches;
    this.maxRows = maxRows;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AnswerTable["rows"]> {
    let count = 0;
    for await (const rows of this.#batches) {
      const room = this.maxRows - count;
      if (rows.length > room) {
        this.isCut = true;
        yield rows.slice(0, room);
        return;
      }
      count += rows.length;
      yield rows;
    }
  }
}

async function wholeTable(
  columns: AnswerTable["columns"],
  batches: LimitedRows,
): Promise<AnswerTable> {
  const all: (readonly unknown[])[] = [];
  for await (const rows of batches) for (const row of rows) all.push(row);
  return { columns, rows: all };
}

async function writeCsv(
  columns: AnswerTable["columns"],
  batches: LimitedRows,
  { csv, face: { out } }: AnswerOutput,
): Promise<void> {
  let head = answerCsvHead({ columns }, csv);
  for await (const rows of batches) {
    out.write(head + answerCsvRows(rows, csv));
    head = "";
  }
  if (head !== "") out.write(head);
}

async function writeParquet(
  table: AnswerTable,
  { isCut, maxRows }: LimitedRows,
  { face, maxRows: requested }: AnswerOutput,
): Promise<void> {
  // A truncated file has no marker, so a reader would take it for the complete data.
  if (isCut && requested === undefined) {
    throw new UserError("sql-answer-too-large", `the answer has more than ${maxRows} rows`, {
      hint: "write CSV, or choose the number of rows with `--max-rows`",
    });
  }
  const { packAnswer } = await import("../../store/results/pack-answer.ts");
  face.out.writeBytes(await packAnswer(table, `pitwall ${face.version}`));
}

/** One JSON document, written as rows arrive. `ok` is the last member, because a query can fail after its first rows. */
async function writeJson(
  columns: AnswerTable["columns"],
  batches: LimitedRows,
  output: AnswerOutput,
): Promise<ExitCode> {
  const { out, err } = output.face;
  const head = `{"schemaVersion":1,"command":"sql","result":{"columns":${JSON.stringify(columns)},"rows":[`;
  let before = head;
  try {
    for await (const rows of batches) {
      for (const object of answerObjects({ columns, rows })) {
        out.write(before + JSON.stringify(object));
        before = ",";
      }
    }
  } catch (error) {
    // Before the first row, the document contains only the error, as for every command.
    if (before === head || !(error instanceof UserError)) throw error;
    const { code, message, at, saw, hint } = error;
    const failure = JSON.stringify({ code, message, at, saw, hint });
    out.write(`]},"ok":false,"error":${failure}}\n`);
    err.print(`${describeError(error, err.paint)}\n`);
    return error instanceof WorldError ? exitCodes.worldFailed : exitCodes.wrongRequest;
  }
  const isCut = batches.isCut ? `,"isCut":true` : "";
  out.write(`${before === head ? head : ""}]${isCut}},"ok":true}\n`);
  reportCut(batches, output);
  return exitCodes.yes;
}

function reportCut({ isCut, maxRows }: LimitedRows, { face, shared }: AnswerOutput): void {
  if (!isCut || shared.quiet) return;
  const warning = face.err.paint.warn("warning:");
  face.err.print(
    `${warning} only the first ${maxRows} rows are printed; \`--max-rows\` sets the limit\n`,
  );
}
