import type { FileHandle } from "node:fs/promises";
import { openFile, type OpenRefusal, refusalOf, unreadableFile } from "../open-file.ts";

const pieceBytes = 1024 * 1024;

type FirstBytes = { kind: "read"; bytes: Uint8Array } | OpenRefusal;

/** Reads the first bytes of a regular file; fewer if the file is shorter. */
export async function readFirstBytes(path: string, byteCount: number): Promise<FirstBytes> {
  const opened = await openFile(path, { followsLinks: true });
  if (opened.kind !== "opened") return opened;
  try {
    const first = await opened.file.read(new Uint8Array(byteCount), 0, byteCount, 0);
    return { kind: "read", bytes: first.buffer.subarray(0, first.bytesRead) };
  } catch (error) {
    return refusalOf(error);
  } finally {
    await opened.file.close();
  }
}

/**
 * Reads a regular file in pieces, in constant memory. A piece is valid only until the next one is requested.
 *
 * @throws UserError `file-unreadable`
 */
export async function* readPieces(path: string): AsyncGenerator<Uint8Array> {
  const opened = await openFile(path, { followsLinks: true });
  if (opened.kind !== "opened") throw unreadableFile(path, opened);
  try {
    const buffer = new Uint8Array(pieceBytes);
    for (;;) {
      const byteCount = await readInto(opened.file, { buffer, path });
      if (byteCount === 0) return;
      yield buffer.subarray(0, byteCount);
    }
  } finally {
    await opened.file.close();
  }
}

async function readInto(
  file: FileHandle,
  { buffer, path }: { buffer: Uint8Array; path: string },
): Promise<number> {
  try {
    return (await file.read(buffer, 0, buffer.length, null)).bytesRead;
  } catch (error) {
    throw unreadableFile(path, refusalOf(error));
  }
}
