import { closeSync, readSync, type Stats } from "node:fs";
import { openFileSync } from "../open-file.ts";

const lineFeed = 10;
/** Longer lines are cut at this length; the reader receives the start and the number of bytes that were cut. */
export const maxLineBytes = 1 << 20;

export type Followed =
  | { kind: "read"; byteCount: number }
  | { kind: "unchanged" }
  /** The file is shorter than before, or was replaced; data read earlier is no longer valid. */
  | { kind: "replaced" }
  | { kind: "absent" };

/**
 * Receives complete lines with their line ends, in memory that is reused after the call. `cutBytes` is 0, except for a
 * line that is too long: such a line comes in a separate call, without that many bytes before its line end.
 */
export type LinesReader = (bytes: Uint8Array, start: number, end: number, cutBytes: number) => void;

/** The position of reading in a file; `inode` is undefined before the first read. */
export interface FilePosition {
  offset: number;
  inode: number | undefined;
}

/**
 * A file that another process appends lines to; each read continues where the previous one ended. A last line without
 * line end waits. Does not follow links, and reads only regular files; a file with more than one hard link counts as
 * absent, because it could be a file outside the record.
 */
export class FollowedFile {
  readonly path: string;
  readonly #readLines: LinesReader;
  #offset = 0;
  #inode: number | undefined;
  /** The start of a line without line end so far. */
  #rest: Uint8Array = new Uint8Array(0);
  /** Bytes of the unfinished line that did not fit into `#rest`. */
  #cutBytes = 0;

  constructor(path: string, readLines: LinesReader) {
    this.path = path;
    this.#readLines = readLines;
  }

  /** Bytes read so far, including those of the unfinished line. */
  get offset(): number {
    return this.#offset;
  }

  /** Where another reader can continue: after the last complete line. */
  get position(): FilePosition {
    return { offset: this.#offset - this.#rest.length - this.#cutBytes, inode: this.#inode };
  }

  /** Continues where another reader of the same file stopped. */
  continueFrom({ offset, inode }: FilePosition): void {
    this.#offset = offset;
    this.#inode = inode;
    this.#rest = new Uint8Array(0);
    this.#cutBytes = 0;
  }

  /** Whether the last line has no line end yet. */
  get hasRest(): boolean {
    return this.#rest.length > 0;
  }

  /**
   * Reads the new data.
   *
   * @param buffer for reading; several files may share it
   * @param maximumBytes stops early after approximately this many bytes; call again while the result is `read`
   * @param openAs another path to the same file, through an open directory
   */
  readOn(
    buffer: Uint8Array,
    maximumBytes = Number.POSITIVE_INFINITY,
    openAs: string = this.path,
  ): Followed {
    const opened = openFileSync(openAs, { followsLinks: false });
    if (opened.kind !== "opened") return { kind: "absent" };
    try {
      if (opened.status.nlink > 1) return { kind: "absent" };
      return this.#readFrom(opened, buffer, maximumBytes);
    } finally {
      closeSync(opened.fd);
    }
  }

  #readFrom(
    { fd, status: stat }: { fd: number; status: Stats },
    buffer: Uint8Array,
    maximumBytes: number,
  ): Followed {
    const isOther = this.#inode !== undefined && this.#inode !== stat.ino;
    if (isOther || stat.size < this.#offset) return { kind: "replaced" };
    this.#inode = stat.ino;
    if (stat.size === this.#offset) return { kind: "unchanged" };
    let byteCount = 0;
    while (byteCount < maximumBytes && this.#offset < stat.size) {
      const isCutting = this.#cutBytes > 0;
      const into = isCutting ? buffer : this.#withRest(buffer);
      const from = isCutting ? 0 : this.#rest.length;
      const read = readSync(fd, into, from, into.length - from, this.#offset);
      if (read === 0) break;
      byteCount += read;
      this.#offset += read;
      if (isCutting) this.#takeCut(into, read);
      else this.#take(into, 0, from + read);
    }
    return { kind: "read", byteCount };
  }

  /** The buffer with the unfinished line at the start; a larger buffer if that line fills half of it. */
  #withRest(buffer: Uint8Array): Uint8Array {
    const rest = this.#rest;
    const into =
      rest.length * 2 > buffer.length ? new Uint8Array(rest.length + buffer.length) : buffer;
    into.set(rest);
    return into;
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    const restStart = end > start ? bytes.lastIndexOf(lineFeed, end - 1) + 1 : end;
    const wholeEnd = Math.max(start, restStart);
    if (wholeEnd > start) this.#readLines(bytes, start, wholeEnd, 0);
    this.#cutBytes = Math.max(0, end - wholeEnd - maxLineBytes);
    this.#rest = bytes.slice(wholeEnd, end - this.#cutBytes);
  }

  /** Skips to the end of a line that is too long, and passes on its start. */
  #takeCut(bytes: Uint8Array, end: number): void {
    const at = bytes.indexOf(lineFeed);
    const isEnd = at !== -1 && at < end;
    this.#cutBytes += isEnd ? at : end;
    if (!isEnd) return;
    const line = new Uint8Array(this.#rest.length + 1);
    line.set(this.#rest);
    line[this.#rest.length] = lineFeed;
    this.#readLines(line, 0, line.length, this.#cutBytes);
    this.#take(bytes, at + 1, end);
  }
}
