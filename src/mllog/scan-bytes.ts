/** A piece of a log with a second view on the same bytes, four at a time. */
export interface ScannableBytes {
  bytes: Uint8Array;
  words: Int32Array;
  /** Index in `bytes` of the first byte of `words`. */
  wordsStart: number;
}

/** Lays a view of whole machine words over the aligned part of some bytes; copies nothing. */
export function toScannable(bytes: Uint8Array): ScannableBytes {
  const wordsStart = Math.min(bytes.length, (4 - (bytes.byteOffset & 3)) & 3);
  const wordCount = (bytes.length - wordsStart) >> 2;
  const words =
    wordCount === 0
      ? new Int32Array(0)
      : new Int32Array(bytes.buffer, bytes.byteOffset + wordsStart, wordCount);
  return { bytes, words, wordsStart };
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;

/**
 * Index of the next `:::ML` at or behind `from`, or -1.
 *
 * Looks at four bytes at once: wherever `:::` stands, one of the aligned halves of a word is `::`.
 */
export function nextToken({ bytes, words, wordsStart }: ScannableBytes, from: number): number {
  const first = Math.max(0, from - wordsStart + 3) >> 2;
  const head = tokenWithin(bytes, from, Math.min(wordsStart + first * 4, bytes.length));
  if (head >= 0) return head;
  for (let word = first; word < words.length; word++) {
    const four = words[word] ?? 0;
    if ((four & 0xffff) !== 0x3a3a && four >>> 16 !== 0x3a3a) continue;
    const start = wordsStart + word * 4;
    // `:::` may have begun with the last byte of the word before.
    const found = tokenWithin(bytes, Math.max(from, start - 1), start + 4);
    if (found >= 0) return found;
  }
  return tokenWithin(bytes, Math.max(from, wordsStart + words.length * 4 - 1), bytes.length);
}

function tokenWithin(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    if (bytes[at] === colon && startsToken(bytes, at)) return at;
  }
  return -1;
}

function startsToken(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at + 1] === colon &&
    bytes[at + 2] === colon &&
    bytes[at + 3] === 0x4d &&
    bytes[at + 4] === 0x4c
  );
}

/**
 * How many lines end between `from` and `to`, neither of which splits a \r\n.
 *
 * Counts \n four bytes at once, without a branch per line; where there is a \r, byte by byte.
 */
export function countLineEnds(
  { bytes, words, wordsStart }: ScannableBytes,
  from: number,
  to: number,
): number {
  const firstWord = Math.max(0, from - wordsStart + 3) >> 2;
  const endWord = Math.max(firstWord, Math.max(0, to - wordsStart) >> 2);
  const wordsFrom = Math.min(wordsStart + firstWord * 4, to);
  const wordsTo = Math.max(wordsFrom, wordsStart + endWord * 4);
  const splitsPair = wordsFrom > from && bytes[wordsFrom - 1] === carriageReturn;
  if (endWord === firstWord || splitsPair) return lineEndsOneByOne(bytes, from, to);
  let count = 0;
  for (let word = firstWord; word < endWord; word++) {
    const four = words[word] ?? 0;
    const fromReturn = four ^ 0x0d0d0d0d;
    // Not 0 if one of the four bytes is 0.
    if (((fromReturn - 0x01010101) & ~fromReturn & 0x80808080) !== 0) {
      return lineEndsOneByOne(bytes, from, to);
    }
    const fromFeed = four ^ 0x0a0a0a0a;
    // The highest bit of each byte that is 0, and no other bit.
    const feeds = ~(((fromFeed & 0x7f7f7f7f) + 0x7f7f7f7f) | fromFeed | 0x7f7f7f7f);
    count += Math.imul(feeds >>> 7, 0x01010101) >>> 24;
  }
  return count + lineEndsOneByOne(bytes, from, wordsFrom) + lineEndsOneByOne(bytes, wordsTo, to);
}

function lineEndsOneByOne(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    const isEnd = isLineEnd(bytes[at]);
    const endsPair = bytes[at] === lineFeed && at > from && bytes[at - 1] === carriageReturn;
    if (isEnd && !endsPair) count++;
  }
  return count;
}

/** Index of the next \n or \r at or behind `from`, or -1. */
export function nextLineEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (isLineEnd(bytes[at])) return at;
  }
  return -1;
}

export function isLineEnd(byte: number | undefined): boolean {
  return byte === lineFeed || byte === carriageReturn;
}
