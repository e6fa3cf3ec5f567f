import type * as Plot from "@observablehq/plot";
import { paperPalette, type Palette } from "../palette.ts";

/** Observable Plot, as a module; it is fetched when the first chart needs it. */
export type PlotLibrary = typeof Plot;

/** Fetches Observable Plot once; pages without such charts do not pay for it. */
export function loadPlot(): Promise<PlotLibrary> {
  return import("@observablehq/plot");
}

/** What a chart is drawn with. Pixels. */
export interface PlotLook {
  width: number;
  height: number;
  palette: Palette;
  /** By `FamilyHue`. */
  families: readonly string[];
}

/** A drawn chart, and where its values lie. Pixels from the left and the top of the drawing. */
export interface DrawnPlot {
  svg: SVGSVGElement;
  placeOf: (x: number, y: number) => { left: number; top: number };
}

/** The light theme's, for files. */
const paperFamilies: readonly string[] = [
  "#6b7480",
  "#c2500a",
  "#1f6fb5",
  "#0f7a6c",
  "#7a4fb0",
  "#b5286f",
  "#8a6100",
  "#3d7d12",
  "#0b7f99",
  "#a83232",
  "#5560c8",
  "#7b5a3c",
];

/** How a chart looks that leaves the page as a file. */
export function paperLook(): PlotLook {
  return { width: 1080, height: 620, palette: paperPalette, families: paperFamilies };
}

/** The same for every chart: no title or style sheet of Plot's own. */
export function baseOptions({ width, height, palette }: PlotLook) {
  return { width, height, style: { color: palette.text, background: "none", fontSize: "11px" } };
}

/** The same axis everywhere: values and no marks beside them. */
export function axisLook({ palette }: PlotLook) {
  return {
    color: palette.muted,
    tickSize: 0,
    tickPadding: 6,
    fontSize: 11,
    // Of given values on an axis of logarithms Plot would write those alone that it would have chosen itself.
    ticks: Number.POSITIVE_INFINITY,
  };
}

/** The name of an axis below its right end. */
export const xLabel = { labelAnchor: "right", labelArrow: "none", labelOffset: 36 } as const;

/**
 * Makes a drawing fit to stand in a page: Plot writes a style sheet into each, which the page's content security policy
 * forbids; atlas.css has those rules instead.
 */
export function withoutStyleSheet(drawn: SVGSVGElement | HTMLElement): SVGSVGElement {
  const svg = drawn instanceof SVGSVGElement ? drawn : drawn.querySelector("svg");
  if (svg === null) throw new Error("Plot drew no SVG");
  for (const sheet of svg.querySelectorAll("style")) sheet.remove();
  return svg;
}
