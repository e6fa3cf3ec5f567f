import { csvText } from "../../../src/foundation/csv.ts";
import { escapedXml } from "../save/escaped-xml.ts";
import type { HeatmapDocument } from "../../../src/schema/dashboard/run-series.ts";
import type { Palette } from "../palette.ts";

type Rgb = readonly [red: number, green: number, blue: number];

/** From little to much: dark grounds go up to white-hot, light grounds down to ember. */
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
 * The colours of all cells, red, green, blue and opacity, row by row; cells without a value stay
 * empty. The least value has the ramp's first colour, the greatest its last.
 */
export function heatPixels(
  heat: HeatmapDocument,
  ground: "dark" | "light",
): Uint8ClampedArray<ArrayBuffer> {
  const table = colourTable(ramps[ground]);
  const pixels = new Uint8ClampedArray(heat.columns * heat.rows * 4);
  const { least = 0, greatest = 1 } = heat;
  const scale = greatest > least ? (tableSize - 1) / (greatest - least) : 0;
  for (const [cell, value] of heat.values.entries()) {
    if (value === null) continue;
    const shade = Math.max(0, Math.min(tableSize - 1, Math.round((value - least) * scale)));
    const from = shade * 3;
    pixels.set(table.subarray(from, from + 3), cell * 4);
    pixels[cell * 4 + 3] = 255;
  }
  return pixels;
}

const tableSize = 256;

function colourTable(ramp: readonly Rgb[]): Uint8ClampedArray {
  const table = new Uint8ClampedArray(tableSize * 3);
  for (let index = 0; index < tableSize; index++) {
    const along = (index / (tableSize - 1)) * (ramp.length - 1);
    const before = Math.min(ramp.length - 2, Math.floor(along));
    const [from, to] = [ramp[before], ramp[before + 1]];
    if (from === undefined || to === undefined) continue;
    const share = along - before;
    table.set(
      from.map((part, channel) => part + ((to[channel] ?? part) - part) * share),
      index * 3,
    );
  }
  return table;
}

/** Which of the two ramps stands out from a ground. */
export function groundOf({ surface }: Palette): "dark" | "light" {
  const [red = 0, green = 0, blue = 0] = [...surface.matchAll(/\d+/gu)].map(([text]) =>
    Number(text),
  );
  return red * 0.3 + green * 0.59 + blue * 0.11 < 128 ? "dark" : "light";
}

/** Fills the canvas with the cells, each as large as its share. */
export function drawHeatMap(
  canvas: HTMLCanvasElement,
  heat: HeatmapDocument,
  palette: Palette,
): void {
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser does not support canvas");
  const cells = document.createElement("canvas");
  cells.width = heat.columns;
  cells.height = heat.rows;
  const image = new ImageData(heatPixels(heat, groundOf(palette)), heat.columns, heat.rows);
  cells.getContext("2d")?.putImageData(image, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  context.drawImage(cells, 0, 0, canvas.width, canvas.height);
}

/** A row of the heat-map for each rank or group of ranks, a column for each stretch of time. */
export function heatCsv(heat: HeatmapDocument): string {
  const times = Array.from({ length: heat.columns }, (_, column) => columnTimeMs(heat, column));
  const head = ["rank", ...times.map((timeMs) => new Date(timeMs).toISOString())];
  const lines = heat.ranksPerRow.slice(0, heat.rows).map((ranks, row) => {
    const values = heat.values.slice(row * heat.columns, (row + 1) * heat.columns);
    return [rankText(ranks)].concat(values.map((value) => (value === null ? "" : String(value))));
  });
  return csvText([head, ...lines]);
}

/** When a column begins, milliseconds since the epoch. */
export function columnTimeMs({ fromMs, toMs, columns }: HeatmapDocument, column: number): number {
  return fromMs + ((toMs - fromMs) * column) / columns;
}

/** `37`; `32-47` for a row of neighbours; `5 and 3 more` for any others. */
export function rankText(ranks: readonly number[]): string {
  const [first, ...others] = ranks;
  if (first === undefined) return "";
  if (others.length === 0) return String(first);
  const isRange = others.every((rank, index) => rank === first + index + 1);
  return isRange ? `${first}-${others.at(-1)}` : `${first} and ${others.length} more`;
}

/** An SVG file with the cells inside it as a picture. */
export function heatSvg(title: string, heat: HeatmapDocument, palette: Palette): string {
  const cells = document.createElement("canvas");
  cells.width = 960;
  cells.height = 400;
  drawHeatMap(cells, heat, palette);
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" width="960" height="440" viewBox="0 0 960 440" font-family="system-ui, sans-serif">',
    `<rect width="960" height="440" fill="${palette.surface}"/>`,
    `<text x="10" y="26" font-size="13" font-weight="600" fill="${palette.text}">${escapedXml(title)}</text>`,
    `<image x="0" y="40" width="960" height="400" href="${cells.toDataURL("image/png")}"/>`,
    "</svg>\n",
  ].join("\n");
}
