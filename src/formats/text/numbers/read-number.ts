/** The suffix of a number. */
export type NumberSuffix =
  | { kind: "percent" }
  /** `k`, `M`, `B`, `G`, `T`: the factor of a count. */
  | { kind: "count"; factor: number }
  /** A unit of time, in milliseconds. */
  | { kind: "time"; unitMs: number }
  /** Any other unit: `GiB`, `it/s`. */
  | { kind: "unit"; text: string };

/**
 * How a comma in a number was read.
 *
 * - `none`: there is no comma
 * - `thousands`: `1,234,567` or `1,234.5`
 * - `decimal`: `0,94`, or `1.234,5`
 * - `ambiguous`: `3,912` may be either
 */
export type CommaUse = "none" | "thousands" | "decimal" | "ambiguous";

/** One number in a line, whole: sign, digits, decimals, exponent. */
export interface NumberToken {
  value: number;
  /** Index of the first character, sign included. */
  start: number;
  /** Index after the last character, without the suffix. */
  end: number;
  /** Index after the suffix. */
  suffixEnd: number;
  comma: CommaUse;
  suffix: NumberSuffix | undefined;
}

/** How to read an ambiguous comma: as in the log so far, by default `thousands`. */
export type CommaStyle = "thousands" | "decimal";

/** Digits with at most one point before a character that never continues a number: most numbers. */
const simpleNumber = /\d+(?:\.\d+)?(?=$|[)\]}|;"%]|[ \t](?!\d))/y;
const special = /(?:nan|inf(?:inity)?)(?!\w|\.\w)/iy;
const thousands = /\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?/y;
const european = /\d{1,3}(?:\.\d{3})+,\d+(?![\d.])/y;
const decimalComma = /\d+,\d+(?![\d.])(?!,\d)/y;
const plain = /(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)/y;
/** `1 234,5` and `1'234.5`. */
const spaced = /\d{1,3}(?:[ \u00A0\u2009\u202F]\d{3})+,\d{1,2}(?!\d)/y;
const apostrophes = /\d{1,3}(?:['’]\d{3})+(?!\d)(?:\.\d+)?/y;
/** Fortran writes `D` for a double. */
const exponent = /(?:[eE][+-]?|[dD][+-])\d+(?!\w|\.\d)/y;
/** `×10^-3`, `x 10**2`, `·10⁻³`. */
const writtenExponent =
  /\s?[×x*·⋅]\s?10(?:(?:\^|\*\*)[{(]?([+\-\u2212]?\d+)[})]?|([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))/y;
/** Versions, addresses, dates, times of day, hashes: digits that are not a number. */
const notANumber =
  /\d+(?:\.\d+){2,}|\d+(?:[-:]\d+)+(?:[T.:\d-]*\d)?|(?!\d+[eE]\d+(?!\w))\d+_*[A-Za-z]\w*\d\w*/y;

/**
 * The next number at or after an index. Digits inside words (`val_2`, `Acc@1`), versions, dates and
 * times of day are not numbers.
 */
export function nextNumber(
  text: string,
  from: number,
  commaStyle: CommaStyle | undefined,
): NumberToken | undefined {
  let at = from;
  while (at < text.length) {
    at = nextCandidate(text, at);
    if (at === text.length) return undefined;
    const token = readNumberAt(text, at, commaStyle);
    if (token !== undefined && !endsThresholds(text, token)) return token;
    at = token === undefined ? endOfWord(text, at) : token.suffixEnd;
  }
  return undefined;
}

/**
 * Whether a number is part of a name: the end of a range of thresholds, as in `mAP@.5:.95`. Ranges that do not end at 0.95 are recognized by
 * the value after them.
 */
function endsThresholds(text: string, { start, end, value }: NumberToken): boolean {
  if (value > 1 || !/[:-]/u.test(text[start - 1] ?? "")) return false;
  if (!/@\[?\d*\.\d+[:-]$/u.test(text.slice(Math.max(0, start - 12), start))) return false;
  return value === 0.95 || /^\]?\s*[=:]\s*[\d.]/u.test(text.slice(end, end + 12));
}

/** The number that begins at an index, if any. */
export function readNumberAt(
  text: string,
  start: number,
  commaStyle: CommaStyle | undefined,
): NumberToken | undefined {
  const sign = signAt(text, start);
  const at = start + (sign === undefined ? 0 : 1);
  const factor = sign === "-" ? -1 : 1;
  const word = /[niNI]/u.test(text[at] ?? "") ? match(special, text, at) : undefined;
  if (word !== undefined) {
    const value = /nan/iu.test(word) ? Number.NaN : factor * Number.POSITIVE_INFINITY;
    return {
      value,
      start,
      end: at + word.length,
      suffixEnd: at + word.length,
      comma: "none",
      suffix: undefined,
    };
  }
  const digits = readDigits(text, at, commaStyle);
  if (digits === undefined) return undefined;
  const power = exponentAt(text, digits.end);
  const end = digits.end + power.length;
  const { suffix, length } = suffixAt(text, end);
  const value = factor * Number(digits.text + power.text);
  return { value, start, end, suffixEnd: end + length, comma: digits.comma, suffix };
}

function readDigits(
  text: string,
  at: number,
  commaStyle: CommaStyle | undefined,
): { text: string; end: number; comma: CommaUse } | undefined {
  const simple = match(simpleNumber, text, at);
  if (simple !== undefined) return { text: simple, end: at + simple.length, comma: "none" };
  const separated = readSeparated(text, at);
  if (separated !== undefined) return separated;
  const grouped = match(thousands, text, at);
  if (grouped !== undefined && !grouped.startsWith("0")) {
    const isCertain = grouped.includes(".") || grouped.indexOf(",") !== grouped.lastIndexOf(",");
    const isDecimal = !isCertain && commaStyle === "decimal";
    const digits = isDecimal ? grouped.replace(",", ".") : grouped.replaceAll(",", "");
    const comma = isCertain ? "thousands" : "ambiguous";
    return { text: digits, end: at + grouped.length, comma };
  }
  const decimal = match(decimalComma, text, at);
  if (decimal !== undefined)
    return { text: decimal.replace(",", "."), end: at + decimal.length, comma: "decimal" };
  if (match(notANumber, text, at) !== undefined) return undefined;
  const number = match(plain, text, at);
  if (number === undefined) return undefined;
  return { text: number.replaceAll("_", ""), end: at + number.length, comma: "none" };
}

/** Numbers whose separators leave no doubt: `1.234,5`, `1 234,5`, `1'234.5`. */
function readSeparated(
  text: string,
  at: number,
): { text: string; end: number; comma: CommaUse } | undefined {
  const eu = match(european, text, at);
  if (eu !== undefined)
    return {
      text: eu.replaceAll(".", "").replace(",", "."),
      end: at + eu.length,
      comma: "decimal",
    };
  const separated = match(spaced, text, at) ?? match(apostrophes, text, at);
  if (separated === undefined) return undefined;
  return {
    text: separated.replaceAll(/[^\d.,]/gu, "").replace(",", "."),
    end: at + separated.length,
    comma: separated.includes(",") ? "decimal" : "none",
  };
}

/** The exponent at an index as JavaScript writes it, and its length in the text. */
function exponentAt(text: string, at: number): { text: string; length: number } {
  const power = match(exponent, text, at);
  if (power !== undefined) return { text: `e${power.slice(1)}`, length: power.length };
  writtenExponent.lastIndex = at;
  const written = writtenExponent.exec(text);
  if (written === null) return { text: "", length: 0 };
  const digits = written[1] ?? (written[2] ?? "").replaceAll(/./gu, plainDigit);
  return { text: `e${digits.replace("\u2212", "-")}`, length: written[0].length };
}

/** The plain form of a superscript digit or sign. */
function plainDigit(superscript: string): string {
  if (superscript === "⁻") return "-";
  if (superscript === "⁺") return "+";
  return String("⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(superscript));
}

const countFactors: Readonly<Record<string, number>> = {
  k: 1e3,
  K: 1e3,
  M: 1e6,
  B: 1e9,
  G: 1e9,
  T: 1e12,
};
const timeUnitsMs: Readonly<Record<string, number>> = {
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  sec: 1000,
  secs: 1000,
  second: 1000,
  seconds: 1000,
  min: 60_000,
  mins: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
};
const percentSign = /\s?%/y;
const attachedUnit = /[A-Za-zµ]+(?:\/[A-Za-z]+)?/y;
const spacedTime = / (?:ms|us|µs|sec(?:ond)?s?|min(?:ute)?s?|h(?:ou)?rs?|s|h)(?![\w/])/y;

function suffixAt(text: string, at: number): { suffix: NumberSuffix | undefined; length: number } {
  // Most numbers are followed by nothing, by a blank and the next name, or by punctuation.
  if (!mayHaveSuffix(text, at)) return { suffix: undefined, length: 0 };
  const percent = match(percentSign, text, at);
  if (percent !== undefined) return { suffix: { kind: "percent" }, length: percent.length };
  const unit = match(attachedUnit, text, at);
  if (unit !== undefined) return { suffix: unitOf(unit), length: unit.length };
  const time = match(spacedTime, text, at);
  if (time === undefined) return { suffix: undefined, length: 0 };
  return { suffix: unitOf(time.trim()), length: time.length };
}

function mayHaveSuffix(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 32) return "%mush\u00B5".includes(text[at + 1] ?? "-");
  return code !== 44 && code !== 124 && !Number.isNaN(code);
}

function unitOf(text: string): NumberSuffix {
  const factor = countFactors[text];
  if (factor !== undefined) return { kind: "count", factor };
  const unitMs = timeUnitsMs[text];
  if (unitMs !== undefined) return { kind: "time", unitMs };
  return { kind: "unit", text };
}

/** The first position at or after an index where a number may begin. */
function nextCandidate(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isNumberStart(text, at, code) || isInWord(text, at)) continue;
    const before = text[at - 1];
    const isSigned = isSign(before) && !isInWord(text, at - 1);
    return isSigned && at > from ? at - 1 : at;
  }
  return text.length;
}

function isNumberStart(text: string, at: number, code: number): boolean {
  if (code >= 48 && code <= 57) return true;
  if (code === 46) return isDigit(text.charCodeAt(at + 1));
  // n, N, i, I: of `nan` and `inf`.
  if (code === 110 || code === 78 || code === 105 || code === 73) return isSpecialValue(text, at);
  return false;
}

/** `nan` and `inf` are values after a separator or at the end of a field, and words in `number of nan iterations`. */
function isSpecialValue(text: string, at: number): boolean {
  const word = match(special, text, at);
  if (word === undefined) return false;
  const isAfterSeparator = /[=:([,"'+\-\u2212]\s*$/u.test(text.slice(Math.max(0, at - 8), at));
  return isAfterSeparator || !/^ [\p{L}]/u.test(text.slice(at + word.length));
}

/** Whether the character before belongs to a word or a number that continues here, also as in `Top-5`. */
function isInWord(text: string, at: number): boolean {
  if (at === 0) return false;
  const code = text.charCodeAt(at - 1);
  // A blank, `=` and `:` come before most numbers.
  if (code === 32 || code === 61 || code === 58) return false;
  const before = text[at - 1] ?? "";
  if (before === "-") return /[A-Za-z]/u.test(text[at - 2] ?? "");
  return /[\w.@#$]/u.test(before);
}

/** The end of the digits and letters at an index that are not a number. */
function endOfWord(text: string, from: number): number {
  const length = match(notANumber, text, from)?.length ?? 1;
  let at = from + length;
  while (at < text.length && /\w/u.test(text[at] ?? "")) at++;
  return at;
}

function signAt(text: string, at: number): "+" | "-" | undefined {
  const character = text[at];
  if (character === "+") return "+";
  return isSign(character) ? "-" : undefined;
}

function isSign(character: string | undefined): boolean {
  return character === "-" || character === "+" || character === "\u2212";
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function match(expression: RegExp, text: string, at: number): string | undefined {
  const sticky = expression;
  sticky.lastIndex = at;
  return sticky.test(text) ? text.slice(at, sticky.lastIndex) : undefined;
}
