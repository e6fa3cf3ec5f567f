import type { HeatmapDocument, HeatmapMetric } from "../../../src/schema/dashboard/run-series.ts";
import { formatValue } from "../../charts/axes/axis-scale.ts";
import { rankText } from "../../charts/run/heat-map.ts";

/** Where the reader points. */
export interface Cell {
  row: number;
  column: number;
}

export const metricNames: Readonly<Record<HeatmapMetric, string>> = {
  stepMs: "step time",
  computeMs: "compute",
  communicationMs: "communication",
  dataWaitMs: "data wait",
  otherMs: "other",
  powerWatts: "power",
};

/** The cell that an arrow key leads to; undefined for any other key. With Shift ten at a time. */
export function moveCell(
  cell: Cell | undefined,
  { key, shiftKey }: { key: string; shiftKey: boolean },
  { rows, columns }: Pick<HeatmapDocument, "rows" | "columns">,
): Cell | undefined {
  const far = shiftKey ? 10 : 1;
  const moves: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
    ArrowUp: [-far, 0],
    ArrowDown: [far, 0],
    ArrowLeft: [0, -far],
    ArrowRight: [0, far],
    Home: [0, -columns],
    End: [0, columns],
  };
  const move = moves[key];
  if (move === undefined) return undefined;
  if (cell === undefined) return { row: 0, column: columns - 1 };
  return { row: within(cell.row + move[0], rows), column: within(cell.column + move[1], columns) };
}

function within(value: number, count: number): number {
  return Math.max(0, Math.min(count - 1, value));
}

/** Mean and greatest of each row, in words. */
export function heatTable(heat: HeatmapDocument): string[][] {
  return heat.ranksPerRow.slice(0, heat.rows).map((ranks, row) => {
    const values = heat.values
      .slice(row * heat.columns, (row + 1) * heat.columns)
      .filter((value) => value !== null);
    if (values.length === 0) return [rankText(ranks), "", ""];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const greatest = values.reduce((a, b) => Math.max(a, b));
    return [rankText(ranks), formatValue(mean, heat.unit), formatValue(greatest, heat.unit)];
  });
}

/** A column for each second: ranks seldom tell more often, and columns that nobody tells of are gaps. */
export function columnCount(durationMs: number): number {
  return Math.max(16, Math.min(400, Math.floor(durationMs / 1000)));
}
