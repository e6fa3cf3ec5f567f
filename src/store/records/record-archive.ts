import { isBundledFile, samplesDirectory } from "./record-files.ts";
import { listDirectory } from "../open-file.ts";
import { holdRecordDirectory, openRecordFile } from "./read/open-record-file.ts";

const blockBytes = 512;
const pieceBytes = 1 << 18;

/**
 * Streams a record's folder as a tar archive. Contains only the record's own files; of files that are still growing, it
 * contains the bytes present when the file is added. Symbolic and hard links are omitted: they could expose a file from
 * elsewhere.
 *
 * @see POSIX.1-2017, pax: the ustar header, and the extended header for long paths and large files
 */
export async function* archiveRecord(directory: string, runId: string): AsyncGenerator<Uint8Array> {
  for (const name of await recordFileNames(directory)) {
    const file = await openRecordFile(directory, name);
    if (file === undefined) continue;
    try {
      const { size, mtimeMs } = await file.stat();
      yield header({ path: `${runId}/${name}`, size, mtimeMs });
      const buffer = Buffer.allocUnsafe(pieceBytes);
      for (let at = 0; at < size;) {
        const { bytesRead } = await file.read(buffer, 0, Math.min(pieceBytes, size - at), at);
        // A file that was truncated meanwhile is padded; otherwise the rest of the archive would be unreadable.
        const read = bytesRead === 0 ? Math.min(pieceBytes, size - at) : bytesRead;
        yield bytesRead === 0 ? Buffer.alloc(read) : Buffer.from(buffer.subarray(0, bytesRead));
        at += read;
      }
      yield Buffer.alloc(paddingOf(size));
    } finally {
      await file.close();
    }
  }
  yield Buffer.alloc(blockBytes * 2);
}

/** A tar archive of files in memory. */
export function* archiveFiles(
  files: Iterable<{ path: string; bytes: Uint8Array; mtimeMs: number }>,
): Generator<Uint8Array> {
  for (const { path, bytes, mtimeMs } of files) {
    yield header({ path, size: bytes.length, mtimeMs });
    yield bytes;
    yield Buffer.alloc(paddingOf(bytes.length));
  }
  yield Buffer.alloc(blockBytes * 2);
}

/** The names of a record's own files that may leave this machine. */
export async function recordFileNames(directory: string): Promise<string[]> {
  const top = await namesIn(directory);
  const samples = await namesIn(directory, samplesDirectory);
  const names = [...top, ...samples.map((name) => `${samplesDirectory}/${name}`)];
  return names.filter(isBundledFile).toSorted();
}

async function namesIn(recordDirectory: string, ...below: string[]): Promise<string[]> {
  const held = holdRecordDirectory(recordDirectory, ...below);
  if (held === undefined) return [];
  try {
    const listed = await listDirectory(held.base);
    return listed.kind === "listed" ? listed.entries.map(({ name }) => name) : [];
  } finally {
    held.close();
  }
}

interface Entry {
  path: string;
  size: number;
  mtimeMs: number;
}

function header(entry: Entry): Buffer {
  const isLong = entry.path.length > 99 || entry.size >= 8 ** 11;
  if (!isLong) return ustar({ ...entry, type: "0" });
  const records = paxRecord("path", entry.path) + paxRecord("size", String(entry.size));
  const body = Buffer.from(records);
  return Buffer.concat([
    ustar({ path: "pax-header", size: body.length, mtimeMs: entry.mtimeMs, type: "x" }),
    body,
    Buffer.alloc(paddingOf(body.length)),
    ustar({
      ...entry,
      path: entry.path.slice(-90),
      size: Math.min(entry.size, 8 ** 11 - 1),
      type: "0",
    }),
  ]);
}

/** `<length> <key>=<value>`: the length includes its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = rest.length + String(rest.length + 3).length;
  return `${length}${rest}`;
}

function ustar({ path, size, mtimeMs, type }: Entry & { type: "0" | "x" }): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(path, 0, 100, "latin1");
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${octal(size, 11)}\0`, 124);
  block.write(`${octal(Math.floor(mtimeMs / 1000), 11)}\0`, 136);
  block.write("        ", 148);
  block.write(type, 156);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function paddingOf(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}
