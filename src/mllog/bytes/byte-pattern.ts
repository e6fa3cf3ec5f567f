const wordBytes = 4;

/** A byte sequence to search for, at least four bytes long; compares four bytes at a time. */
export class BytePattern {
  /** Length in bytes. */
  readonly length: number;
  /**
   * The bytes in groups of four; if the length is not a multiple of four, the last word overlaps
   * the previous one.
   */
  readonly #words: Int32Array;
  readonly #lastWord: number;

  constructor(view: DataView, start: number, end: number) {
    this.length = end - start;
    this.#words = new Int32Array(this.length >> 2);
    for (let index = 0; index < this.#words.length; index++) {
      this.#words[index] = view.getInt32(start + index * wordBytes, true);
    }
    this.#lastWord = view.getInt32(end - wordBytes, true);
  }

  static ofText(text: string): BytePattern {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return new BytePattern(new DataView(bytes.buffer), 0, bytes.length);
  }

  /** Whether these bytes are at offset `at`. Compares from the end, where lines usually differ. */
  isAt(view: DataView, at: number): boolean {
    const { length } = this;
    const words = this.#words;
    if (at + length > view.byteLength) return false;
    if (view.getInt32(at + length - wordBytes, true) !== this.#lastWord) return false;
    for (let index = words.length - 1; index >= 0; index--) {
      if (view.getInt32(at + index * wordBytes, true) !== words[index]) return false;
    }
    return true;
  }
}
