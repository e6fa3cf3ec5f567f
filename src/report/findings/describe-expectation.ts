import type { JsonValue } from "../../foundation/json.ts";
import { describeArithmetic, type WantedText } from "./describe-arithmetic.ts";
import { limitText, readComparison } from "./describe-requirement.ts";
import { describeSequence } from "./describe-sequence.ts";
import { bareName, joinNames, type Seen, valueText } from "./describe-value.ts";

export interface Expectation {
  /** The log key of the checked line. */
  key: string;
  /** The formula that was false, in the notation of `RuleFinding`. */
  expected: string;
  /** The values of the formula's variables. */
  seen: Seen;
  /** The value that the formula requires, where it is calculated. */
  wanted?: WantedText | undefined;
}

/** Describes a failed check: "is `adamw`; must be `lamb`". Only arithmetic is shown as a formula. */
export function describeExpectation({ key, expected, seen, wanted }: Expectation): string {
  return (
    describeAbsence(expected) ??
    describeGaps(expected, seen) ??
    describeSequence(key, expected, seen) ??
    describeMisfit(expected, seen) ??
    describeArithmetic({ key, expected, wanted }, seen)
  );
}

/** Describes the variables of a formula that have no value, or undefined if all have one. */
export function describeGaps(formula: string, seen: Seen): string | undefined {
  const places = formula.match(/\b(?:state|metadata|value)\.\w+/gu) ?? [];
  const missing = [...new Set(places)].filter((place) => (seen[place] ?? null) === null);
  const [first] = missing;
  if (first === undefined) return undefined;
  const inMetadata = missing.filter((place) => place.startsWith("metadata."));
  if (inMetadata.length > 0) return lacks(inMetadata.map(bareName), "metadata");
  const inValue = missing.filter((place) => place.startsWith("value."));
  if (inValue.length > 0) return lacks(inValue.map(bareName), "value");
  return `depends on ${joinNames(missing.map(bareName), "and")}, which no valid line before it logs`;
}

function lacks(names: readonly string[], container: string): string {
  const are = names.length > 1 ? "neither" : "no";
  return `has ${are} ${joinNames(names, "nor")} in its ${container}`;
}

/** Describes formulas that require a field to be present. */
function describeAbsence(expected: string): string | undefined {
  if (expected === "present(value)") return "has no value";
  const required = expected.split(" or ").map((part) => /^present\((\w+)\.(\w+)\)$/u.exec(part));
  const names = required.flatMap((match) => match?.[2] ?? []);
  const [container] = required.map((match) => match?.[1]);
  if (names.length === required.length) {
    return lacks(names, container ?? "metadata");
  }
  const both = /^if present\(metadata\.(\w+)\) then present\(metadata\.(\w+)\)$/u.exec(expected);
  return both === null ? undefined : `has \`${both[1]}\` but no \`${both[2]}\` in its metadata`;
}

/** Describes formulas that compare one variable with a constant. */
function describeMisfit(expected: string, seen: Seen): string | undefined {
  const condition = /^if present\(metadata\.\w+\) then (.+)$/u.exec(expected)?.[1] ?? expected;
  const shape = shapeText(condition);
  if (shape !== undefined) return `${isText("value", seen, 0)}; must be ${shape}`;
  if (condition === 'value != ""') return "is empty";
  const choices = condition.split(" or ").map((part) => /^value = (\S+)$/u.exec(part)?.[1]);
  if (choices.length > 1 && !choices.includes(undefined)) {
    return `${isText("value", seen, 0)}; must be ${choices.join(" or ")}`;
  }
  const comparison = readComparison(condition);
  if (comparison === undefined) return undefined;
  return `${isText(comparison.place, seen, comparison.limit)}; must be ${limitText(comparison)}`;
}

const fixedShapes: Readonly<Record<string, string>> = {
  value: "true or nonzero",
  "isBoolean(value)": "true or false",
  "isInteger(value)": "an integer",
  "isIntegerLiteral(value)": "an integer, written without a decimal point",
  "len(value) >= 0": "a list",
  "len(value) > 0": "a non-empty list",
  "isInteger((10 * ((value[1] / 50) - 1)))": "a list whose second number is a multiple of 5",
};

const number = String.raw`([\d.e-]+)`;
/** Formulas that contain numbers, and what they require. `$1` and `$2` are the capture groups. */
const numberedShapes: readonly (readonly [RegExp, string])[] = [
  [/^len\(value\) = (\d+)$/u, "a list of $1 values"],
  [new RegExp(String.raw`^closeTo\(value, ${number}, .+\)$`, "u"), "$1"],
  [
    new RegExp(String.raw`^isInteger\(log2\(\(value / ${number}\)\)\)$`, "u"),
    "$1 times a power of 2",
  ],
  [new RegExp(String.raw`^isInteger\(\(value / ${number}\)\)$`, "u"), "an integer multiple of $1"],
  [
    new RegExp(
      String.raw`^isInteger\(\(value / ${number}\)\) or \(state\.global_batch_size < (\d+) and .*$`,
      "u",
    ),
    "an integer multiple of $1, or, below batch size $2, $1 divided by an integer",
  ],
];

/** The kind of value that a formula requires. */
function shapeText(condition: string): string | undefined {
  const shape = numberedShapes.find(([pattern]) => pattern.test(condition));
  return shape === undefined ? fixedShapes[condition] : condition.replace(shape[0], shape[1]);
}

/** "is the string `1`" if a number was expected, because the type is what is wrong. */
function isText(place: string, seen: Seen, limit?: JsonValue): string {
  const value = seen[place] ?? null;
  const isOtherKind =
    typeof value === "string" && (typeof limit === "number" || typeof limit === "boolean");
  const subject = place === "value" ? "is" : `its \`${bareName(place)}\` is`;
  return `${subject} ${isOtherKind ? "the string " : ""}${valueText(value)}`;
}
