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
 * Index of the next line ending (\n or \r) or `:::ML` at or behind `from`, or -1.
 *
 * Looks at four bytes at once. A word is of interest if one of its bytes is below 0x0e (the classic test for "has a
 * byte less than"), or if one of its halves is `::`: wherever `:::` stands, it fills one such half.
 */
export function nextMark({ bytes, words, wordsStart }: ScannableBytes, from: number): number {
  const aligned = wordsStart + ((Math.max(0, from - wordsStart) + 3) & ~3);
  const mark = firstMark(bytes, from, Math.min(aligned, bytes.length));
  if (mark >= 0) return mark;
  for (let word = (aligned - wordsStart) >> 2; word < words.length; word++) {
    const four = words[word] ?? 0;
    const hasLowByte = ((four - 0x0e0e0e0e) & ~four & 0x80808080) !== 0;
    if (!hasLowByte && (four & 0xffff) !== 0x3a3a && four >>> 16 !== 0x3a3a) continue;
    const start = wordsStart + word * 4;
    // `:::` may have begun with the last byte of the word before.
    const mark = firstMark(bytes, Math.max(from, start - 1), start + 4);
    if (mark >= 0) return mark;
  }
  return firstMark(bytes, Math.max(from, wordsStart + words.length * 4 - 1), bytes.length);
}

function firstMark(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    if (isMark(bytes, at)) return at;
  }
  return -1;
}

export function isLineEnd(byte: number | undefined): boolean {
  return byte === lineFeed || byte === carriageReturn;
}

function isMark(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at];
  return byte === colon ? startsToken(bytes, at) : isLineEnd(byte);
}

function startsToken(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at + 1] === colon &&
    bytes[at + 2] === colon &&
    bytes[at + 3] === 0x4d &&
    bytes[at + 4] === 0x4c
  );
}
