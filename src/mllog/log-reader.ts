import type { LogLine } from "../schema/logs/log-event.ts";
import { decodeLatin1 } from "./bytes/decode-latin1.ts";
import { HeldLine } from "./bytes/held-line.ts";
import { findToken, readPayload } from "./parse-line.ts";
import { PlainBytesReader } from "./bytes/read-plain-bytes.ts";
import { ByteScanner, isLineEnd, nextLineEnd } from "./bytes/scan-bytes.ts";

/** If a line's text from its token on is longer, it is discarded and reported as `line-too-long`. */
export const maxLineBytes = 4 * 1024 * 1024;
/** Enough of a line to detect its dialect. */
const shownBytes = 16;

/** Reads a log in pieces, in constant memory. */
export interface LogReader {
  /** The lines with a token that end within this piece. The caller can reuse the piece afterwards. */
  push(chunk: Uint8Array): LogLine[];
  /** The last line, if it contains a token and has no line ending. */
  end(): LogLine[];
  /** Lines started so far, with and without token. */
  lineCount(): number;
}

/**
 * Creates a reader of one log: any dialect, any prefix, lines ended by \n, \r\n or a lone \r, Latin-1. Never throws.
 */
export function createLogReader(): LogReader {
  return new ChunkedLogReader();
}

class ChunkedLogReader implements LogReader {
  readonly #held = new HeldLine(maxLineBytes);
  readonly #plain = new PlainBytesReader();
  readonly #scanner = new ByteScanner();
  #lineNumber = 1;
  #bytesBefore = 0;
  #lineIsEmpty = true;
  #endedByCarriageReturn = false;

  push(chunk: Uint8Array): LogLine[] {
    const lines: LogLine[] = [];
    if (chunk.length === 0) return lines;
    const start = this.#endedByCarriageReturn && chunk[0] === 0x0a ? 1 : 0;
    this.#endedByCarriageReturn = false;
    // Subarrays of a Node buffer are much slower to create than those of the plain array below it.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#scan(bytes, start, lines);
    this.#bytesBefore += chunk.length;
    return lines;
  }

  end(): LogLine[] {
    const lines: LogLine[] = [];
    this.#emitHeld(lines);
    return lines;
  }

  lineCount(): number {
    return this.#lineIsEmpty ? this.#lineNumber - 1 : this.#lineNumber;
  }

  #scan(chunk: Uint8Array, start: number, lines: LogLine[]): void {
    const scanner = this.#scanner;
    scanner.take(chunk);
    const firstLine = this.#lineNumber;
    let at = this.#finishHeldLine(chunk, start, lines);
    for (;;) {
      const lineEndsBefore = scanner.lineEndCount;
      const token = scanner.nextToken(at);
      this.#lineNumber += scanner.lineEndCount - lineEndsBefore;
      if (token < 0) break;
      const lineEnd = this.#readLine(lines, chunk, token);
      if (lineEnd < 0) {
        this.#held.begin(chunk, token, this.#bytesBefore + token);
        this.#lineIsEmpty = false;
        return;
      }
      this.#lineNumber++;
      at = this.#afterLineEnd(chunk, lineEnd);
    }
    if (this.#held.hasToken()) return;
    if (this.#lineNumber !== firstLine) this.#held.clear();
    this.#storeTail(chunk, at);
  }

  /** The end of the line that the previous piece left open; the end of the piece if the line continues. */
  #finishHeldLine(bytes: Uint8Array, start: number, lines: LogLine[]): number {
    this.#held.joinToken(bytes, start, this.#bytesBefore);
    if (!this.#held.hasToken()) return start;
    const lineEnd = nextLineEnd(bytes, start);
    this.#held.append(bytes, start, lineEnd < 0 ? bytes.length : lineEnd);
    if (lineEnd < 0) return bytes.length;
    this.#emitHeld(lines);
    this.#lineNumber++;
    return this.#afterLineEnd(bytes, lineEnd);
  }

  /** The end of the line that contains the token, or -1 if it continues after this piece. */
  #readLine(lines: LogLine[], chunk: Uint8Array, token: number): number {
    const byteOffset = this.#bytesBefore + token;
    const event = this.#plain.read(chunk, token);
    if (event !== undefined) {
      lines.push({ kind: "event", lineNumber: this.#lineNumber, byteOffset, event });
      return this.#plain.lineEnd();
    }
    const lineEnd = nextLineEnd(chunk, token);
    if (lineEnd >= 0) this.#emit(lines, chunk.subarray(token, lineEnd), byteOffset);
    return lineEnd;
  }

  /** Stores the last bytes of an unfinished line that contains no token yet. */
  #storeTail(chunk: Uint8Array, scannedTo: number): void {
    if (scannedTo >= chunk.length) {
      this.#lineIsEmpty = true;
      return;
    }
    this.#lineIsEmpty = isLineEnd(chunk.at(-1));
    this.#endedByCarriageReturn = chunk.at(-1) === 0x0d;
    let tailStart = chunk.length;
    while (tailStart > Math.max(scannedTo, chunk.length - 4) && !isLineEnd(chunk[tailStart - 1]))
      tailStart--;
    this.#held.keepTail(chunk, tailStart);
  }

  #afterLineEnd(chunk: Uint8Array, at: number): number {
    if (chunk[at] !== 0x0d) return at + 1;
    if (at + 1 === chunk.length) this.#endedByCarriageReturn = true;
    return chunk[at + 1] === 0x0a ? at + 2 : at + 1;
  }

  #emitHeld(lines: LogLine[]): void {
    if (!this.#held.hasToken()) return;
    const { bytes, tokenOffset, isTooLong } = this.#held;
    if (isTooLong) lines.push(this.#tooLongLine(decodeLatin1(bytes, 0, shownBytes), tokenOffset));
    else this.#emitWhole(lines, this.#held.withLineEnd(), tokenOffset);
    this.#held.clear();
  }

  /** @param bytes a line starting at its first token, and its \n */
  #emitWhole(lines: LogLine[], bytes: Uint8Array, byteOffset: number): void {
    const event = this.#plain.read(bytes, 0);
    if (event === undefined) this.#emit(lines, bytes.subarray(0, -1), byteOffset);
    else lines.push({ kind: "event", lineNumber: this.#lineNumber, byteOffset, event });
  }

  #tooLongLine(beginning: string, byteOffset: number): LogLine {
    const dialect = findToken(beginning)?.dialect ?? "mll";
    const lineNumber = this.#lineNumber;
    return { kind: "unreadable", dialect, reason: "line-too-long", lineNumber, byteOffset };
  }

  /** @param bytes a line starting at its first token */
  #emit(lines: LogLine[], bytes: Uint8Array, firstTokenOffset: number): void {
    const text = decodeLatin1(bytes, 0, bytes.length);
    const token = findToken(text);
    // `:::ML` alone is not a token.
    if (token === undefined) return;
    const byteOffset = firstTokenOffset + token.start;
    const reading = readPayload(token.dialect, text.slice(token.start));
    const lineNumber = this.#lineNumber;
    if (reading.kind === "event") {
      lines.push({ kind: "event", lineNumber, byteOffset, event: reading.event });
    } else {
      const { dialect, reason } = reading;
      lines.push({ kind: "unreadable", lineNumber, byteOffset, dialect, reason });
    }
  }
}
