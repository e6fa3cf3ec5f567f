import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import { protobufFields } from "../binary/protobuf-fields.ts";
import { parsePythonJson } from "../json/parse-python-json.ts";
import { settingsIn } from "../settings.ts";

const utf8 = utf8Decoder();

/** Applies a ConfigRecord to the settings of a run: 1 changed items, 2 removed ones. */
export function readConfig(config: Uint8Array, settings: Map<string, string>): void {
  for (const field of protobufFields(config)) {
    if (field.kind !== "bytes" || (field.number !== 1 && field.number !== 2)) continue;
    const { name, json } = itemOf(field.bytes);
    // The client stores its own facts under `_wandb`.
    if (name === "" || name.startsWith("_")) continue;
    remove(name, settings);
    const value = field.number === 1 ? parsePythonJson(json) : undefined;
    for (const [key, text] of settingsIn(value ?? null, name)) settings.set(key, text);
  }
}

function remove(name: string, settings: Map<string, string>): void {
  for (const known of settings.keys())
    if (known === name || known.startsWith(`${name}.`)) settings.delete(known);
}

/** Of a ConfigItem: 1 key, 2 parts of a nested key, 16 the value as JSON. */
function itemOf(item: Uint8Array): { name: string; json: string } {
  let key = "";
  const nested: string[] = [];
  let json = "";
  for (const field of protobufFields(item)) {
    if (field.kind !== "bytes") continue;
    if (field.number === 1) key = utf8.decode(field.bytes);
    else if (field.number === 2) nested.push(utf8.decode(field.bytes));
    else if (field.number === 16) json = utf8.decode(field.bytes);
  }
  return { name: key === "" ? nested.join(".") : key, json };
}
