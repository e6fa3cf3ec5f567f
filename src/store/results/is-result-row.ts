import type { ResultRow } from "../../schema/atlas/result-row.ts";
import {
  availabilities,
  divisions,
  energyLabels,
  layoutSources,
  rcpOutcomes,
  samplesUnits,
  scalings,
  suites,
} from "../../schema/atlas/result-words.ts";
import type { TableLine } from "./parquet-file.ts";
import { rowColumns } from "./result-tables.ts";

/** The columns of rows that hold one of a few words. */
export const columnWords = {
  suite: suites,
  division: divisions,
  availability: availabilities,
  scaling: scalings,
  samplesUnit: samplesUnits,
  rcpOutcome: rcpOutcomes,
  layoutSource: layoutSources,
  energyLabel: energyLabels,
} as const satisfies { [Name in keyof ResultRow]?: readonly NonNullable<ResultRow[Name]>[] };

const wordsByColumn = Object.entries(columnWords).map(([name, words]) => ({
  name,
  words: new Set<unknown>(words),
}));
const requiredColumns = Object.entries(rowColumns)
  .filter(([, { isRequired }]) => isRequired)
  .map(([name]) => name);

/**
 * Enough for rows whose file is, by its checksum, as this program wrote it, and whose columns have the right types: a
 * whole parse of every row would take most of the time that reading takes.
 */
export function isResultRow(line: TableLine): line is ResultRow {
  return (
    requiredColumns.every((name) => line[name] !== undefined) &&
    wordsByColumn.every(({ name, words }) => line[name] === undefined || words.has(line[name]))
  );
}
