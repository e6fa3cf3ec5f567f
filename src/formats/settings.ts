import { isJsonObject, type JsonValue } from "../foundation/json.ts";

/** Settings of a training by name, as text; nested names are joined by dots. */
export type Settings = ReadonlyMap<string, string>;

const maximumDepth = 8;

/** The settings in a JSON value: numbers, texts and booleans, and lists as JSON. */
export function* settingsIn(value: JsonValue, name = "", depth = 0): Generator<[string, string]> {
  if (value === null || depth > maximumDepth) return;
  if (!isJsonObject(value)) {
    if (name !== "") yield [name, typeof value === "string" ? value : JSON.stringify(value)];
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    // Trackers store their own facts with the settings.
    if (key.startsWith("_")) continue;
    yield* settingsIn(inner, name === "" ? key : `${name}.${key}`, depth + 1);
  }
}
