import type { Settings } from "../../formats/settings.ts";
import type { LogOrigin } from "../../schema/run/events/log-origin.ts";
import { isSeedName, seedNumber } from "./seed-name.ts";

/** The seed among the settings of a training: the shortest name, `seed` before `data.seed`. */
export function seedOf(settings: Settings): number | undefined {
  const seeds = [...settings]
    .filter(([name]) => isSeedName(name))
    .toSorted(([left], [right]) => left.length - right.length);
  const [, text = ""] = seeds[0] ?? [];
  return seedNumber(text);
}

/** Names of settings that differ between runs of one experiment: seeds, folders, the name of the run. */
const nameOfRun =
  /(?:^|[._/-])(?:run_?name|run_?id|name|(?:output|log(?:ging)?|save|ckpt|checkpoint)_?(?:dir|path|folder))$/iu;

/** All settings but the seed, and what names the run: runs with the same ones are one experiment. */
export function experimentText(settings: Settings): string {
  const kept = [...settings].filter(([name]) => !isSeedName(name) && !nameOfRun.test(name));
  return JSON.stringify(kept.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

const maximumSettings = 200;
const maximumTextLength = 200;

/** The settings as a record stores them. */
export function storedSettings(settings: Settings | undefined): Pick<LogOrigin, "settings"> {
  if (settings === undefined || settings.size === 0) return {};
  const entries = [...settings]
    .slice(0, maximumSettings)
    .map(([name, text]) => [name, text.slice(0, maximumTextLength)] as const);
  return { settings: Object.fromEntries(entries) };
}
