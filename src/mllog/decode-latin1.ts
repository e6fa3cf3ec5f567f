const blockBytes = 8192;

/** Each byte to the character of the same number. */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= blockBytes) return decodeBlock(bytes, start, end);
  const blocks: string[] = [];
  for (let at = start; at < end; at += blockBytes) {
    blocks.push(decodeBlock(bytes, at, Math.min(at + blockBytes, end)));
  }
  return blocks.join("");
}

function decodeBlock(bytes: Uint8Array, start: number, end: number): string {
  // `apply` takes a typed array as it stands; spreading it would walk an iterator, ten times slower.
  return Reflect.apply(String.fromCharCode, undefined, bytes.subarray(start, end));
}
