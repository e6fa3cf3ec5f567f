import type { FileHandle } from "node:fs/promises";
import { inflateRawSync } from "node:zlib";
import { openFile, unreadableFile } from "../open-file.ts";
import type { ArchiveSink } from "./archive-sink.ts";

/** Larger than any file of a round; an entry that unpacks to more is not a log. */
const maximumFileBytes = 512 * 1024 * 1024;
const endBytes = 22;

/**
 * Reads a zip archive by its central directory, in the form that GitHub creates.
 *
 * @throws RangeError if the bytes are not a zip archive, or if it is 64-bit or encrypted
 */
export async function readZip(path: string, sink: ArchiveSink, signal: AbortSignal): Promise<void> {
  const opened = await openFile(path, { followsLinks: true });
  if (opened.kind !== "opened") throw unreadableFile(path, opened);
  const { file } = opened;
  try {
    for (const entry of await readDirectory(file)) {
      signal.throwIfAborted();
      if (entry.name.endsWith("/")) continue;
      if (entry.isLink) sink.skipLink();
      else if (sink.begin(entry.name, entry.bytes)) sink.write(await unpack(file, entry));
    }
  } finally {
    sink.end();
    await file.close();
  }
}

interface ZipEntry {
  name: string;
  /** 0: stored; 8: deflated. */
  method: number;
  packedBytes: number;
  bytes: number;
  /** Offset of its local header. */
  offset: number;
  isEncrypted: boolean;
  isLink: boolean;
}

async function readDirectory(file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(size - 65_557, 0), Math.min(size, 65_557));
  const end = tail.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  if (end < 0 || end + endBytes > tail.length) throw new RangeError("the zip has no directory");
  const count = tail.readUInt16LE(end + 10);
  const start = tail.readUInt32LE(end + 16);
  if (count === 0xffff || start === 0xffffffff)
    throw new RangeError("it is a 64-bit zip; unpack it and import the folder");
  const directory = await readAt(file, start, tail.readUInt32LE(end + 12));
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count;) {
    if (directory.readUInt32LE(at) !== 0x02014b50)
      throw new RangeError("the zip's directory is broken");
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push(entryAt(directory, at, nameLength));
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function entryAt(directory: Buffer, at: number, nameLength: number): ZipEntry {
  const unixMode = directory.readUInt32LE(at + 38) >>> 16;
  return {
    name: directory.toString("utf8", at + 46, at + 46 + nameLength),
    method: directory.readUInt16LE(at + 10),
    packedBytes: directory.readUInt32LE(at + 20),
    bytes: directory.readUInt32LE(at + 24),
    offset: directory.readUInt32LE(at + 42),
    isEncrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
    isLink: (unixMode & 0xf000) === 0xa000,
  };
}

async function unpack(file: FileHandle, entry: ZipEntry): Promise<Uint8Array> {
  if (entry.isEncrypted) throw new RangeError(`${entry.name} is encrypted`);
  if (entry.bytes > maximumFileBytes) throw new RangeError(`${entry.name} is larger than any log`);
  const header = await readAt(file, entry.offset, 30);
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = await readAt(file, start, entry.packedBytes);
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw new RangeError(`${entry.name} is packed in an unusual way`);
  const bytes = inflateRawSync(packed, { maxOutputLength: Math.max(entry.bytes, 1) });
  if (bytes.length !== entry.bytes)
    throw new RangeError(`${entry.name} has a wrong size in its header`);
  return bytes;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await file.stat();
  if (position + length > size) throw new RangeError("the zip ends in the middle");
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new RangeError("the zip ends in the middle");
  return buffer;
}
