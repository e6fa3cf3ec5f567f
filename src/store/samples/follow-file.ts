import { closeSync, readSync, type Stats } from "node:fs";
import { openFileSync } from "../open-file.ts";

const lineFeed = 10;
/** A longer line is cut here; the reader gets its beginning and learns how much was cut. */
export const maxLineBytes = 1 << 20;

export type Followed =
  | { kind: "read"; byteCount: number }
  | { kind: "unchanged" }
  /** It is shorter than it was, or another file: what was read of it holds no more. */
  | { kind: "replaced" }
  | { kind: "absent" };

/**
 * Receives whole lines with their line ends, in memory that is reused after the call. `cutBytes` is 0, except for a
 * line that is too long to hold: it comes in a call of its own, without that many bytes before its line end.
 */
export type LinesReader = (bytes: Uint8Array, start: number, end: number, cutBytes: number) => void;

/** How far a file was read; `inode` is undefined before the first reading. */
export interface FilePlace {
  offset: number;
  inode: number | undefined;
}

/**
 * A file that another process appends lines to, read on where the last reading ended. A last line without its end
 * waits. Links are not followed, and only regular files are read; a file with a second name (a hard link) counts as
 * absent, because it could be a file from outside the record.
 */
export class FollowedFile {
  readonly path: string;
  readonly #readLines: LinesReader;
  #offset = 0;
  #inode: number | undefined;
  /** The beginning of a line whose end was not there yet. */
  #rest: Uint8Array = new Uint8Array(0);
  /** Bytes of the unfinished line that did not fit into `#rest`. */
  #cutBytes = 0;

  constructor(path: string, readLines: LinesReader) {
    this.path = path;
    this.#readLines = readLines;
  }

  /** Bytes read so far, the waiting ones included. */
  get offset(): number {
    return this.#offset;
  }

  /** Where another reader continues: after the last whole line. */
  get place(): FilePlace {
    return { offset: this.#offset - this.#rest.length - this.#cutBytes, inode: this.#inode };
  }

  /** Continues where another reader of the same file stopped. */
  goOnFrom({ offset, inode }: FilePlace): void {
    this.#offset = offset;
    this.#inode = inode;
    this.#rest = new Uint8Array(0);
    this.#cutBytes = 0;
  }

  /** Whether there is a last line without its end. */
  get hasRest(): boolean {
    return this.#rest.length > 0;
  }

  /**
   * Reads what is new.
   *
   * @param buffer room to read into; several files may share it
   * @param mostBytes ends early after about so many bytes; call again while the answer is `read`
   * @param openAs another path to the same file, through a directory that is held open
   */
  readOn(
    buffer: Uint8Array,
    mostBytes = Number.POSITIVE_INFINITY,
    openAs: string = this.path,
  ): Followed {
    const opened = openFileSync(openAs, { followsLinks: false });
    if (opened.kind !== "opened") return { kind: "absent" };
    try {
      if (opened.status.nlink > 1) return { kind: "absent" };
      return this.#readFrom(opened, buffer, mostBytes);
    } finally {
      closeSync(opened.fd);
    }
  }

  #readFrom(
    { fd, status: stat }: { fd: number; status: Stats },
    buffer: Uint8Array,
    mostBytes: number,
  ): Followed {
    const isOther = this.#inode !== undefined && this.#inode !== stat.ino;
    if (isOther || stat.size < this.#offset) return { kind: "replaced" };
    this.#inode = stat.ino;
    if (stat.size === this.#offset) return { kind: "unchanged" };
    let byteCount = 0;
    while (byteCount < mostBytes && this.#offset < stat.size) {
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

  /** The buffer with the unfinished line in front; a larger one where that fills half of the buffer. */
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

  /** Skips to the end of a line that is too long, and hands its beginning over. */
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
