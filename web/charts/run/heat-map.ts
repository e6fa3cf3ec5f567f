import { csvText } from "../../../src/foundation/tables/csv.ts";
import type { HeatmapDocument } from "../../../src/schema/dashboard/run-series.ts";
import type { Palette } from "../palette.ts";

type Rgb = readonly [red: number, green: number, blue: number];

/** What colors are computed from. */
type HeatCells = Pick<HeatmapDocument, "values" | "columns" | "rows" | "least" | "greatest">;

/** Colors from low to high values: toward white on dark backgrounds, toward dark red on light ones. */
const ramps: Readonly<Record<"dark" | "light", readonly Rgb[]>> = {
  dark: [
    [24, 31, 39],
    [78, 48, 36],
    [186, 86, 22],
    [255, 146, 51],
    [255, 243, 214],
  ],
  light: [
    [240, 242, 244],
    [250, 214, 178],
    [240, 146, 66],
    [179, 71, 0],
    [66, 20, 0],
  ],
};

/**
 * The RGBA colors of all cells, row by row. Cells without a value are transparent. The minimum has the first color of the
 * ramp, the maximum the last.
 */
export function heatPixels(
  heat: HeatCells,
  background: "dark" | "light",
): Uint8ClampedArray<ArrayBuffer> {
  const table = colorTable(ramps[background]);
  const pixels = new Uint8ClampedArray(heat.columns * heat.rows * 4);
  const { least: min = 0, greatest: max = 1 } = heat;
  const scale = max > min ? (tableSize - 1) / (max - min) : 0;
  for (const [cell, value] of heat.values.entries()) {
    if (value === null) continue;
    const shade = Math.max(0, Math.min(tableSize - 1, Math.round((value - min) * scale)));
    const from = shade * 3;
    pixels.set(table.subarray(from, from + 3), cell * 4);
    pixels[cell * 4 + 3] = 255;
  }
  return pixels;
}

const tableSize = 256;

function colorTable(ramp: readonly Rgb[]): Uint8ClampedArray {
  const table = new Uint8ClampedArray(tableSize * 3);
  for (let index = 0; index < tableSize; index++) {
    const position = (index / (tableSize - 1)) * (ramp.length - 1);
    const before = Math.min(ramp.length - 2, Math.floor(position));
    const [from, to] = [ramp[before], ramp[before + 1]];
    if (from === undefined || to === undefined) continue;
    const share = position - before;
    table.set(
      from.map((part, channel) => part + ((to[channel] ?? part) - part) * share),
      index * 3,
    );
  }
  return table;
}

/** Whether the surface is dark or light, which selects the ramp. */
export function backgroundOf({ surface }: Palette): "dark" | "light" {
  const [red = 0, green = 0, blue = 0] = [...surface.matchAll(/\d+/gu)].map(([text]) =>
    Number(text),
  );
  return red * 0.3 + green * 0.59 + blue * 0.11 < 128 ? "dark" : "light";
}

/** Draws the cells scaled to the canvas. */
export function drawHeatMap(canvas: HTMLCanvasElement, heat: HeatCells, palette: Palette): void {
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser does not support canvas");
  const cells = document.createElement("canvas");
  cells.width = heat.columns;
  cells.height = heat.rows;
  const image = new ImageData(heatPixels(heat, backgroundOf(palette)), heat.columns, heat.rows);
  cells.getContext("2d")?.putImageData(image, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  context.drawImage(cells, 0, 0, canvas.width, canvas.height);
}

/** The heat map as CSV: one row per rank or group of ranks, one column per time range. */
export function heatCsv(heat: HeatmapDocument): string {
  const times = Array.from({ length: heat.columns }, (_, column) => columnTimeMs(heat, column));
  const head = ["rank", ...times.map((timeMs) => new Date(timeMs).toISOString())];
  const lines = heat.ranksPerRow.slice(0, heat.rows).map((ranks, row) => {
    const values = heat.values.slice(row * heat.columns, (row + 1) * heat.columns);
    return [rankText(ranks)].concat(values.map((value) => (value === null ? "" : String(value))));
  });
  return csvText([head, ...lines]);
}

/** Start time of a column in milliseconds since the epoch. */
export function columnTimeMs({ fromMs, toMs, columns }: HeatmapDocument, column: number): number {
  return fromMs + ((toMs - fromMs) * column) / columns;
}

/** `37`, `32-47` for consecutive ranks, or `5 and 3 more`. */
export function rankText(ranks: readonly number[]): string {
  const [first, ...others] = ranks;
  if (first === undefined) return "";
  if (others.length === 0) return String(first);
  const isRange = others.every((rank, index) => rank === first + index + 1);
  return isRange ? `${first}-${others.at(-1)}` : `${first} and ${others.length} more`;
}
