import type * as Plot from "@observablehq/plot";
import { paperPalette, type Palette } from "../palette.ts";

/** The module of Observable Plot, which is loaded when a chart first needs it. */
export type PlotLibrary = typeof Plot;

/** Loads Observable Plot once. */
export function loadPlot(): Promise<PlotLibrary> {
  return import("@observablehq/plot");
}

/** Size in pixels and colors of a chart. */
export interface PlotLook {
  width: number;
  height: number;
  palette: Palette;
  /** Colors by `FamilyHue`. */
  families: readonly string[];
}

/** A drawn chart with the positions of values in pixels from the left and the top. */
export interface DrawnPlot {
  svg: SVGSVGElement;
  placeOf: (x: number, y: number) => { left: number; top: number };
}

/** Colors of the light theme, for saved files. */
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

/** Size and colors of a chart that is saved as a file. */
export function paperLook(): PlotLook {
  return { width: 1080, height: 620, palette: paperPalette, families: paperFamilies };
}

/** Options of every chart. */
export function baseOptions({ width, height, palette }: PlotLook) {
  return { width, height, style: { color: palette.text, background: "none", fontSize: "11px" } };
}

/** Options of every axis: values without tick marks. */
export function axisLook({ palette }: PlotLook) {
  return {
    color: palette.muted,
    tickSize: 0,
    tickPadding: 6,
    fontSize: 11,
    // Otherwise Plot labels only those of the given ticks that it would have chosen itself on a logarithmic axis.
    ticks: Number.POSITIVE_INFINITY,
  };
}

/** Puts the label of an axis below its right end. */
export const xLabel = { labelAnchor: "right", labelArrow: "none", labelOffset: 36 } as const;

/**
 * Removes the style sheet that Plot adds to each drawing, because the content security policy forbids it. atlas.css
 * contains those rules.
 */
export function withoutStyleSheet(drawn: SVGSVGElement | HTMLElement): SVGSVGElement {
  const svg = drawn instanceof SVGSVGElement ? drawn : drawn.querySelector("svg");
  if (svg === null) throw new Error("Plot returned no SVG");
  for (const sheet of svg.querySelectorAll("style")) sheet.remove();
  return svg;
}
