import { closeSync, readSync } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { openFileSync, refusalCode } from "../open-file.ts";

const pieceBytes = 1024 * 1024;

/** A piece of a log, or the reason why reading stopped. */
export type LogPiece =
  | { kind: "bytes"; bytes: Uint8Array }
  | { kind: "unreadable"; code: string }
  | { kind: "gzip-broken"; code: string };

/**
 * Reads a log in pieces, in constant memory. Decompresses it if it starts with the gzip signature, whatever its name. A
 * piece is valid until the next one is requested. Yields the bytes before an error first.
 */
export async function* readLogFile(path: string): AsyncGenerator<LogPiece> {
  const opened = openFileSync(path, { followsLinks: true });
  if (opened.kind !== "opened") {
    yield { kind: "unreadable", code: refusalCode(opened) };
    return;
  }
  const file = opened.fd;
  try {
    const buffer = spareBuffer ?? new Uint8Array(pieceBytes);
    spareBuffer = undefined;
    const firstCount = readSync(file, buffer, 0, pieceBytes, null);
    if (isGzip(buffer, firstCount)) yield* unpack(file);
    else yield* readOn(file, buffer, firstCount);
    spareBuffer = buffer;
  } catch (error) {
    yield unreadable(error);
  } finally {
    closeSync(file);
  }
}

/** Whether a log is packed with gzip, whatever its name. */
export function isPacked(path: string): boolean {
  const opened = openFileSync(path, { followsLinks: true });
  if (opened.kind !== "opened") return false;
  try {
    const head = new Uint8Array(2);
    return isGzip(head, readSync(opened.fd, head, 0, 2, 0));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  } finally {
    closeSync(opened.fd);
  }
}

/**
 * The buffer of the last log, for reuse: allocating one megabyte for each of thousands of small logs dominates the
 * time.
 */
let spareBuffer: Uint8Array | undefined;

/**
 * Reads synchronously: for thousands of small logs the thread pool would take more time than everything else. Signals
 * and timers are handled after each piece.
 */
async function* readOn(
  file: number,
  buffer: Uint8Array,
  firstCount: number,
): AsyncGenerator<LogPiece> {
  let count = firstCount;
  while (count > 0) {
    yield { kind: "bytes", bytes: buffer.subarray(0, count) };
    await setImmediate();
    count = readSync(file, buffer, 0, pieceBytes, null);
  }
}

function isGzip(bytes: Uint8Array, count: number): boolean {
  return count >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function* unpack(fd: number): AsyncGenerator<LogPiece> {
  const unpacked = createGunzip({ chunkSize: pieceBytes });
  // The loop below handles the errors of both streams.
  pipeline(Readable.from(packedPieces(fd)), unpacked, () => undefined);
  try {
    for await (const bytes of unpacked) {
      if (bytes instanceof Uint8Array) yield { kind: "bytes", bytes };
    }
  } catch (error) {
    const code = errorCode(error);
    if (code?.startsWith("Z_") !== true) throw error;
    yield { kind: "gzip-broken", code };
  }
}

/** A read stream on the file descriptor would close it, but the caller closes it too. */
function* packedPieces(fd: number): Generator<Uint8Array> {
  for (let position = 0; ;) {
    const bytes = new Uint8Array(pieceBytes);
    const count = readSync(fd, bytes, 0, pieceBytes, position);
    if (count === 0) return;
    position += count;
    yield bytes.subarray(0, count);
  }
}

function unreadable(error: unknown): LogPiece {
  const code = errorCode(error);
  if (code === undefined) throw error;
  return { kind: "unreadable", code };
}
