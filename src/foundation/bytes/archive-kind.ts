/** Supported kinds of archives. */
export type ArchiveKind = "tar" | "gzip" | "zstd" | "zip";

/** Detects the kind of an archive by its first 512 bytes; undefined if it is not an archive. */
export function archiveKindOf(firstBytes: Uint8Array): ArchiveKind | undefined {
  const startsWith = (...bytes: number[]): boolean =>
    bytes.every((byte, index) => firstBytes[index] === byte);
  if (startsWith(0x1f, 0x8b)) return "gzip";
  if (startsWith(0x28, 0xb5, 0x2f, 0xfd)) return "zstd";
  if (startsWith(0x50, 0x4b, 0x03, 0x04) || startsWith(0x50, 0x4b, 0x05, 0x06)) return "zip";
  return String.fromCharCode(...firstBytes.subarray(257, 262)) === "ustar" ? "tar" : undefined;
}
