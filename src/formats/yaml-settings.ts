import { parse } from "yaml";
import { isJsonObject, type JsonValue } from "../foundation/json.ts";
import { settingsIn } from "./settings.ts";

/** The settings in a YAML file, as text; none if it is not YAML with names, such as one with Python objects. */
export function* readYamlSettings(text: string): Generator<[string, string]> {
  const document = parsed(text);
  if (isJsonObject(document)) yield* settingsIn(document);
}

function parsed(text: string): JsonValue {
  try {
    const value: JsonValue = parse(text, { schema: "failsafe", logLevel: "silent" });
    return value;
  } catch {
    // A truncated or foreign file has no settings.
    return null;
  }
}
