const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = (remainder >>> 1) ^ ((remainder & 1) === 1 ? 0xed_b8_83_20 : 0);
  return remainder >>> 0;
});

/** The CRC-32 of zlib and PNG, over several pieces. */
export function crc32(...pieces: readonly Uint8Array[]): number {
  let remainder = 0xff_ff_ff_ff;
  for (const piece of pieces) {
    for (const byte of piece)
      remainder = (remainder >>> 8) ^ (table[(remainder ^ byte) & 0xff] ?? 0);
  }
  return (remainder ^ 0xff_ff_ff_ff) >>> 0;
}
