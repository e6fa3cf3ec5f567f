import { constants, type FileHandle, open } from "node:fs/promises";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { errorCode } from "../../foundation/error-code.ts";

const lineFeed = 10;
/** A line that is longer than this is no line of ours: what is there of it is dropped. */
const longestLineBytes = 1 << 26;

export type Followed =
  | { kind: "read"; byteCount: number }
  | { kind: "unchanged" }
  /** It is shorter than it was, or another file: what was read of it holds no more. */
  | { kind: "replaced" }
  | { kind: "absent" };

/** Whole lines with their line ends, all of them in one piece of memory that is used again afterwards. */
export type LinesReader = (bytes: Uint8Array, start: number, end: number) => void;

/** How far a file was read; `inode` is undefined before the first reading. */
export interface FilePlace {
  offset: number;
  inode: number | undefined;
}

/**
 * A file that another process appends lines to, read on where the last reading ended. A last line without its end
 * waits. Links are not followed, and only regular files are read.
 */
export class FollowedFile {
  readonly path: string;
  readonly #readLines: LinesReader;
  #offset = 0;
  #inode: number | undefined;
  /** The beginning of a line whose end was not there yet. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(path: string, readLines: LinesReader) {
    this.path = path;
    this.#readLines = readLines;
  }

  /** Bytes read so far, the waiting ones included. */
  get offset(): number {
    return this.#offset;
  }

  /** Where reading has to go on that knows nothing of what waits: behind the last whole line. */
  get place(): FilePlace {
    return { offset: this.#offset - this.#rest.length, inode: this.#inode };
  }

  /** Goes on where another reader of the same file stopped. */
  goOnFrom({ offset, inode }: FilePlace): void {
    this.#offset = offset;
    this.#inode = inode;
    this.#rest = new Uint8Array(0);
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
   */
  readOn(buffer: Uint8Array, mostBytes = Number.POSITIVE_INFINITY): Followed {
    let fd: number;
    try {
      // A pipe in the file's place would make the opening wait for its writer.
      fd = openSync(this.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      if (isAbsent(error)) return { kind: "absent" };
      throw error;
    }
    try {
      return this.#readFrom(fd, buffer, mostBytes);
    } finally {
      closeSync(fd);
    }
  }

  #readFrom(fd: number, buffer: Uint8Array, mostBytes: number): Followed {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return { kind: "absent" };
    const isOther = this.#inode !== undefined && this.#inode !== stat.ino;
    if (isOther || stat.size < this.#offset) return { kind: "replaced" };
    this.#inode = stat.ino;
    if (stat.size === this.#offset) return { kind: "unchanged" };
    let byteCount = 0;
    while (byteCount < mostBytes && this.#offset < stat.size) {
      const into = this.#withRest(buffer);
      const read = readSync(
        fd,
        into,
        this.#rest.length,
        into.length - this.#rest.length,
        this.#offset,
      );
      if (read === 0) break;
      byteCount += read;
      this.#offset += read;
      this.#take(into, this.#rest.length + read);
    }
    return { kind: "read", byteCount };
  }

  /** The buffer with the waiting beginning in front; a larger one where a line is longer than the buffer. */
  #withRest(buffer: Uint8Array): Uint8Array {
    const rest = this.#rest;
    const into = rest.length * 2 > buffer.length ? new Uint8Array(rest.length * 4) : buffer;
    into.set(rest);
    return into;
  }

  #take(bytes: Uint8Array, end: number): void {
    const wholeEnd = bytes.lastIndexOf(lineFeed, end - 1) + 1;
    if (wholeEnd > 0) this.#readLines(bytes, 0, wholeEnd);
    this.#rest = end - wholeEnd > longestLineBytes ? new Uint8Array(0) : bytes.slice(wholeEnd, end);
  }
}

function isAbsent(error: unknown): boolean {
  const code = errorCode(error);
  // ELOOP: a link stands there, ENXIO: a pipe or a socket.
  return code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP" || code === "ENXIO";
}

/** Opens a regular file that is no link; undefined where there is none. */
export async function openRegular(path: string): Promise<FileHandle | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
