import { formatSignificant } from "../../../../src/foundation/numbers/units.ts";
import type {
  HeatmapDocument,
  HeatmapMetric,
} from "../../../../src/schema/dashboard/run-series.ts";
import { formatValue } from "../../../charts/axes/axis-scale.ts";
import { columnTimeMs, rankText } from "../../../charts/run/heat-map.ts";
import type { ClockZero } from "../../../charts/run/heat-axes.ts";

/** A cell of the heat map. */
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

/** The ends of the scale of colors, with as many figures as it takes to tell them apart. */
export function scaleTexts({
  least,
  greatest,
  unit,
}: Pick<HeatmapDocument, "least" | "greatest" | "unit">): [least: string, greatest: string] {
  if (least === undefined || greatest === undefined) return ["", ""];
  const [from, to] = [formatValue(least, unit), formatValue(greatest, unit)];
  const isTooShort = from === to && least !== greatest && unit === "milliseconds";
  return isTooShort ? [exactMs(least), exactMs(greatest)] : [from, to];
}

function exactMs(value: number): string {
  return `${formatSignificant(value, 5)} ms`;
}

/** Returns the cell that an arrow key moves to; undefined for other keys. Shift moves by ten. */
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

/** The rank that a cell shows: in a row of several ranks, the one with the largest value. */
export function rankOfCell({ row, column }: Cell, heat: HeatmapDocument): number | undefined {
  const peak = heat.peakRanks?.[row * heat.columns + column];
  return peak !== undefined && peak >= 0 ? peak : heat.ranksPerRow[row]?.[0];
}

/** What a cell shows in words. */
export function cellText(cell: Cell, heat: HeatmapDocument, zero: ClockZero): string {
  const value = heat.values[cell.row * heat.columns + cell.column];
  const ranks = heat.ranksPerRow[cell.row] ?? [];
  const at = formatValue(columnTimeMs(heat, cell.column) - zero.atMs, "milliseconds");
  const hasValue = value !== undefined && value !== null;
  const shown = hasValue ? valueText(value, heat) : "no data";
  const kind = heat.metric === "powerWatts" ? "accelerator" : "rank";
  if (ranks.length === 1 || !hasValue)
    return `${kind} ${rankText(ranks)}, ${zero.label} ${at}: ${shown}`;
  return `${kind} ${rankOfCell(cell, heat)}, ${zero.label} ${at}: ${shown}, the largest of ${kind}s ${rankText(ranks)}`;
}

/** With three digits, which tell a slow rank from the others. */
function valueText(value: number, { unit }: HeatmapDocument): string {
  return unit === "milliseconds" ? `${formatSignificant(value, 3)} ms` : formatValue(value, unit);
}

/** Mean and maximum of each row as text. */
export function heatTable(heat: HeatmapDocument): string[][] {
  return heat.ranksPerRow.slice(0, heat.rows).map((ranks, row) => {
    const values = heat.values
      .slice(row * heat.columns, (row + 1) * heat.columns)
      .filter((value) => value !== null);
    if (values.length === 0) return [rankText(ranks), "", ""];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const max = values.reduce((a, b) => Math.max(a, b));
    return [rankText(ranks), formatValue(mean, heat.unit), formatValue(max, heat.unit)];
  });
}

/** One column per second within limits: ranks rarely report more often, and columns without data would be gaps. */
export function columnCount(durationMs: number): number {
  return Math.max(16, Math.min(400, Math.floor(durationMs / 1000)));
}
