import type { JsonValue } from "../../foundation/json.ts";
import { BytePattern } from "../bytes/byte-pattern.ts";
import { decodeLatin1 } from "../bytes/decode-latin1.ts";
import { nextHash, type TextPool } from "../bytes/text-pool.ts";

const deepest = 16;
const [blank, quote, backslash, minus, point] = [0x20, 0x22, 0x5c, 0x2d, 0x2e];
const [zero, nine, comma, colon] = [0x30, 0x39, 0x2c, 0x3a];
const [openBrace, closeBrace, openList, closeList] = [0x7b, 0x7d, 0x5b, 0x5d];
/** The metadata of nearly every line starts with these: the program's file and line. */
const fileMember = BytePattern.ofText('{"file": "');
const linenoMember = BytePattern.ofText(', "lineno": ');
const nothing: Uint8Array = new Uint8Array(0);
const viewOfNothing: DataView = new DataView(nothing.buffer);
const powersOfTen = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * Reads JSON from bytes, left to right.
 *
 * Fails on anything unusual: escapes, control characters, unusual numbers, a possible second token. After a failure its
 * results are not valid.
 */
export class PlainJsonReader {
  /** Index of the next byte to read. */
  at = 0;
  gaveUp = false;
  /** Whether the last number read has a decimal point. */
  numberIsFloat = false;
  bytes: Uint8Array = nothing;
  view: DataView = viewOfNothing;
  readonly #pool: TextPool;
  #depth = 0;

  constructor(pool: TextPool) {
    this.#pool = pool;
  }

  startAt(bytes: Uint8Array, at: number): void {
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.at = at;
    this.#depth = 0;
    this.gaveUp = false;
  }

  /** Skips exactly these bytes if they come next. */
  skip(spelling: BytePattern): boolean {
    if (!spelling.isAt(this.view, this.at)) return false;
    this.at += spelling.length;
    return true;
  }

  skipBlanks(): void {
    while (this.bytes[this.at] === blank) this.at++;
  }

  /** Skips one byte, which must come next. */
  expect(byte: number): void {
    if (this.bytes[this.at] !== byte) this.gaveUp = true;
    this.at++;
  }

  /** A member name and the colon after it. */
  readName(): string {
    this.skipBlanks();
    const name = this.readText();
    this.skipBlanks();
    this.expect(colon);
    return name;
  }

  readValue(): JsonValue {
    this.skipBlanks();
    const byte = this.bytes[this.at];
    if (byte === quote) return this.readText();
    if (byte === openBrace || byte === openList) return this.#readNested(byte);
    if (byte === 0x74) return this.#readWord("true", true);
    if (byte === 0x66) return this.#readWord("false", false);
    return byte === 0x6e ? this.#readWord("null", null) : this.readNumber();
  }

  readText(): string {
    this.expect(quote);
    const { bytes } = this;
    const start = this.at;
    let hash = 0;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === quote) break;
      // An escape, a control character, or a possible second token.
      if (byte === backslash || byte < blank || (byte === colon && bytes[at + 1] === colon)) break;
      hash = nextHash(hash, byte);
    }
    this.at = at;
    this.expect(quote);
    return this.gaveUp ? "" : this.#pool.textOf(bytes, start, at, hash);
  }

  /**
   * Up to 15 digits are exact in a double, and so is one division by a power of ten; other numbers are parsed as text.
   */
  readNumber(): number {
    const start = this.at;
    const isNegative = this.bytes[start] === minus;
    if (isNegative) this.at++;
    const firstDigit = this.at;
    const whole = this.#readDigits(0);
    const wholeDigits = this.at - firstDigit;
    if (wholeDigits === 0 || (wholeDigits > 1 && this.bytes[firstDigit] === zero)) this.#giveUp();
    this.numberIsFloat = this.bytes[this.at] === point;
    const size = this.numberIsFloat ? this.#readFraction(whole) : whole;
    const isExponent = ((this.bytes[this.at] ?? 0) | 0x20) === 0x65;
    if (isExponent) this.#giveUp();
    if (this.gaveUp) return 0;
    if (this.at - firstDigit > 15) return Number(decodeLatin1(this.bytes, start, this.at));
    return isNegative ? -size : size;
  }

  /** Skips a comma, if one comes next. */
  readComma(): boolean {
    this.skipBlanks();
    if (this.gaveUp || this.bytes[this.at] !== comma) return false;
    this.at++;
    return true;
  }

  #readNested(opening: number): JsonValue {
    if (this.#depth >= deepest) this.#giveUp();
    if (this.gaveUp) return null;
    this.#depth++;
    const value = opening === openBrace ? this.#readObject() : this.#readList();
    this.#depth--;
    return value;
  }

  #readObject(): JsonValue {
    if (this.skip(fileMember)) return this.#readObjectWithFile();
    const members: Record<string, JsonValue> = {};
    this.at++;
    this.skipBlanks();
    if (this.bytes[this.at] !== closeBrace) this.#readMembersInto(members);
    this.expect(closeBrace);
    return members;
  }

  /** Creating an object together with its first members takes a fraction of the time of adding each member. */
  #readObjectWithFile(): JsonValue {
    this.at--;
    const file = this.readText();
    const members: Record<string, JsonValue> = this.skip(linenoMember)
      ? { file, lineno: this.readValue() }
      : { file };
    if (this.readComma()) this.#readMembersInto(members);
    this.expect(closeBrace);
    return members;
  }

  #readMembersInto(members: Record<string, JsonValue>): void {
    do {
      const name = this.readName();
      if (name === "__proto__") this.#giveUp();
      // oxlint-disable-next-line eslint/no-param-reassign -- fills an object that its caller has just created
      members[name] = this.readValue();
    } while (this.readComma());
  }

  #readList(): JsonValue {
    const items: JsonValue[] = [];
    this.at++;
    this.skipBlanks();
    if (this.bytes[this.at] !== closeList) {
      do items.push(this.readValue());
      while (this.readComma());
    }
    this.expect(closeList);
    return items;
  }

  #readWord<T extends JsonValue>(word: string, value: T): T {
    for (let index = 0; index < word.length; index++) {
      if (this.bytes[this.at + index] !== word.charCodeAt(index)) this.#giveUp();
    }
    this.at += word.length;
    return value;
  }

  #readFraction(whole: number): number {
    this.at++;
    const behindPoint = this.at;
    const mantissa = this.#readDigits(whole);
    const decimals = this.at - behindPoint;
    if (decimals === 0) this.#giveUp();
    return mantissa / (powersOfTen[decimals] ?? 1);
  }

  #readDigits(before: number): number {
    const { bytes } = this;
    let number = before;
    let at = this.at;
    for (; at < bytes.length; at++) {
      const digit = bytes[at] ?? 0;
      if (digit < zero || digit > nine) break;
      number = number * 10 + (digit - zero);
    }
    this.at = at;
    return number;
  }

  #giveUp(): void {
    this.gaveUp = true;
  }
}
