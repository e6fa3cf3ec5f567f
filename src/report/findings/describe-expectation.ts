import type { JsonValue } from "../../foundation/json.ts";
import { describeArithmetic } from "./describe-arithmetic.ts";
import { limitText, readComparison } from "./describe-requirement.ts";
import { describeSequence } from "./describe-sequence.ts";
import { bareName, joinNames, type Seen, valueText } from "./describe-value.ts";

export interface Expectation {
  /** The log key whose line was looked at. */
  key: string;
  /** The formula that should have held, in the notation of `RuleFinding`. */
  expected: string;
  /** What stood in its places. */
  seen: Seen;
}

/** What a line is that it should not be: "is `adamw`, and must be `lamb`". Formulas stay only where they are arithmetic. */
export function describeExpectation({ key, expected, seen }: Expectation): string {
  return (
    describeAbsence(expected) ??
    describeGaps(expected, seen) ??
    describeSequence(key, expected, seen) ??
    describeMisfit(expected, seen) ??
    describeArithmetic(key, expected, seen)
  );
}

/** What could not be read of a formula's places, or undefined if all were. */
export function describeGaps(formula: string, seen: Seen): string | undefined {
  const places = formula.match(/\b(?:state|metadata|value)\.\w+/gu) ?? [];
  const missing = [...new Set(places)].filter((place) => (seen[place] ?? null) === null);
  const [first] = missing;
  if (first === undefined) return undefined;
  const inMetadata = missing.filter((place) => place.startsWith("metadata."));
  if (inMetadata.length > 0) return lacks(inMetadata.map(bareName), "metadata");
  const inValue = missing.filter((place) => place.startsWith("value."));
  if (inValue.length > 0) return lacks(inValue.map(bareName), "value");
  return `depends on ${joinNames(missing.map(bareName), "and")}, of which no usable line comes before it`;
}

function lacks(names: readonly string[], container: string): string {
  const are = names.length > 1 ? "neither" : "no";
  return `has ${are} ${joinNames(names, "nor")} in its ${container}`;
}

/** Formulas that ask whether something is there. */
function describeAbsence(expected: string): string | undefined {
  if (expected === "present(value)") return "has no value";
  const asked = expected.split(" or ").map((part) => /^present\((\w+)\.(\w+)\)$/u.exec(part));
  const names = asked.flatMap((match) => match?.[2] ?? []);
  const [container] = asked.map((match) => match?.[1]);
  if (names.length === asked.length) {
    return lacks(names, container ?? "metadata");
  }
  const both = /^if present\(metadata\.(\w+)\) then present\(metadata\.(\w+)\)$/u.exec(expected);
  return both === null ? undefined : `has \`${both[1]}\` and no \`${both[2]}\` in its metadata`;
}

/** Formulas that compare one place with something fixed. */
function describeMisfit(expected: string, seen: Seen): string | undefined {
  const condition = /^if present\(metadata\.\w+\) then (.+)$/u.exec(expected)?.[1] ?? expected;
  const shape = shapeText(condition);
  if (shape !== undefined) return `${isText("value", seen, 0)}, and must be ${shape}`;
  if (condition === 'value != ""') return "is empty";
  const choices = condition.split(" or ").map((part) => /^value = (\S+)$/u.exec(part)?.[1]);
  if (choices.length > 1 && !choices.includes(undefined)) {
    return `${isText("value", seen, 0)}, and must be ${choices.join(" or ")}`;
  }
  const comparison = readComparison(condition);
  if (comparison === undefined) return undefined;
  return `${isText(comparison.place, seen, comparison.limit)}, and must be ${limitText(comparison)}`;
}

const fixedShapes: Readonly<Record<string, string>> = {
  value: "true, or not zero",
  "isBoolean(value)": "true or false",
  "isInteger(value)": "a whole number",
  "isIntegerLiteral(value)": "a whole number, written without a point",
  "len(value) >= 0": "a list",
  "len(value) > 0": "a list with something in it",
  "isInteger((10 * ((value[1] / 50) - 1)))": "a list whose second number is a multiple of 5",
};

const number = String.raw`([\d.e-]+)`;
/** Formulas with numbers in them, and what they ask for; the capture groups stand for `$1`, `$2`. */
const numberedShapes: readonly (readonly [RegExp, string])[] = [
  [/^len\(value\) = (\d+)$/u, "a list of $1 values"],
  [new RegExp(String.raw`^closeTo\(value, ${number}, .+\)$`, "u"), "$1"],
  [
    new RegExp(String.raw`^isInteger\(log2\(\(value / ${number}\)\)\)$`, "u"),
    "$1 times a power of two",
  ],
  [new RegExp(String.raw`^isInteger\(\(value / ${number}\)\)$`, "u"), "a whole multiple of $1"],
  [
    new RegExp(
      String.raw`^isInteger\(\(value / ${number}\)\) or \(state\.global_batch_size < (\d+) and .*$`,
      "u",
    ),
    "a whole multiple of $1, or below batch size $2 also $1 divided by a whole number",
  ],
];

/** What kind of value a formula asks for. */
function shapeText(condition: string): string | undefined {
  const shape = numberedShapes.find(([pattern]) => pattern.test(condition));
  return shape === undefined ? fixedShapes[condition] : condition.replace(shape[0], shape[1]);
}

/** "is the text `1`" where a number was wanted: that it is a text is what is wrong. */
function isText(place: string, seen: Seen, limit?: JsonValue): string {
  const value = seen[place] ?? null;
  const isOtherKind =
    typeof value === "string" && (typeof limit === "number" || typeof limit === "boolean");
  const subject = place === "value" ? "is" : `its \`${bareName(place)}\` is`;
  return `${subject} ${isOtherKind ? "the text " : ""}${valueText(value)}`;
}
