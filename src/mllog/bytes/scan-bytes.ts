const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;
const blockWords = 4;

/**
 * Searches a piece of a log for tokens and counts the lines, in one pass.
 *
 * Examines sixteen bytes at a time, and single bytes only if one of them may end a line or two of them are `::`.
 */
export class ByteScanner {
  /** Line ends found since the start of the piece; \r\n counts as one. */
  lineEndCount = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #words: Int32Array = new Int32Array(0);
  /** Index in `bytes` of the first byte of `words`. */
  #wordsStart = 0;

  /** Creates a view of machine words over the aligned part of the bytes, without copying. */
  take(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.lineEndCount = 0;
    this.#wordsStart = Math.min(bytes.length, (4 - (bytes.byteOffset & 3)) & 3);
    const wordCount = (bytes.length - this.#wordsStart) >> 2;
    this.#words =
      wordCount === 0
        ? new Int32Array(0)
        : new Int32Array(bytes.buffer, bytes.byteOffset + this.#wordsStart, wordCount);
  }

  /** Index of the next `:::ML` at or after `from`, which must not split a \r\n; -1 if there is none. */
  nextToken(from: number): number {
    const bytes = this.#bytes;
    const words = this.#words;
    const wordsStart = this.#wordsStart;
    const last = words.length - blockWords;
    let word = Math.max(0, from - wordsStart + 3) >> 2;
    const head = this.#lookCloser(from, from, Math.min(wordsStart + word * 4, bytes.length));
    if (head >= 0) return head;
    for (; word <= last; word += blockWords) {
      if (!isSuspectBlock(words, word)) continue;
      const found = this.#lookIntoBlock(from, word);
      if (found >= 0) return found;
    }
    return this.#lookCloser(from, wordsStart + word * 4, bytes.length);
  }

  #lookIntoBlock(from: number, firstWord: number): number {
    for (let word = firstWord; word < firstWord + blockWords; word++) {
      if (!isSuspect(this.#words[word] ?? 0)) continue;
      const at = this.#wordsStart + word * 4;
      const found = this.#lookCloser(from, at, at + 4);
      if (found >= 0) return found;
    }
    return -1;
  }

  /** Examines bytes one by one. `from` is the start of the search: a token may start before these bytes. */
  #lookCloser(from: number, start: number, end: number): number {
    const bytes = this.#bytes;
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      if (byte === colon) {
        // The preceding word may contain the first `:` of `:::`.
        if (at === start && at > from && startsToken(bytes, at - 1)) return at - 1;
        if (startsToken(bytes, at)) return at;
      } else if (byte === carriageReturn) this.lineEndCount++;
      else if (byte === lineFeed && (at === from || bytes[at - 1] !== carriageReturn))
        this.lineEndCount++;
    }
    return -1;
  }
}

/** The test of `isSuspect` on four words, combined to branch once. */
function isSuspectBlock(words: Int32Array, at: number): boolean {
  const a = words[at] ?? 0;
  const b = words[at + 1] ?? 0;
  const c = words[at + 2] ?? 0;
  const d = words[at + 3] ?? 0;
  const low = lowByte(a) | lowByte(b) | lowByte(c) | lowByte(d);
  const pairs = colonPair(a) | colonPair(b) | colonPair(c) | colonPair(d);
  return ((low & 0x80808080) | (pairs & 0x80008000)) !== 0;
}

/**
 * Whether one of four bytes is below 16 (as \n and \r are), or an aligned pair of them is `::` (which every `:::`
 * contains). Uses the bit tests "has a byte less than n" and "has a zero byte" from S. E. Anderson's Bit Twiddling
 * Hacks.
 */
function isSuspect(four: number): boolean {
  return ((lowByte(four) & 0x80808080) | (colonPair(four) & 0x80008000)) !== 0;
}

function lowByte(four: number): number {
  return (four - 0x10101010) & ~four;
}

function colonPair(four: number): number {
  const fromColons = four ^ 0x3a3a3a3a;
  return (fromColons - 0x00010001) & ~fromColons;
}

function startsToken(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === colon &&
    bytes[at + 1] === colon &&
    bytes[at + 2] === colon &&
    bytes[at + 3] === 0x4d &&
    bytes[at + 4] === 0x4c
  );
}

/** Index of the next \n or \r at or after `from`, or -1. */
export function nextLineEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (isLineEnd(bytes[at])) return at;
  }
  return -1;
}

export function isLineEnd(byte: number | undefined): boolean {
  return byte === lineFeed || byte === carriageReturn;
}
