import type { JsonValue } from "../../foundation/json.ts";
import { bareName, joinWords, type Seen, valueText } from "./describe-value.ts";

/** What a value must be, to follow its name or "must be": "at least 0.72 and below 1". */
export function describeRequirement(expected: string, seen: Seen): string {
  const parts = chooseBranch(expected, seen)
    .replaceAll(/\bstate\.\w+/gu, (place) => JSON.stringify(seen[place] ?? bareName(place)))
    .split(" and ");
  const byPlace = new Map<string, string[]>();
  for (const part of parts) {
    const comparison = readComparison(part);
    if (comparison === undefined) return `\`${expected}\``;
    const limits = byPlace.get(comparison.place) ?? [];
    byPlace.set(comparison.place, [...limits, limitText(comparison)]);
  }
  return [...byPlace]
    .map(([place, limits]) => `${placeName(place)}${limits.join(" and ")}`)
    .join(", ");
}

/** The values seen for the variables: "0.7196", or "`FID` 170.6, `CLIP` 0.107". */
export function describeSeen(seen: Seen): string {
  const own = Object.entries(seen).filter(([place]) => !place.startsWith("state."));
  return own.map(([place, value]) => `${placeName(place)}${valueText(value)}`).join(", ");
}

const signs = ["=", "!=", "<", "<=", ">", ">=", "in"] as const;
type Sign = (typeof signs)[number];

export interface Comparison {
  place: string;
  sign: Sign;
  /** The value in the formula, or the list of allowed values. */
  limit: JsonValue;
}

const limitWords: Readonly<Record<Exclude<Sign, "in">, string>> = {
  "=": "",
  "!=": "anything but ",
  "<": "below ",
  "<=": "at most ",
  ">": "above ",
  ">=": "at least ",
};

/** "at least 0.72", "`a`, `b` or `c`". */
export function limitText({ sign, limit }: Comparison): string {
  if (sign !== "in" || !Array.isArray(limit))
    return `${sign === "in" ? "" : limitWords[sign]}${valueText(limit)}`;
  return joinWords(limit.map(choiceText), "or");
}

function choiceText(choice: JsonValue): string {
  if (choice === "infinity") return choice;
  const whole = typeof choice === "string" ? /^… \((\d+) items\)$/u.exec(choice)?.[1] : undefined;
  return whole === undefined ? valueText(choice) : `another of the ${whole} allowed`;
}

/** A comparison of one variable with a constant; undefined for any other formula. */
export function readComparison(text: string): Comparison | undefined {
  const turned = /^(?<limit>[\d.e-]+) <= (?<place>(?:value|metadata)[\w.]*)$/u.exec(text)?.groups;
  const groups =
    turned ??
    /^(?<place>(?:value|metadata|state)[\w.]*) (?<sign>=|!=|<=|>=|<|>|in) (?<limit>.+)$/u.exec(text)
      ?.groups;
  const { place, limit = "" } = groups ?? {};
  const value = readLimit(limit);
  if (place === undefined || value === undefined) return undefined;
  return { place, sign: turned === undefined ? signOf(groups?.["sign"]) : ">=", limit: value };
}

function signOf(text: string | undefined): Sign {
  return signs.find((sign) => sign === text) ?? "=";
}

/** The constant that a formula compares with; undefined for arithmetic. Findings truncate long lists. */
function readLimit(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text.replaceAll("infinity", '"infinity"'));
  } catch {
    return undefined;
  }
}

/** For a target that depends on the batch size, the branch that applied. */
function chooseBranch(expected: string, seen: Seen): string {
  const choice =
    /\(?if (?<place>state\.\w+) < (?<edge>\d+) then (?<below>[^()]+?) else (?<from>[^()]+?)\)?(?= and |$)/u;
  const groups = choice.exec(expected)?.groups;
  if (groups === undefined) return expected;
  const { place = "", edge, below = "", from = "" } = groups;
  const measure = seen[place];
  if (typeof measure !== "number") return expected;
  return expected.replace(choice, measure < Number(edge) ? below : from);
}

function placeName(place: string): string {
  return place === "value" ? "" : `\`${bareName(place)}\` `;
}
