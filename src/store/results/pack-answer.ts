import type { AnswerTable } from "../../schema/answer-table.ts";
import { packTable } from "./parquet-file.ts";
import type { ColumnKind, ColumnTable } from "./result-tables.ts";

/**
 * Writes a query result to a Parquet file. Numbers remain numbers; values that are neither numbers nor text are stored
 * as JSON text.
 */
export async function packAnswer(answer: AnswerTable, createdBy: string): Promise<Uint8Array> {
  const columns: ColumnTable = Object.fromEntries(
    answer.columns.map(({ name }, index) => [name, kindOf(answer.rows.map((row) => row[index]))]),
  );
  const lines = answer.rows.map((row) =>
    Object.fromEntries(
      answer.columns.map(({ name }, index) => [name, asKept(row[index], columns[name]?.type)]),
    ),
  );
  return packTable(lines, { columns, linesPerGroup: 50_000, createdBy });
}

function kindOf(values: readonly unknown[]): ColumnKind {
  const known = values.filter((value) => value !== null && value !== undefined);
  const isNumeric = known.length > 0 && known.every((value) => typeof value === "number");
  return { type: isNumeric ? "DOUBLE" : "STRING", isRequired: false };
}

function asKept(value: unknown, type: ColumnKind["type"] | undefined): unknown {
  if (value === null || value === undefined || type === "DOUBLE") return value ?? undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}
