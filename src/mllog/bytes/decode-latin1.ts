const blockBytes = 4096;
/** Up to this length, one reusable array per length stores the characters. */
const longestKept = 256;
const keptArrays = Array.from({ length: longestKept + 1 }, (_, length) =>
  Array.from({ length }, () => 0),
);

/** Converts each byte to the character with the same code. */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= longestKept) return decodeBlock(bytes, start, end);
  const blocks: string[] = [];
  for (let at = start; at < end; at += blockBytes) {
    blocks.push(decodeBlock(bytes, at, Math.min(at + blockBytes, end)));
  }
  return blocks.join("");
}

/** Uses a plain array, because `fromCharCode` is over ten times faster with it than with a typed array. */
function decodeBlock(bytes: Uint8Array, start: number, end: number): string {
  const codes = keptArrays[end - start] ?? Array.from({ length: end - start }, () => 0);
  for (let index = 0; index < codes.length; index++) codes[index] = bytes[start + index] ?? 0;
  return Reflect.apply(String.fromCharCode, undefined, codes);
}
