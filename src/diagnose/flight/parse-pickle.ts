import { utf8Decoder } from "../../foundation/bytes/utf8.ts";

/** A value of a pickle that contains plain data only. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleValue[]
  | Map<PickleValue, PickleValue>;

export type PickleOutcome =
  | { kind: "read"; value: PickleValue }
  | { kind: "refused"; reason: string };

/** More values than any dump has: a ring buffer of 20,000 entries has about 2 million. */
const maximumValues = 20_000_000;

/**
 * Reads a pickle by a list of allowed opcodes: numbers, texts, lists, tuples and dictionaries. Opcodes that import names or
 * call functions (GLOBAL, REDUCE, BUILD, INST, OBJ, NEWOBJ, extensions, persistent ids) are refused. Tuples become lists.
 * Never throws.
 *
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py for the opcodes of protocols 0 to 4
 */
export function parsePickle(bytes: Uint8Array): PickleOutcome {
  try {
    return { kind: "read", value: new PickleReader(bytes).read() };
  } catch (error) {
    if (!(error instanceof RefusedPickle)) throw error;
    return { kind: "refused", reason: error.message };
  }
}

class RefusedPickle extends Error {}

const mark = Symbol("mark");
type StackItem = PickleValue | typeof mark;

class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #decoder = utf8Decoder();
  readonly #memo = new Map<number, PickleValue>();
  readonly #stack: StackItem[] = [];
  #at = 0;
  #valueCount = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): PickleValue {
    for (;;) {
      const opcode = this.#bytes[this.#take(1)] ?? 0;
      if (opcode === 0x2e) return this.#pop();
      const act = opcodes.get(opcode);
      if (act === undefined)
        throw new RefusedPickle(`opcode 0x${opcode.toString(16)} is not allowed`);
      act(this);
    }
  }

  /** Position of the next bytes, which are consumed. */
  #take(count: number): number {
    const from = this.#at;
    if (from + count > this.#bytes.length) throw new RefusedPickle("the pickle is cut off");
    this.#at += count;
    return from;
  }

  skip(count: number): void {
    this.#take(count);
  }

  push(value: PickleValue): void {
    this.#valueCount += 1;
    if (this.#valueCount > maximumValues) throw new RefusedPickle("the pickle has too many values");
    this.#stack.push(value);
  }

  pushMark(): void {
    this.#stack.push(mark);
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === mark) throw new RefusedPickle("the pickle is malformed");
    return value;
  }

  /** The values since the last mark, which is removed. */
  #popToMark(): PickleValue[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw new RefusedPickle("the pickle is malformed");
    const items = this.#stack.splice(at).slice(1);
    return items.filter((item) => item !== mark);
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** Two's complement, little-endian; beyond 2^53 the nearest number. */
  long(byteCount: number): number {
    const from = this.#take(byteCount);
    let value = 0n;
    for (let index = byteCount - 1; index >= 0; index -= 1) {
      value = value * 256n + BigInt(this.#bytes[from + index] ?? 0);
    }
    const isNegative = byteCount > 0 && (this.#bytes[from + byteCount - 1] ?? 0) > 127;
    return Number(isNegative ? value - (1n << BigInt(byteCount * 8)) : value);
  }

  text(byteCount: number): string {
    const from = this.#take(byteCount);
    return this.#decoder.decode(this.#bytes.subarray(from, from + byteCount));
  }

  store(key: number): void {
    const top = this.#pop();
    this.#memo.set(key, top);
    this.#stack.push(top);
  }

  storeNext(): void {
    this.store(this.#memo.size);
  }

  recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw new RefusedPickle("the pickle is malformed");
    this.push(value);
  }

  tuple(count: number): void {
    const items = Array.from({ length: count }, () => this.#pop());
    this.push(items.toReversed());
  }

  tupleToMark(): void {
    this.push(this.#popToMark());
  }

  append(): void {
    const value = this.#pop();
    this.#topList().push(value);
  }

  appends(): void {
    const values = this.#popToMark();
    const list = this.#topList();
    for (const value of values) list.push(value);
  }

  setItem(): void {
    const value = this.#pop();
    const key = this.#pop();
    this.#topMap().set(key, value);
  }

  setItems(): void {
    const items = this.#popToMark();
    const map = this.#topMap();
    for (let index = 0; index + 1 < items.length; index += 2) {
      map.set(items[index] ?? null, items[index + 1] ?? null);
    }
  }

  #topList(): PickleValue[] {
    const top = this.#stack.at(-1);
    if (!Array.isArray(top)) throw new RefusedPickle("the pickle is malformed");
    return top;
  }

  #topMap(): Map<PickleValue, PickleValue> {
    const top = this.#stack.at(-1);
    if (!(top instanceof Map)) throw new RefusedPickle("the pickle is malformed");
    return top;
  }
}

/** The allowed opcodes; STOP is read by the loop. */
const opcodes: ReadonlyMap<number, (reader: PickleReader) => void> = new Map([
  [0x80, (r) => r.skip(1)], // PROTO
  [0x95, (r) => r.skip(8)], // FRAME
  [0x28, (r) => r.pushMark()], // MARK
  [0x4e, (r) => r.push(null)], // NONE
  [0x88, (r) => r.push(true)], // NEWTRUE
  [0x89, (r) => r.push(false)], // NEWFALSE
  [0x4b, (r) => r.push(r.uint8())], // BININT1
  [0x4d, (r) => r.push(r.uint16())], // BININT2
  [0x4a, (r) => r.push(r.int32())], // BININT
  [0x8a, (r) => r.push(r.long(r.uint8()))], // LONG1
  [0x47, (r) => r.push(r.float64())], // BINFLOAT
  [0x58, (r) => r.push(r.text(r.uint32()))], // BINUNICODE
  [0x8c, (r) => r.push(r.text(r.uint8()))], // SHORT_BINUNICODE
  [0x54, (r) => r.push(r.text(r.uint32()))], // BINSTRING
  [0x55, (r) => r.push(r.text(r.uint8()))], // SHORT_BINSTRING
  [0x5d, (r) => r.push([])], // EMPTY_LIST
  [0x29, (r) => r.push([])], // EMPTY_TUPLE
  [0x7d, (r) => r.push(new Map())], // EMPTY_DICT
  [0x61, (r) => r.append()], // APPEND
  [0x65, (r) => r.appends()], // APPENDS
  [0x73, (r) => r.setItem()], // SETITEM
  [0x75, (r) => r.setItems()], // SETITEMS
  [0x74, (r) => r.tupleToMark()], // TUPLE
  [0x85, (r) => r.tuple(1)], // TUPLE1
  [0x86, (r) => r.tuple(2)], // TUPLE2
  [0x87, (r) => r.tuple(3)], // TUPLE3
  [0x71, (r) => r.store(r.uint8())], // BINPUT
  [0x72, (r) => r.store(r.uint32())], // LONG_BINPUT
  [0x94, (r) => r.storeNext()], // MEMOIZE
  [0x68, (r) => r.recall(r.uint8())], // BINGET
  [0x6a, (r) => r.recall(r.uint32())], // LONG_BINGET
] satisfies [number, (reader: PickleReader) => void][]);
