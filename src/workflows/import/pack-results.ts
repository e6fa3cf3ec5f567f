import { figureFields, resultLine } from "../../report/atlas/result-lines.ts";
import type { MeasuredRow } from "../../schema/atlas/answers/figures.ts";
import { packTable } from "../../store/results/parquet-file.ts";
import { type ColumnKind, rowColumns } from "../../store/results/result-tables.ts";

const texts: ReadonlySet<string> = new Set([
  "costLabel",
  "priceDate",
  "priceSource",
  "trainingJoulesLabel",
]);

/**
 * Packs results with their figures into a Parquet file: the columns of the shipped rows, then the figures.
 *
 * @param createdBy `pitwall 0.1.0`
 */
export async function packResults(
  rows: readonly MeasuredRow[],
  createdBy: string,
): Promise<Uint8Array> {
  const added = figureFields.map((field): [string, ColumnKind] => [
    field,
    { type: texts.has(field) ? "STRING" : "DOUBLE", isRequired: false },
  ]);
  const columns = { ...rowColumns, ...Object.fromEntries(added) };
  return packTable(rows.map(resultLine), { columns, linesPerGroup: 5000, createdBy });
}
