import type { StepRow } from "./step-columns.ts";

const zero = 48;
const nine = 57;
const minus = 45;
const point = 46;
const comma = 44;
const closeBrace = 125;
/** This many digits fit in a 32-bit integer. */
const chunkDigits = 8;
const maximumDigits = 25;

const numberFields = [
  "timeMs",
  "rank",
  "step",
  "samplesCount",
  "stepCount",
  "computeMs",
  "communicationMs",
  "dataWaitMs",
  "loss",
  "forwardMs",
  "backwardMs",
  "optimizerMs",
  // Stored in the record only.
  "hostMs",
] as const;
/** In the field order that Pitwall writes. */
const keys = numberFields.map((name) => wordsOf(`"${name}":`));
const beginning = wordsOf(`{"kind":"step",`);
const powersOfTen = Float64Array.from({ length: maximumDigits + 1 }, (_, power) =>
  Number(`1e${power}`),
);
const neededFields = 0b0_1111_1111;
const jsonNumber = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/**
 * Reads step samples in the form that Pitwall writes (`{"kind":"step",…` without spaces, fields in any order) several
 * times faster than JSON.parse, into one row that is reused for each line.
 */
export class StepLineScanner {
  readonly row: StepRow = {
    timeMs: 0,
    rank: 0,
    step: 0,
    samplesCount: 0,
    stepCount: 0,
    computeMs: 0,
    communicationMs: 0,
    dataWaitMs: 0,
    loss: Number.NaN,
    forwardMs: Number.NaN,
    backwardMs: Number.NaN,
    optimizerMs: Number.NaN,
  };
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;

  /** Sets the buffer that contains the next lines. */
  load(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * Fills `row` from the line between two offsets of the loaded bytes. Numbers are exact to 15 digits.
   *
   * @returns false if the line has another form: use JSON.parse instead
   */
  scan(start: number, end: number): boolean {
    if (!holds(this.#view, start, beginning)) return false;
    this.#at = start + beginning.length;
    this.#clearOptional();
    let seen = 0;
    let expected = 0;
    while (this.#at < end) {
      const field = this.#takeKey(expected);
      if (field < 0 || (seen & (1 << field)) !== 0) return false;
      seen |= 1 << field;
      const value = this.#takeNumber();
      if (Number.isNaN(value)) return false;
      this.#store(field, value);
      const next = this.#bytes[this.#at];
      this.#at += 1;
      if (next === closeBrace) return this.#at === end && (seen & neededFields) === neededFields;
      if (next !== comma) return false;
      expected = field + 1;
    }
    return false;
  }

  /** The index of the field whose name comes next; -1 if the name is unknown. */
  #takeKey(expected: number): number {
    const next = keys[expected];
    const at = this.#at;
    const isNext = next !== undefined && holds(this.#view, at, next);
    const field = isNext ? expected : keys.findIndex((key) => holds(this.#view, at, key));
    this.#at += keys[field]?.length ?? 0;
    return field;
  }

  /** Exact for numbers with up to 15 digits, and for most with 16. NaN for an invalid number. */
  #takeNumber(): number {
    const bytes = this.#bytes;
    const start = this.#at;
    const isNegative = bytes[start] === minus;
    const firstDigit = start + Number(isNegative);
    let at = firstDigit;
    let pointAt = 0;
    // 32-bit integers are accumulated several times faster than doubles.
    let head = 0;
    let chunk = 0;
    let inChunk = 0;
    for (;;) {
      const byte = bytes[at] ?? 0;
      if (isDigit(byte)) {
        chunk = (Math.imul(chunk, 10) + byte - zero) | 0;
        inChunk += 1;
        if (inChunk === chunkDigits) {
          head = head * 1e8 + chunk;
          chunk = 0;
          inChunk = 0;
        }
      } else if (byte === point && pointAt === 0) pointAt = at;
      else break;
      at += 1;
    }
    this.#at = at;
    const fractionDigits = pointAt === 0 ? undefined : at - pointAt - 1;
    const isOrdinary = isEnd(bytes[at]) && isOrdinaryNumber(at - firstDigit, fractionDigits);
    if (!isOrdinary) return this.#parse(start);
    const mantissa = head * powerOfTen(inChunk) + chunk;
    // Two exact numbers and one division: rounded once, like JSON.parse.
    const size = mantissa / powerOfTen(fractionDigits ?? 0);
    return isNegative ? -size : size;
  }

  /** Numbers with an exponent or with very many digits. */
  #parse(start: number): number {
    let text = "";
    for (let at = start; ; at++) {
      const byte = this.#bytes[at];
      if (byte === undefined || isEnd(byte) || at - start > 60) {
        this.#at = at;
        return jsonNumber.test(text) ? Number(text) : Number.NaN;
      }
      text += String.fromCharCode(byte);
    }
  }

  #store(field: number, value: number): void {
    if (field < 5) this.#storeCount(field, value);
    else if (field < 9) this.#storePart(field, value);
    else this.#storePhase(field, value);
  }

  #storeCount(field: number, value: number): void {
    const { row } = this;
    if (field === 0) row.timeMs = value;
    else if (field === 1) row.rank = value;
    else if (field === 2) row.step = value;
    else if (field === 3) row.samplesCount = value;
    else row.stepCount = value;
  }

  #storePart(field: number, value: number): void {
    const { row } = this;
    if (field === 5) row.computeMs = value;
    else if (field === 6) row.communicationMs = value;
    else if (field === 7) row.dataWaitMs = value;
    else row.loss = value;
  }

  #storePhase(field: number, value: number): void {
    const { row } = this;
    if (field === 9) row.forwardMs = value;
    else if (field === 10) row.backwardMs = value;
    else if (field === 11) row.optimizerMs = value;
  }

  #clearOptional(): void {
    const { row } = this;
    row.loss = Number.NaN;
    row.forwardMs = Number.NaN;
    row.backwardMs = Number.NaN;
    row.optimizerMs = Number.NaN;
  }
}

function isDigit(byte: number): boolean {
  return byte <= nine && byte >= zero;
}

function isEnd(byte: number | undefined): boolean {
  return byte === comma || byte === closeBrace;
}

function powerOfTen(power: number): number {
  return powersOfTen[power] ?? 1;
}

/** @param length of all digits, including the decimal point */
function isOrdinaryNumber(length: number, fractionDigits: number | undefined): boolean {
  if (length === 0 || length > maximumDigits) return false;
  return fractionDigits === undefined || (fractionDigits > 0 && fractionDigits < length - 1);
}

/** A short text to search for, four bytes at a time; the last four bytes overlap the previous ones. */
interface Words {
  length: number;
  words: Int32Array;
}

function wordsOf(text: string): Words {
  const view = new DataView(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
  const count = Math.ceil(text.length / 4);
  const words = Int32Array.from({ length: count }, (_, index) =>
    view.getInt32(Math.min(index * 4, text.length - 4), true),
  );
  return { length: text.length, words };
}

function holds(view: DataView, at: number, { length, words }: Words): boolean {
  if (at + length > view.byteLength) return false;
  const lastWord = words.length - 1;
  for (let index = 0; index < lastWord; index++) {
    if (view.getInt32(at + index * 4, true) !== words[index]) return false;
  }
  return view.getInt32(at + length - 4, true) === words[lastWord];
}
