import type { Stroke, Tone } from "./run/chart-spec.ts";

/** The colours a chart is drawn with, as a canvas and an SVG file understand them. */
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

/** How see-through a band is over what lies below it. */
export const bandOpacity = 0.22;

export const chartFont = '11px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif';

/** The same colour, see-through: takes `rgb(…)` and `#rrggbb`. */
export function seeThrough(colour: string, opacity: number): string {
  const hex = /^#(?<red>..)(?<green>..)(?<blue>..)$/u.exec(colour)?.groups;
  const parts =
    hex === undefined
      ? [...colour.matchAll(/[\d.]+/gu)].slice(0, 3).map(([text]) => Number(text))
      : Object.values(hex).map((text) => Number.parseInt(text, 16));
  return `rgba(${parts.join(", ")}, ${opacity})`;
}

/** The light theme's colours, for files that leave the page; tests draw with them, too. */
export const paperPalette: Palette = {
  tones: { 1: "#b34700", 2: "#1f6fb5", 3: "#0f7a6c", 4: "#7a4fb0", 5: "#6b7480" },
  text: "#14181d",
  muted: "#56606c",
  grid: "#e6e9ed",
  surface: "#ffffff",
};
