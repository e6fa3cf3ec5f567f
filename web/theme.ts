import { effect, signal } from "@preact/signals";

export const themes = ["system", "dark", "light"] as const;
export type Theme = (typeof themes)[number];

const key = "pitwall-theme";

/** The chosen theme, stored in the browser. */
export const theme = signal<Theme>(storedTheme());

/** Incremented when the colors change, so that charts are redrawn. */
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
    // The browser may deny storage; use the system theme.
    return "system";
  }
}

function store(chosen: Theme): void {
  try {
    if (chosen === "system") localStorage.removeItem(key);
    else localStorage.setItem(key, chosen);
  } catch {
    // Without storage, the choice is lost when the page is closed.
  }
}

const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);

/** Returns a color of the style sheet in canvas syntax, for example `rgb(…)` for `--accent`. */
export function colorOf(name: `--${string}`): string {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}
