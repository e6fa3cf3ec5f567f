import type { LogLine } from "../schema/log-event.ts";
import { decodeLatin1 } from "./decode-latin1.ts";
import { HeldLine } from "./held-line.ts";
import { findToken, readPayload } from "./parse-line.ts";
import { PlainBytesReader } from "./read-plain-bytes.ts";
import { isLineEnd, nextMark, toScannable } from "./scan-bytes.ts";

/** Of a longer line's text from its token on, nothing is kept: it becomes a `line-too-long`. */
export const maxLineBytes = 4 * 1024 * 1024;
/** Enough of a line to tell its dialect. */
const shownBytes = 16;

/** Reads a log piece by piece, in constant memory. */
export interface LogReader {
  /** The lines with a token that end within this piece. The piece may be reused afterwards. */
  push(chunk: Uint8Array): LogLine[];
  /** The last line, if it holds a token and no line ending. */
  end(): LogLine[];
  /** Lines begun so far, with and without token. */
  lineCount(): number;
}

/** A reader of one log: any dialect, any prefix, lines ended by \n, \r\n or a lone \r, Latin-1. Never throws. */
export function createLogReader(): LogReader {
  return new ChunkedLogReader();
}

class ChunkedLogReader implements LogReader {
  private readonly held = new HeldLine(maxLineBytes);
  private readonly plain = new PlainBytesReader();
  private lineNumber = 1;
  private bytesBefore = 0;
  private lineIsEmpty = true;
  private endedByCarriageReturn = false;

  push(chunk: Uint8Array): LogLine[] {
    const lines: LogLine[] = [];
    if (chunk.length === 0) return lines;
    const start = this.endedByCarriageReturn && chunk[0] === 0x0a ? 1 : 0;
    this.endedByCarriageReturn = false;
    this.scan(chunk, start, lines);
    this.bytesBefore += chunk.length;
    return lines;
  }

  end(): LogLine[] {
    const lines: LogLine[] = [];
    this.emitHeld(lines);
    return lines;
  }

  lineCount(): number {
    return this.lineIsEmpty ? this.lineNumber - 1 : this.lineNumber;
  }

  private scan(chunk: Uint8Array, start: number, lines: LogLine[]): void {
    const scannable = toScannable(chunk);
    this.held.joinToken(chunk, start, this.bytesBefore);
    let lineStart = start;
    let tokenStart = -1;
    let hasSecondToken = false;
    let at = start;
    for (;;) {
      at = nextMark(scannable, at);
      if (at < 0) break;
      if (!isLineEnd(chunk[at])) {
        hasSecondToken = tokenStart >= 0;
        if (tokenStart < 0) tokenStart = at;
        at += 5;
        continue;
      }
      if (this.held.hasToken()) {
        this.held.append(chunk, lineStart, at);
        this.emitHeld(lines);
      } else if (tokenStart >= 0) {
        const event = hasSecondToken ? undefined : this.plain.read(chunk, tokenStart, at);
        const byteOffset = this.bytesBefore + tokenStart;
        if (event === undefined) this.emit(lines, chunk.subarray(tokenStart, at), byteOffset);
        else lines.push({ kind: "event", lineNumber: this.lineNumber, byteOffset, event });
      }
      this.held.clear();
      this.lineNumber++;
      hasSecondToken = false;
      tokenStart = -1;
      at = this.behindLineEnd(chunk, at);
      lineStart = at;
    }
    this.hold(chunk, lineStart, tokenStart);
  }

  /** Keeps what the next piece needs of a line that is not over. */
  private hold(chunk: Uint8Array, lineStart: number, tokenStart: number): void {
    this.lineIsEmpty = lineStart >= chunk.length && !this.held.hasAny();
    if (this.held.hasToken()) this.held.append(chunk, lineStart, chunk.length);
    else if (tokenStart >= 0) this.held.begin(chunk, tokenStart, this.bytesBefore + tokenStart);
    else this.held.keepTail(chunk, lineStart);
  }

  private behindLineEnd(chunk: Uint8Array, at: number): number {
    if (chunk[at] !== 0x0d) return at + 1;
    if (at + 1 === chunk.length) this.endedByCarriageReturn = true;
    return chunk[at + 1] === 0x0a ? at + 2 : at + 1;
  }

  private emitHeld(lines: LogLine[]): void {
    if (!this.held.hasToken()) return;
    const { bytes, length, tokenOffset, isTooLong } = this.held;
    if (isTooLong) lines.push(this.tooLongLine(decodeLatin1(bytes, 0, shownBytes), tokenOffset));
    else this.emit(lines, bytes.subarray(0, length), tokenOffset);
    this.held.clear();
  }

  private tooLongLine(beginning: string, byteOffset: number): LogLine {
    const dialect = findToken(beginning)?.dialect ?? "mll";
    const lineNumber = this.lineNumber;
    return { kind: "unreadable", dialect, reason: "line-too-long", lineNumber, byteOffset };
  }

  /** @param bytes a line from its first token on */
  private emit(lines: LogLine[], bytes: Uint8Array, firstTokenOffset: number): void {
    const text = decodeLatin1(bytes, 0, bytes.length);
    const token = findToken(text);
    // `:::ML` alone is none.
    if (token === undefined) return;
    const byteOffset = firstTokenOffset + token.start;
    const reading = readPayload(token.dialect, text.slice(token.start));
    const lineNumber = this.lineNumber;
    if (reading.kind === "event") {
      lines.push({ kind: "event", lineNumber, byteOffset, event: reading.event });
    } else {
      const { dialect, reason } = reading;
      lines.push({ kind: "unreadable", lineNumber, byteOffset, dialect, reason });
    }
  }
}
