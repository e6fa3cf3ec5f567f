const blockBytes = 4096;
/** Up to here, one array per length is kept for the characters. */
const longestKept = 256;
const keptArrays = Array.from({ length: longestKept + 1 }, (_, length) =>
  Array.from({ length }, () => 0),
);

/** Each byte to the character of the same number. */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= longestKept) return decodeBlock(bytes, start, end);
  const blocks: string[] = [];
  for (let at = start; at < end; at += blockBytes) {
    blocks.push(decodeBlock(bytes, at, Math.min(at + blockBytes, end)));
  }
  return blocks.join("");
}

/** Goes by way of a plain array, which `fromCharCode` takes over ten times faster than a typed one. */
function decodeBlock(bytes: Uint8Array, start: number, end: number): string {
  const codes = keptArrays[end - start] ?? Array.from({ length: end - start }, () => 0);
  for (let index = 0; index < codes.length; index++) codes[index] = bytes[start + index] ?? 0;
  return Reflect.apply(String.fromCharCode, undefined, codes);
}
