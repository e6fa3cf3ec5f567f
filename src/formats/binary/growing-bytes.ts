/** Bytes that arrive in pieces and are taken from the front. */
export class GrowingBytes {
  #bytes: Uint8Array = new Uint8Array();
  #start = 0;
  /** Number of bytes taken before the current ones. */
  takenCount = 0;

  get length(): number {
    return this.#bytes.length - this.#start;
  }

  push(piece: Uint8Array): void {
    if (this.length === 0) {
      this.#bytes = piece.slice();
    } else {
      const joined = new Uint8Array(this.length + piece.length);
      joined.set(this.#bytes.subarray(this.#start));
      joined.set(piece, this.length);
      this.#bytes = joined;
    }
    this.#start = 0;
  }

  /** Returns the next bytes without taking them; undefined if there are not enough yet. */
  peek(byteCount: number): Uint8Array | undefined {
    if (byteCount > this.length) return undefined;
    return this.#bytes.subarray(this.#start, this.#start + byteCount);
  }

  /** Takes the next bytes; takes nothing and returns undefined if there are not enough yet. */
  take(byteCount: number): Uint8Array | undefined {
    const bytes = this.peek(byteCount);
    if (bytes === undefined) return undefined;
    this.#start += byteCount;
    this.takenCount += byteCount;
    return bytes;
  }
}
