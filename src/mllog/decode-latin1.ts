const blockBytes = 4096;

/** Each byte to the character of the same number. */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at += blockBytes) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(at + blockBytes, end)));
  }
  return text;
}
