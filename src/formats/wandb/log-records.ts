import { crc32 } from "../binary/crc32.ts";
import { GrowingBytes } from "../binary/growing-bytes.ts";
import { joinBytes } from "../binary/join-bytes.ts";
import type { ReadingEnd } from "../logged-value.ts";

/** `:W&B`, 0xBEE1, version 0. */
const fileHeader = [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0x00];
const blockBytes = 32_768;
const chunkHeaderBytes = 7;
const full = 1;
const first = 2;
const last = 4;

/**
 * Splits a `.wandb` file into its records: LevelDB's log format in blocks of 32 KiB, each chunk with
 * the plain CRC-32 of its type and data. After a bad chunk, the rest of the block is skipped, as
 * in LevelDB: reading continues with the next block.
 */
export class WandbLogRecords {
  readonly #bytes = new GrowingBytes();
  #parts: Uint8Array[] = [];
  #hasHeader = false;
  #isForeign = false;
  #firstBad: { atByte: number; reason: string } | undefined;

  push(piece: Uint8Array): Uint8Array[] {
    this.#bytes.push(piece);
    if (!this.#hasHeader) this.#readHeader();
    const records: Uint8Array[] = [];
    while (this.#hasHeader && this.#readChunk(records));
    return records;
  }

  end(): ReadingEnd {
    if (this.#isForeign) return { kind: "corrupt", atByte: 0, reason: "no W&B file header" };
    if (this.#firstBad !== undefined) return { kind: "corrupt", ...this.#firstBad };
    const byteCount = this.#bytes.length + this.#parts.reduce((sum, { length }) => sum + length, 0);
    return byteCount === 0 ? { kind: "complete" } : { kind: "partial", byteCount };
  }

  #readHeader(): void {
    const header = this.#isForeign ? undefined : this.#bytes.peek(fileHeader.length);
    if (header === undefined) return;
    this.#hasHeader = fileHeader.every((byte, index) => header[index] === byte);
    this.#isForeign = !this.#hasHeader;
    if (this.#hasHeader) this.#bytes.take(fileHeader.length);
  }

  /** Whether a complete chunk, or the complete padding of a block, was available. */
  #readChunk(records: Uint8Array[]): boolean {
    const left = blockBytes - (this.#bytes.takenCount % blockBytes);
    if (left < chunkHeaderBytes) return this.#bytes.take(left) !== undefined;
    const header = this.#bytes.peek(chunkHeaderBytes);
    if (header === undefined) return false;
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    const length = view.getUint16(4, true);
    const type = view.getUint8(6);
    if (length > left - chunkHeaderBytes || type < full || type > last)
      return this.#skipBlock(left, type === 0 ? "zeros" : "a chunk that does not fit its block");
    const chunk = this.#bytes.peek(chunkHeaderBytes + length);
    if (chunk === undefined) return false;
    const data = chunk.slice(chunkHeaderBytes);
    if (crc32(chunk.subarray(6, 7), data) !== view.getUint32(0, true))
      return this.#skipBlock(left, "a chunk with a wrong checksum");
    this.#bytes.take(chunkHeaderBytes + length);
    this.#join(type, data, records);
    return true;
  }

  #join(type: number, data: Uint8Array, records: Uint8Array[]): void {
    if (type === full) {
      this.#parts = [];
      records.push(data);
      return;
    }
    if (type === first) this.#parts = [];
    // Continues a record whose beginning is missing.
    else if (this.#parts.length === 0) return;
    this.#parts.push(data);
    if (type !== last) return;
    records.push(joinBytes(this.#parts));
    this.#parts = [];
  }

  #skipBlock(left: number, reason: string): boolean {
    const atByte = this.#bytes.takenCount;
    if (this.#bytes.take(left) === undefined) return false;
    this.#firstBad ??= { atByte, reason };
    this.#parts = [];
    return true;
  }
}
