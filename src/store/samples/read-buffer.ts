const bufferBytes = 1 << 20;

let buffer: Buffer | undefined;

/**
 * A buffer for reading files, shared by all readers of this thread: its content is used before the reading function
 * returns. Allocated on first use.
 */
export function readBuffer(): Buffer {
  buffer ??= Buffer.allocUnsafeSlow(bufferBytes);
  return buffer;
}
