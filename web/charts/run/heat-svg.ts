import { formatValue } from "../axes/axis-scale.ts";
import { chartFont, type Palette } from "../palette.ts";
import { escapedXml } from "../save/escaped-xml.ts";
import type { HeatmapDocument } from "../../../src/schema/dashboard/run-series.ts";
import { heatAxes, type ClockZero } from "./heat-axes.ts";
import { drawHeatMap } from "./heat-map.ts";

const frame = { left: 72, top: 40, width: 880, height: 360 };
const size = { width: 970, height: 450 };
const ramp = { width: 140, height: 8 };

/** A heat map as an SVG file: title, cells as an image, axes, and the scale of its colors. */
export function heatSvg(
  title: string,
  { heat, zero }: { heat: HeatmapDocument; zero: ClockZero },
  palette: Palette,
): string {
  const { left, top, width, height } = frame;
  const axes = heatAxes(heat, zero);
  const bottom = top + height;
  const [cells, colors] = heatImages(heat, palette).map((canvas) => canvas.toDataURL("image/png"));
  const muted = (at: TextPlace, words: string): string => svgText(at, words, palette.muted);
  const { least = 0, greatest = 0, unit } = heat;
  const scaleX = left + width - ramp.width - 80;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" font-family="${escapedXml(chartFont.replace(/^\S+ /u, ""))}" font-size="11">`,
    `<title>${escapedXml(title)}</title>`,
    `<rect width="${size.width}" height="${size.height}" fill="${palette.surface}"/>`,
    `<text x="${left}" y="22" font-size="13" font-weight="600" fill="${palette.text}">${escapedXml(title)}</text>`,
    svgImage({ x: left, y: top, width, height }, cells ?? ""),
    muted({ x: left - 8, y: top - 6, anchor: "end" }, axes.rankLabel),
    ...axes.ranks.map(({ at, text }) =>
      muted({ x: left - 8, y: top + at * height + 4, anchor: "end" }, text),
    ),
    ...axes.times.map(({ at, text }) =>
      muted({ x: left + at * width, y: bottom + 16, anchor: "middle" }, text),
    ),
    muted({ x: left, y: bottom + 36, anchor: "start" }, axes.timeLabel),
    muted({ x: scaleX - 8, y: bottom + 36, anchor: "end" }, formatValue(least, unit)),
    svgImage({ x: scaleX, y: bottom + 28, ...ramp }, colors ?? ""),
    muted(
      { x: scaleX + ramp.width + 8, y: bottom + 36, anchor: "start" },
      formatValue(greatest, unit),
    ),
    "</svg>\n",
  ].join("\n");
}

interface TextPlace {
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
}

function svgText({ x, y, anchor }: TextPlace, words: string, color: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${color}">${escapedXml(words)}</text>`;
}

function svgImage(
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  href: string,
): string {
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" href="${href}"/>`;
}

/** The cells and the scale of their colors, as pixels. */
export function heatImages(heat: HeatmapDocument, palette: Palette): HTMLCanvasElement[] {
  return [cellsImage(heat, palette), rampImage(palette)];
}

function cellsImage(heat: HeatmapDocument, palette: Palette): HTMLCanvasElement {
  const cells = document.createElement("canvas");
  cells.width = frame.width * 2;
  cells.height = frame.height * 2;
  drawHeatMap(cells, heat, palette);
  return cells;
}

/** The colors from the minimum to the maximum, drawn as a heat map of one row. */
function rampImage(palette: Palette): HTMLCanvasElement {
  const columns = 64;
  const values = Array.from({ length: columns }, (_, column) => column);
  const row = { values, columns, rows: 1, least: 0, greatest: columns - 1 };
  const canvas = document.createElement("canvas");
  canvas.width = ramp.width * 2;
  canvas.height = ramp.height * 2;
  drawHeatMap(canvas, row, palette);
  return canvas;
}
