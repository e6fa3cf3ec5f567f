import { effect, signal } from "@preact/signals";

export const themes = ["system", "dark", "light"] as const;
export type Theme = (typeof themes)[number];

const key = "pitwall-theme";

/** What the reader chose; kept in this browser. */
export const theme = signal<Theme>(storedTheme());

/** Counts changes of what colours look like; charts on a canvas are drawn again when it moves. */
export const paletteVersion = signal(0);

effect(() => {
  const chosen = theme.value;
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
  store(chosen);
  paletteVersion.value = paletteVersion.peek() + 1;
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  paletteVersion.value += 1;
});

function storedTheme(): Theme {
  try {
    return themes.find((each) => each === localStorage.getItem(key)) ?? "system";
  } catch {
    // A browser may refuse storage; the system's theme is right then.
    return "system";
  }
}

function store(chosen: Theme): void {
  try {
    if (chosen === "system") localStorage.removeItem(key);
    else localStorage.setItem(key, chosen);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);

/** A colour of the style sheet as the canvas wants it: `rgb(…)` for `--accent`. */
export function colourOf(name: `--${string}`): string {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}
