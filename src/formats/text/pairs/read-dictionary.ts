import type { NamedNumber } from "../numbers/named-number.ts";
import { readNumberAt } from "../numbers/read-number.ts";

const deepest = 16;

/** The numbers of a JSON object or Python dictionary, and the index after it. */
export interface DictionaryNumbers {
  entries: NamedNumber[];
  end: number;
}

/**
 * Reads a JSON object or a Python dictionary: quotes of either kind, numbers in quotes, bare `NaN`
 * and `Infinity`, `tensor(0.9)`, nested dictionaries (keys joined by dots). Values of other kinds
 * are skipped. Undefined if the text at the index is neither.
 */
export function readDictionary(text: string, open: number): DictionaryNumbers | undefined {
  const reader = new DictionaryReader(text, open);
  const isWhole = reader.readObject("", 0);
  return isWhole ? { entries: reader.entries, end: reader.at } : undefined;
}

/** `{"metric": "acc", "value": 0.9}`: a name and its number as two entries. */
interface Label {
  name: string | undefined;
  value: NamedNumber["number"] | undefined;
}

const labelKey = /^(?:metric(?:_?name)?|name|key|tag|variable)$/iu;
const valueKey = /^(?:value|val|score)$/iu;

/** Whether the text at a key is the name of a metric: `metric`, `tag`. */
export function isLabelKey(key: string): boolean {
  return labelKey.test(key);
}

/** Whether the number at a key is the value of the metric that another key names: `value`, `score`. */
export function isValueKey(key: string): boolean {
  return valueKey.test(key);
}

class DictionaryReader {
  readonly entries: NamedNumber[] = [];
  readonly #text: string;
  at: number;

  constructor(text: string, open: number) {
    this.#text = text;
    this.at = open;
  }

  /** Whether a complete object was read. */
  readObject(prefix: string, depth: number): boolean {
    if (depth > deepest) return false;
    this.at += 1;
    const label: Label = { name: undefined, value: undefined };
    for (;;) {
      this.#skipSpace();
      if (this.#take("}")) return true;
      const key = this.#readString();
      if (key === undefined) return false;
      this.#skipSpace();
      if (!this.#take(":")) return false;
      this.#skipSpace();
      const [known, from] = [this.entries.length, this.at];
      if (!this.#readValue(prefix === "" ? key : `${prefix}.${key}`, depth)) return false;
      this.#addToLabel(label, key, { known, from });
      this.#skipSpace();
      if (this.#take(",")) continue;
      this.#addLabel(label);
      return this.#take("}");
    }
  }

  #addToLabel(label: Label, key: string, { known, from }: { known: number; from: number }): void {
    if (isLabelKey(key)) label.name ??= this.#textFrom(from);
    if (isValueKey(key)) label.value ??= this.entries[known]?.number;
  }

  #addLabel({ name, value }: Label): void {
    if (name !== undefined && value !== undefined) this.#add(name, value);
  }

  #readValue(name: string, depth: number): boolean {
    const first = this.#text[this.at];
    if (first === "{") return this.readObject(name, depth + 1);
    if (first === '"' || first === "'") return this.#readQuoted(name);
    if (first === "[" || first === "(") return this.#readSingle(name) ?? this.#skipBracket();
    return this.#readWrapped(name) ?? this.#readBare(name);
  }

  /** The only number of a list: `[0.9]`; undefined for other lists. */
  #readSingle(name: string): boolean | undefined {
    const list = this.#match(/\[\s*[^[\](){},"'\s]+\s*\]/y);
    if (list === undefined) return undefined;
    const text = list.slice(1, -1).trim();
    this.#addWhole(name, text, this.at + list.indexOf(text));
    this.at += list.length;
    return true;
  }

  /** `tensor(0.9, device='cuda')`, `np.float32(0.9)`; undefined if there is no call. */
  #readWrapped(name: string): boolean | undefined {
    const call = this.#match(/[A-Za-z_][\w.]*\(/y);
    if (call === undefined) return undefined;
    const number = readNumberAt(this.#text, this.at + call.length, "thousands");
    if (number !== undefined) this.#add(name, number);
    this.at += call.length - 1;
    return this.#skipBracket();
  }

  // In a dictionary a comma separates entries: it is never part of a bare number.
  #readBare(name: string): boolean {
    const word = this.#match(/[^,}\]\s]+/y);
    if (word === undefined) return false;
    this.#addWhole(name, word, this.at);
    this.at += word.length;
    return true;
  }

  /** The quoted text that starts at an index; undefined if the value has no quotes. */
  #textFrom(start: number): string | undefined {
    const quoted = this.#text.slice(start, this.at);
    return /^["'].{1,100}["']$/u.test(quoted) ? quoted.slice(1, -1) : undefined;
  }

  #match(expression: RegExp): string | undefined {
    const sticky = expression;
    sticky.lastIndex = this.at;
    return sticky.exec(this.#text)?.[0];
  }

  #readQuoted(name: string): boolean {
    const start = this.at + 1;
    const text = this.#readString();
    if (text === undefined) return false;
    this.#addWhole(name, text, start);
    return true;
  }

  /** Adds a text that is a number as a whole. */
  #addWhole(name: string, text: string, start: number): void {
    const number = readNumberAt(text, 0, undefined);
    if (number === undefined || number.suffixEnd !== text.length) return;
    const { end, suffixEnd } = number;
    this.#add(name, { ...number, start, end: start + end, suffixEnd: start + suffixEnd });
  }

  #add(name: string, number: NamedNumber["number"]): void {
    this.entries.push({ name, number, runningMean: undefined, outOf: undefined });
  }

  #readString(): string | undefined {
    const quote = this.#text[this.at];
    if (quote !== '"' && quote !== "'") return undefined;
    let end = this.at + 1;
    while (end < this.#text.length && this.#text[end] !== quote) {
      end += this.#text[end] === "\\" ? 2 : 1;
    }
    if (end >= this.#text.length) return undefined;
    const inside = this.#text.slice(this.at + 1, end);
    this.at = end + 1;
    return inside.replaceAll(/\\(.)/gu, "$1");
  }

  /** Skips a list, a tuple or a call, brackets within it and strings included. */
  #skipBracket(): boolean {
    let depth = 0;
    while (this.at < this.#text.length) {
      const character = this.#text[this.at] ?? "";
      if (character === '"' || character === "'") {
        if (this.#readString() === undefined) return false;
        continue;
      }
      this.at += 1;
      if ("[({".includes(character)) depth += 1;
      if ("])}".includes(character)) depth -= 1;
      if (depth === 0) return true;
    }
    return false;
  }

  #skipSpace(): void {
    while (/\s/u.test(this.#text[this.at] ?? "")) this.at += 1;
  }

  #take(character: string): boolean {
    if (this.#text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }
}
