import type { Palette } from "../charts/palette.ts";
import { colourOf, paletteVersion } from "../theme.ts";

let known: { version: number; palette: Palette } | undefined;

/** The style sheet's colours as they are now, in dark or light. */
export function screenPalette(): Palette {
  const version = paletteVersion.peek();
  if (known?.version !== version) known = { version, palette: readPalette() };
  return known.palette;
}

function readPalette(): Palette {
  return {
    tones: {
      1: colourOf("--accent"),
      2: colourOf("--tone-2"),
      3: colourOf("--tone-3"),
      4: colourOf("--tone-4"),
      5: colourOf("--tone-5"),
    },
    text: colourOf("--text"),
    muted: colourOf("--muted"),
    grid: colourOf("--grid"),
    surface: colourOf("--surface"),
  };
}
