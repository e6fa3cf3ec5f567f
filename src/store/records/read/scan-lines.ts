import { maxLineBytes } from "../../samples/follow-file.ts";

const lineFeed = 10;

/** One complete line of a file. */
export interface ScannedLine {
  /** From 1. */
  number: number;
  /** Its byte offset in the file. */
  startByte: number;
  /** At most its first 1 MiB, without line end. */
  bytes: Buffer;
  /** Its full length without line end. */
  byteCount: number;
}

export interface ScanStart {
  /** The number of the line at the start of the first piece, and its byte offset in the file. */
  line: number;
  byte: number;
  /** Lines before this number are counted but not returned. */
  from: number;
}

/**
 * Splits pieces of a file into lines. Each byte is examined once, and at most 1 MiB of a line is in memory. A last line
 * without line end is omitted.
 */
export class LineScanner {
  readonly #from: number;
  #number: number;
  #startByte: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #byteCount = 0;

  constructor({ line, byte, from }: ScanStart) {
    this.#number = line;
    this.#startByte = byte;
    this.#from = from;
  }

  /** @returns the lines that end in this piece; they refer to its memory, so the caller must not overwrite it */
  push(piece: Buffer): ScannedLine[] {
    const lines: ScannedLine[] = [];
    let begin = 0;
    for (let end = piece.indexOf(lineFeed); end !== -1; end = piece.indexOf(lineFeed, begin)) {
      this.#add(piece.subarray(begin, end));
      if (this.#number >= this.#from) lines.push(this.#line());
      this.#number += 1;
      this.#startByte += this.#byteCount + 1;
      this.#held = [];
      this.#heldBytes = 0;
      this.#byteCount = 0;
      begin = end + 1;
    }
    this.#add(piece.subarray(begin));
    return lines;
  }

  #add(part: Buffer): void {
    this.#byteCount += part.length;
    const isKept = this.#number >= this.#from && this.#heldBytes < maxLineBytes;
    if (!isKept || part.length === 0) return;
    const kept = part.subarray(0, maxLineBytes - this.#heldBytes);
    this.#held.push(kept);
    this.#heldBytes += kept.length;
  }

  #line(): ScannedLine {
    const [only] = this.#held;
    const bytes = this.#held.length === 1 && only !== undefined ? only : Buffer.concat(this.#held);
    return {
      number: this.#number,
      startByte: this.#startByte,
      bytes,
      byteCount: this.#byteCount,
    };
  }
}
