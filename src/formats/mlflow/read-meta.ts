import { parse } from "yaml";

/**
 * The fields of a `meta.yaml` of an MLflow file store, all as text: experiment ids have 18 digits, more than a number
 * can hold. Undefined if it is not such a file.
 */
export function readMeta(text: string): ReadonlyMap<string, string> | undefined {
  const fields: unknown = parsed(text);
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return undefined;
  const texts = Object.entries(fields).filter(
    (field): field is [string, string] => typeof field[1] === "string",
  );
  return new Map(texts);
}

function parsed(text: string): unknown {
  try {
    // The failsafe schema has no types but text, lists and mappings.
    return parse(text, { schema: "failsafe", logLevel: "silent" });
  } catch {
    // A truncated or foreign file has no fields.
    return undefined;
  }
}
