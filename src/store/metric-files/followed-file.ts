import { closeSync, fstatSync, readSync, type Stats, statSync } from "node:fs";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { openFileSync, type OpenRefusal } from "../open-file.ts";

const chunkBytes = 1 << 16;
/** The beginning and the end of the data read so far, which show whether it was rewritten in place. */
const windowBytes = 4096;
/** A file that changed this shortly before it was read may change again with the same time of modification. */
const mtimeResolutionMs = 20;

export type FilePiece =
  /**
   * What follows is the content from its beginning: the file is new, or it was rewritten or replaced. `isRotated`: the
   * previous file still exists under another name, so that this one continues it. `oldBytes`: how much of the content
   * was there when `ignoreUntilChange` was called.
   */
  | { kind: "start"; isRotated: boolean; oldBytes: number }
  | { kind: "bytes"; bytes: Uint8Array; offset: number; writtenMs: number }
  | { kind: "refused"; refusal: OpenRefusal };

/**
 * A file that another process writes: appends to, rewrites in place, replaces by renaming, or rotates. Each call of
 * `pieces` gives what is new. The file stays open, so that data of a file that was renamed is not lost.
 */
export class FollowedFile {
  readonly path: string;
  /** Give the whole content again after each change; for documents that cannot be read in part. */
  rereadsChanges = false;
  #fd: number | undefined;
  #seen: { ino: number; dev: number; mtimeMs: number } | undefined;
  /** The data was read so soon after its last change that a later change may have the same time. */
  #isRacy = false;
  #offset = 0;
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);
  #refusedKind: string | undefined;
  #ignored: Stats | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Gives nothing until the file differs from now. @returns its size; undefined if there is none */
  ignoreUntilChange(): number | undefined {
    this.#ignored = statusOf(this.path);
    return this.#ignored?.size;
  }

  stopIgnoring(): void {
    this.#ignored = undefined;
  }

  /** Reads the new data. The receiver may stop early: the next call continues there. */
  *pieces(): Generator<FilePiece> {
    const found = statusOf(this.path);
    if (found === undefined) {
      // It was deleted or renamed: what was written before that is still there.
      yield* this.#readOn();
      return;
    }
    if (this.#isKnown(found)) return;
    const isSame = this.#seen?.ino === found.ino && this.#seen.dev === found.dev;
    if (this.#fd !== undefined && !isSame) yield* this.#readOn();
    if (this.#fd === undefined || !isSame) yield* this.#open(isSame);
    yield* this.#readOn();
  }

  /** Whether all of a file's data was read, or is to be ignored. */
  #isKnown(found: Stats): boolean {
    if (this.#ignored !== undefined) return isEqualStatus(this.#ignored, found);
    const { ino, dev, mtimeMs } = this.#seen ?? {};
    const isRead = found.size === this.#offset && found.mtimeMs === mtimeMs;
    return isRead && found.ino === ino && found.dev === dev && !this.#isRacy;
  }

  /** Closes the file; the next call of `pieces` opens it again if it has changed. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  *#open(isSame: boolean): Generator<FilePiece> {
    const isRotated = this.#fd !== undefined && fstatSync(this.#fd).nlink > 0;
    this.close();
    const opened = openFileSync(this.path, { followsLinks: true });
    if (opened.kind !== "opened") {
      const kind = JSON.stringify(opened);
      if (opened.kind !== "missing" && kind !== this.#refusedKind)
        yield { kind: "refused", refusal: opened };
      this.#refusedKind = kind;
      return;
    }
    this.#fd = opened.fd;
    const { ino, dev } = opened.status;
    if (isSame && this.#seen?.ino === ino) return;
    this.#seen = { ino, dev, mtimeMs: Number.NaN };
    yield this.#start(isRotated, oldBytesOf(this.#ignored, opened.status));
    this.#ignored = undefined;
  }

  #start(isRotated: boolean, oldBytes = 0): FilePiece {
    this.#offset = 0;
    this.#head = Buffer.alloc(0);
    this.#tail = Buffer.alloc(0);
    return { kind: "start", isRotated, oldBytes };
  }

  *#readOn(): Generator<FilePiece> {
    if (this.#fd === undefined || this.#seen === undefined) return;
    const { size, mtimeMs } = fstatSync(this.#fd);
    const isTouched = mtimeMs !== this.#seen.mtimeMs;
    if (this.#offset > 0 && this.#isRewritten(this.#fd, { size, isTouched }))
      yield this.#start(false);
    this.#seen.mtimeMs = mtimeMs;
    this.#isRacy = Date.now() - mtimeMs < mtimeResolutionMs;
    while (this.#offset < size && this.#fd !== undefined) {
      const bytes = Buffer.alloc(Math.min(chunkBytes, size - this.#offset));
      const count = readSync(this.#fd, bytes, 0, bytes.length, this.#offset);
      // It became shorter meanwhile.
      if (count === 0) return;
      const offset = this.#offset;
      this.#keep(bytes.subarray(0, count));
      yield { kind: "bytes", bytes: bytes.subarray(0, count), offset, writtenMs: mtimeMs };
    }
  }

  #isRewritten(fd: number, now: { size: number; isTouched: boolean }): boolean {
    const isChanged = now.isTouched || now.size !== this.#offset;
    if (this.rereadsChanges && isChanged) return true;
    const isShorter = now.size < this.#offset;
    const isSameSize = now.isTouched && now.size === this.#offset;
    return isShorter || isSameSize || !this.#isUnchanged(fd);
  }

  #keep(bytes: Buffer): void {
    this.#offset += bytes.length;
    const missing = windowBytes - this.#head.length;
    if (missing > 0) this.#head = Buffer.concat([this.#head, bytes.subarray(0, missing)]);
    this.#tail = Buffer.concat([this.#tail, bytes]).subarray(-windowBytes);
  }

  /** Whether the data read so far is still there. */
  #isUnchanged(fd: number): boolean {
    return isAt(fd, this.#head, 0) && isAt(fd, this.#tail, this.#offset - this.#tail.length);
  }
}

function isEqualStatus(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

/** A file that is longer than before was appended to; any other was written anew. */
function oldBytesOf(old: Stats | undefined, now: Stats): number {
  const isLonger = old !== undefined && old.ino === now.ino && now.size > old.size;
  return isLonger ? old.size : 0;
}

function isAt(fd: number, expected: Buffer, position: number): boolean {
  const bytes = Buffer.alloc(expected.length);
  const count = readSync(fd, bytes, 0, bytes.length, position);
  return count === expected.length && bytes.equals(expected);
}

function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    // A path that cannot be accessed is reported when it is opened.
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
