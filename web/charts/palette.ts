import type { Stroke, Tone } from "./run/chart-spec.ts";

/** The colors of a chart, in canvas and SVG syntax. */
export interface Palette {
  tones: Readonly<Record<Tone, string>>;
  text: string;
  muted: string;
  grid: string;
  surface: string;
}

/** Lengths of dashes and gaps in pixels. */
export const dashes: Readonly<Record<Stroke, readonly number[]>> = {
  solid: [],
  dashed: [6, 4],
  "long-dashed": [12, 4],
  "dash-dotted": [8, 3, 2, 3],
  dotted: [2, 3],
};

/** Opacity of a band. */
export const bandOpacity = 0.22;

export const chartFont = '11px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif';

/** Adds an opacity to a color given as `rgb(…)` or `#rrggbb`. */
export function withOpacity(color: string, opacity: number): string {
  const hex = /^#(?<red>..)(?<green>..)(?<blue>..)$/u.exec(color)?.groups;
  const parts =
    hex === undefined
      ? [...color.matchAll(/[\d.]+/gu)].slice(0, 3).map(([text]) => Number(text))
      : Object.values(hex).map((text) => Number.parseInt(text, 16));
  return `rgba(${parts.join(", ")}, ${opacity})`;
}

/** Colors of the light theme, for saved files and tests. */
export const paperPalette: Palette = {
  tones: { 1: "#b34700", 2: "#1f6fb5", 3: "#0f7a6c", 4: "#7a4fb0", 5: "#6b7480" },
  text: "#14181d",
  muted: "#56606c",
  grid: "#e6e9ed",
  surface: "#ffffff",
};
