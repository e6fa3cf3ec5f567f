import { decodeLatin1 } from "./decode-latin1.ts";

const slotCount = 2048;
const emptySlots: readonly (string | undefined)[] = Array.from({ length: slotCount });
/** Longer texts rarely repeat. */
const longestPooled = 128;

/**
 * Returns the same string for the same bytes without decoding them again, unless another text has replaced it in its
 * slot.
 */
export class TextPool {
  readonly #slots = emptySlots.slice();

  /** @param known initial texts */
  constructor(known: readonly string[]) {
    for (const text of known) {
      let hash = 0;
      for (let at = 0; at < text.length; at++) hash = nextHash(hash, text.charCodeAt(at));
      this.#slots[hash & (slotCount - 1)] = text;
    }
  }

  /** @param hash of the bytes from `start` to `end`, computed with `nextHash` */
  textOf(bytes: Uint8Array, start: number, end: number, hash: number): string {
    const slot = hash & (slotCount - 1);
    const pooled = this.#slots[slot];
    if (pooled !== undefined && isText(pooled, bytes, start, end)) return pooled;
    const text = decodeLatin1(bytes, start, end);
    if (text.length <= longestPooled) this.#slots[slot] = text;
    return text;
  }
}

/** A running hash over bytes; starts at 0. */
export function nextHash(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) !== bytes[start + at]) return false;
  }
  return true;
}
