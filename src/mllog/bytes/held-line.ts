import { decodeLatin1 } from "./decode-latin1.ts";

const token = ":::ML";
const tailBytes = token.length - 1;

/** The stored part of a line that spans several pieces: its text from the first token on, or its last bytes. */
export class HeldLine {
  /** The first `length` bytes are valid. */
  bytes = new Uint8Array(256);
  length = 0;
  /** Offset of the token from the start of the log. */
  tokenOffset = 0;
  isTooLong = false;
  #startsWithToken = false;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  hasToken(): boolean {
    return this.#startsWithToken;
  }

  hasAny(): boolean {
    return this.length > 0;
  }

  clear(): void {
    this.length = 0;
    this.isTooLong = false;
    this.#startsWithToken = false;
  }

  /** Starts with a token at `from`; its offset in the log is `tokenOffset`. */
  begin(chunk: Uint8Array, from: number, tokenOffset: number): void {
    this.clear();
    this.#startsWithToken = true;
    this.tokenOffset = tokenOffset;
    this.append(chunk, from, chunk.length);
  }

  append(chunk: Uint8Array, from: number, to: number): void {
    const length = this.length + to - from;
    if (this.isTooLong || length > this.#maxBytes) {
      this.isTooLong = true;
      return;
    }
    this.#makeRoom(length);
    this.bytes.set(chunk.subarray(from, to), this.length);
    this.length = length;
  }

  /** The stored bytes followed by \n; valid until more bytes are appended. */
  withLineEnd(): Uint8Array {
    this.#makeRoom(this.length + 1);
    this.bytes[this.length] = 0x0a;
    return this.bytes.subarray(0, this.length + 1);
  }

  #makeRoom(length: number): void {
    if (length <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(length, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** Stores the line's last bytes, because a token may start in them. */
  keepTail(chunk: Uint8Array, lineStart: number): void {
    const from = Math.max(lineStart, chunk.length - tailBytes);
    const stillNeeded = Math.min(this.length, tailBytes - (chunk.length - from));
    this.bytes.copyWithin(0, this.length - stillNeeded, this.length);
    this.length = stillNeeded;
    this.append(chunk, from, chunk.length);
  }

  /** Finds a token that started in the stored tail and continues in the next piece. */
  joinToken(chunk: Uint8Array, start: number, bytesBefore: number): void {
    if (this.#startsWithToken || this.length === 0) return;
    const tail = decodeLatin1(this.bytes, 0, this.length);
    const joined = tail + decodeLatin1(chunk, start, Math.min(chunk.length, start + tailBytes));
    const at = joined.indexOf(token);
    if (at < 0 || at >= this.length) return;
    const tokenOffset = bytesBefore - (this.length - at);
    this.begin(this.bytes.slice(at, this.length), 0, tokenOffset);
  }
}
