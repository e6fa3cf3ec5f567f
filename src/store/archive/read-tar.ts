import type { ArchiveSink } from "./archive-sink.ts";

const blockBytes = 512;

/**
 * Reads a tar archive as a stream: ustar, with the long names of GNU and POSIX (pax).
 *
 * @throws RangeError if the bytes are not such an archive, or if the archive is truncated
 */
export async function readTar(
  pieces: AsyncIterable<unknown>,
  sink: ArchiveSink,
  signal: AbortSignal,
): Promise<void> {
  const reader = new TarReader(sink);
  try {
    for await (const piece of pieces) {
      signal.throwIfAborted();
      if (piece instanceof Uint8Array) reader.push(piece);
    }
    reader.finish();
  } finally {
    sink.end();
  }
}

/** Meaning of the bytes after a header. */
type Content = "file" | "left-out" | "long-name" | "pax";

class TarReader {
  readonly #sink: ArchiveSink;
  #held: Uint8Array = new Uint8Array(0);
  #content: Content = "left-out";
  /** Remaining bytes of the entry and of its padding. */
  #remaining = 0;
  #padding = 0;
  #extra: Uint8Array[] = [];
  #longName: string | undefined;
  #paxName: string | undefined;
  #paxSize: number | undefined;
  #entryCount = 0;
  #isOver = false;

  constructor(sink: ArchiveSink) {
    this.#sink = sink;
  }

  push(piece: Uint8Array): void {
    let bytes = piece;
    if (this.#held.length > 0) {
      bytes = new Uint8Array(this.#held.length + piece.length);
      bytes.set(this.#held);
      bytes.set(piece, this.#held.length);
    }
    let at = 0;
    while (!this.#isOver) {
      at = this.#takeContent(bytes, at);
      if (this.#remaining + this.#padding > 0 || bytes.length - at < blockBytes) break;
      this.#readHeader(bytes.subarray(at, at + blockBytes));
      at += blockBytes;
    }
    this.#held = this.#isOver ? new Uint8Array(0) : bytes.slice(at);
  }

  /** An archive ends with a block of zeros; without it, the archive was cut off, possibly between two files. */
  finish(): void {
    if (!this.#isOver || this.#entryCount === 0)
      throw new RangeError("the archive ends in the middle, or is empty");
  }

  #takeContent(bytes: Uint8Array, start: number): number {
    let at = start;
    const count = Math.min(this.#remaining, bytes.length - at);
    if (count > 0) {
      const part = bytes.subarray(at, at + count);
      if (this.#content === "file") this.#sink.write(part);
      if (this.#content === "long-name" || this.#content === "pax") this.#extra.push(part.slice());
      this.#remaining -= count;
      at += count;
      if (this.#remaining === 0) this.#endContent();
    }
    if (this.#remaining > 0) return at;
    const skipped = Math.min(this.#padding, bytes.length - at);
    this.#padding -= skipped;
    return at + skipped;
  }

  #endContent(): void {
    this.#sink.end();
    if (this.#extra.length === 0) return;
    const text = new TextDecoder().decode(Buffer.concat(this.#extra));
    this.#extra = [];
    if (this.#content === "long-name") this.#longName = text.replace(/\0.*$/s, "");
    else this.#readPax(text);
  }

  /** Lines `<length> <key>=<value>`. */
  #readPax(text: string): void {
    this.#paxName = /(?:^|\n)\d+ path=([^\n]*)/.exec(text)?.[1] ?? this.#paxName;
    const size = /(?:^|\n)\d+ size=(\d+)/.exec(text)?.[1];
    if (size !== undefined) this.#paxSize = Number(size);
  }

  #readHeader(header: Uint8Array): void {
    if (header.every((byte) => byte === 0)) {
      this.#isOver = true;
      return;
    }
    requireChecksum(header);
    this.#entryCount++;
    const type = String.fromCharCode(header[156] ?? 0);
    const isForNext = type === "L" || type === "x" || type === "g" || type === "K";
    const size = isForNext ? headerSize(header) : (this.#paxSize ?? sizeIn(header));
    this.#content = this.#beginEntry(type, header, size);
    this.#remaining = size;
    this.#padding = (blockBytes - (size % blockBytes)) % blockBytes;
    if (size === 0) this.#sink.end();
  }

  #beginEntry(type: string, header: Uint8Array, size: number): Content {
    if (type === "L") return "long-name";
    if (type === "x") return "pax";
    if (type === "g" || type === "K") return "left-out";
    const name = this.#paxName ?? this.#longName ?? nameIn(header);
    this.#paxName = undefined;
    this.#longName = undefined;
    this.#paxSize = undefined;
    if (type === "0" || type === "\0" || type === "7")
      return this.#sink.begin(name, size) ? "file" : "left-out";
    if (type !== "5") this.#sink.skipLink();
    return "left-out";
  }
}

function nameIn(header: Uint8Array): string {
  const name = textIn(header, 0, 100);
  const isUstar = textIn(header, 257, 5) === "ustar";
  const prefix = isUstar ? textIn(header, 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

function textIn(header: Uint8Array, start: number, length: number): string {
  return new TextDecoder().decode(header.subarray(start, start + length)).replace(/\0.*$/s, "");
}

/** Octal text; GNU tar writes larger numbers in binary, with the first bit set. */
function numberIn(header: Uint8Array, start: number, length: number): number {
  const field = header.subarray(start, start + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
  }
  const digits = textIn(header, start, length).trim();
  return digits === "" ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

function sizeIn(header: Uint8Array): number {
  const size = numberIn(header, 124, 12);
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError("a file has no sane size");
  return size;
}

/** Size of a name or attribute set for the next entry; a size of megabytes is invalid. */
function headerSize(header: Uint8Array): number {
  const size = sizeIn(header);
  if (size > 1e6) throw new RangeError("a header is larger than any is");
  return size;
}

function requireChecksum(header: Uint8Array): void {
  const expected = numberIn(header, 148, 8);
  const sum = header.reduce(
    (total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte),
    0,
  );
  if (sum !== expected) throw new RangeError("a header's checksum is wrong");
}
