const wordBytes = 4;

/** Bytes to find again elsewhere, at least four; compares four at a time. */
export class BytePattern {
  /** In bytes. */
  readonly length: number;
  /** Every four bytes; where that leaves a rest, the last word overlaps the one before. */
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

  /** Whether these very bytes stand at `at`. Looks from the end on, where lines mostly differ. */
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
