import { UserError } from "../../foundation/errors/user-error.ts";

/** The fields of one `config.json`, read by name; the first of several names that exists counts. */
export interface ConfigFields {
  /** `model_type`. */
  type: string;
  /** A required whole number above 0. */
  count(...names: readonly string[]): number;
  /** A whole number of at least 0, or undefined if absent or null. */
  optionalCount(...names: readonly string[]): number | undefined;
  /** False if absent. */
  flag(name: string, fallback?: boolean): boolean;
  text(name: string): string | undefined;
  list(name: string): readonly unknown[] | undefined;
  /** Refuses a field whose value is not modeled. */
  refuse(name: string, accepted: string): never;
}

/** Reads the fields of a parsed `config.json`. */
export function configFields(config: Readonly<Record<string, unknown>>): ConfigFields {
  const firstOf = (names: readonly string[]): { name: string; value: unknown } | undefined => {
    const name = names.find((one) => config[one] !== undefined && config[one] !== null);
    return name === undefined ? undefined : { name, value: config[name] };
  };
  const optionalCount = (...names: readonly string[]): number | undefined => {
    const field = firstOf(names);
    if (field === undefined) return undefined;
    if (isCount(field.value)) return field.value;
    throw notUnderstood(field.name, field.value, "a whole number from 0 to 1e9");
  };
  return {
    type: textOf(config["model_type"]) ?? "",
    optionalCount,
    count(...names) {
      const value = optionalCount(...names);
      if (value !== undefined && value > 0) return value;
      if (value === 0) throw notUnderstood(names[0] ?? "", 0, "a whole number above 0");
      throw new UserError(
        "model-config-incomplete",
        `the model's configuration has no field \`${names[0] ?? ""}\``,
        {
          hint: names.length > 1 ? `also accepted: ${names.slice(1).join(", ")}` : undefined,
        },
      );
    },
    flag(name, fallback = false) {
      const value = config[name];
      if (value === undefined || value === null) return fallback;
      if (typeof value === "boolean") return value;
      throw notUnderstood(name, value, "true or false");
    },
    text: (name) => textOf(config[name]),
    list(name) {
      const value = config[name];
      return Array.isArray(value) ? value : undefined;
    },
    refuse(name, accepted) {
      throw notUnderstood(name, config[name], accepted);
    },
  };
}

const largestCount = 1e9;

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= largestCount;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The error for a field whose value has no model. */
export function notUnderstood(name: string, value: unknown, accepted: string): UserError {
  return new UserError(
    "model-config-not-understood",
    `the model's field \`${name}\` is not understood`,
    {
      saw: JSON.stringify(value)?.slice(0, 200) ?? "nothing",
      hint: `accepted: ${accepted}`,
    },
  );
}
