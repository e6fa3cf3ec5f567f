import type { Palette } from "../../charts/palette.ts";
import { colorOf, paletteVersion } from "../../theme.ts";

let known: { version: number; palette: Palette } | undefined;

/** The current colors of the style sheet, for the dark or light theme. */
export function screenPalette(): Palette {
  const version = paletteVersion.peek();
  if (known?.version !== version) known = { version, palette: readPalette() };
  return known.palette;
}

function readPalette(): Palette {
  return {
    tones: {
      1: colorOf("--accent"),
      2: colorOf("--tone-2"),
      3: colorOf("--tone-3"),
      4: colorOf("--tone-4"),
      5: colorOf("--tone-5"),
    },
    text: colorOf("--text"),
    muted: colorOf("--muted"),
    grid: colorOf("--grid"),
    surface: colorOf("--surface"),
  };
}
