import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { errorCode } from "../foundation/error-code.ts";

const pieceBytes = 1024 * 1024;

/** A piece of a log, or why there is no more. */
export type LogPiece =
  | { kind: "bytes"; bytes: Uint8Array }
  | { kind: "unreadable"; code: string }
  | { kind: "gzip-broken"; code: string };

/**
 * Reads a log piece by piece in constant memory, unpacking it if it begins as gzip files do, whatever its name.
 * A piece is valid until the next one is asked for. Bytes before a failure are given first.
 */
export async function* readLogFile(path: string): AsyncGenerator<LogPiece> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    yield unreadable(error);
    return;
  }
  try {
    const buffer = spareBuffer ?? new Uint8Array(pieceBytes);
    spareBuffer = undefined;
    const { bytesRead } = await file.read(buffer, 0, pieceBytes);
    if (isGzip(buffer, bytesRead)) yield* unpack(path);
    else yield* readOn(file, buffer, bytesRead);
    spareBuffer = buffer;
  } catch (error) {
    yield unreadable(error);
  } finally {
    await file.close();
  }
}

/** Of the last log read here: a fresh megabyte for each of thousands of small logs is most of their cost. */
let spareBuffer: Uint8Array | undefined;

async function* readOn(
  file: FileHandle,
  buffer: Uint8Array,
  firstCount: number,
): AsyncGenerator<LogPiece> {
  let count = firstCount;
  while (count > 0) {
    yield { kind: "bytes", bytes: buffer.subarray(0, count) };
    ({ bytesRead: count } = await file.read(buffer, 0, pieceBytes));
  }
}

function isGzip(bytes: Uint8Array, count: number): boolean {
  return count >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function* unpack(path: string): AsyncGenerator<LogPiece> {
  const unpacked = createGunzip({ chunkSize: pieceBytes });
  // The reading loop below meets every error of either stream itself.
  pipeline(createReadStream(path, { highWaterMark: pieceBytes }), unpacked, () => undefined);
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

function unreadable(error: unknown): LogPiece {
  const code = errorCode(error);
  if (code === undefined) throw error;
  return { kind: "unreadable", code };
}
