import { csvText } from "../../../src/foundation/csv.ts";
import type { ChartSpec } from "./chart-spec.ts";

/** What a chart shows, as one table: a row for each x, a column for each line and each edge of a band. */
export interface ChartRows {
  x: number[];
  columns: { label: string; values: (number | undefined)[] }[];
}

interface Column {
  label: string;
  x: readonly number[];
  y: readonly number[];
}

/** Brings the marks of a chart onto one x; what a mark has nothing to say about stays empty. */
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
  const placeOf = new Map(x.map((value, index) => [value, index]));
  return { x, columns: columns.map((column) => spread(column, placeOf, x.length)) };
}

function columnsOf({ marks }: ChartSpec): Column[] {
  return marks.flatMap((mark): Column[] => {
    if (mark.kind === "line") return [{ label: mark.label, x: mark.x, y: mark.y }];
    if (mark.kind !== "band") return [];
    return [
      { label: `${mark.label}, least`, x: mark.x, y: mark.low },
      { label: `${mark.label}, greatest`, x: mark.x, y: mark.high },
    ];
  });
}

function spread(
  column: Column,
  placeOf: ReadonlyMap<number, number>,
  count: number,
): ChartRows["columns"][number] {
  const values: (number | undefined)[] = Array.from({ length: count }, () => undefined);
  for (const [index, x] of column.x.entries()) {
    const place = placeOf.get(x);
    if (place !== undefined) values[place] = column.y[index];
  }
  return { label: column.label, values };
}

/** The chart's rows as CSV, in full precision; units stand in the heads. */
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
