import { csvText } from "../../../src/foundation/tables/csv.ts";
import type { ChartSpec } from "./chart-spec.ts";

/** The data of a chart as a table: one row per x, one column per line and per edge of a band. */
export interface ChartRows {
  x: number[];
  columns: { label: string; values: (number | undefined)[] }[];
}

interface Column {
  label: string;
  x: readonly number[];
  y: readonly number[];
}

/** Merges the marks of a chart into one table; cells without a value are undefined. */
export function chartRows(spec: ChartSpec): ChartRows {
  const columns = columnsOf(spec);
  const [first] = columns;
  if (first !== undefined && columns.every((column) => column.x === first.x)) {
    return {
      x: [...first.x],
      columns: columns.map(({ label, y }) => ({ label, values: [...y] })),
    };
  }
  const x = [...new Set(columns.flatMap((column) => [...column.x]))].toSorted((a, b) => a - b);
  const indexOf = new Map(x.map((value, index) => [value, index]));
  return { x, columns: columns.map((column) => spread(column, indexOf, x.length)) };
}

function columnsOf({ marks }: ChartSpec): Column[] {
  return marks.flatMap((mark): Column[] => {
    if (mark.kind === "line") return [{ label: mark.label, x: mark.x, y: mark.y }];
    if (mark.kind !== "band") return [];
    return [
      { label: `${mark.label}, minimum`, x: mark.x, y: mark.low },
      { label: `${mark.label}, maximum`, x: mark.x, y: mark.high },
    ];
  });
}

function spread(
  column: Column,
  indexOf: ReadonlyMap<number, number>,
  count: number,
): ChartRows["columns"][number] {
  const values: (number | undefined)[] = Array.from({ length: count }, () => undefined);
  for (const [position, x] of column.x.entries()) {
    const index = indexOf.get(x);
    if (index !== undefined) values[index] = column.y[position];
  }
  return { label: column.label, values };
}

/** The rows of a chart as CSV in full precision, with units in the header. */
export function chartCsv(spec: ChartSpec): string {
  const { x, columns } = chartRows(spec);
  const heads = [
    headOf(spec.x.label, spec.x.unit),
    ...columns.map(({ label }) => headOf(label, spec.y.unit)),
  ];
  const lines = x.map((value, index) =>
    [String(value)].concat(columns.map(({ values }) => String(values[index] ?? ""))),
  );
  return csvText([heads, ...lines]);
}

function headOf(label: string, unit: string): string {
  return unit === "" ? label : `${label} (${unit})`;
}
