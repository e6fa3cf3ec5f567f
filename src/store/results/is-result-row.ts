import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import {
  availabilities,
  divisions,
  energyLabels,
  layoutSources,
  rcpOutcomes,
  samplesUnits,
  scalings,
  scoreKinds,
  suites,
} from "../../schema/atlas/results/result-words.ts";
import type { TableLine } from "./parquet-file.ts";
import { rowColumns } from "./result-tables.ts";

/** The columns of rows with enumerated values. */
export const columnValues = {
  suite: suites,
  division: divisions,
  availability: availabilities,
  scaling: scalings,
  scoreKind: scoreKinds,
  samplesUnit: samplesUnits,
  rcpOutcome: rcpOutcomes,
  layoutSource: layoutSources,
  energyLabel: energyLabels,
} as const satisfies { [Name in keyof ResultRow]?: readonly NonNullable<ResultRow[Name]>[] };

const valuesByColumn = Object.entries(columnValues).map(([name, values]) => ({
  name,
  values: new Set<unknown>(values),
}));
const requiredColumns = Object.entries(rowColumns)
  .filter(([, { isRequired }]) => isRequired)
  .map(([name]) => name);

/**
 * A sufficient check for rows whose file matches its checksum and whose columns have the right types. Parsing every row
 * with the schema would take most of the reading time.
 */
export function isResultRow(line: TableLine): line is ResultRow {
  return (
    requiredColumns.every((name) => line[name] !== undefined) &&
    valuesByColumn.every(({ name, values }) => line[name] === undefined || values.has(line[name]))
  );
}
