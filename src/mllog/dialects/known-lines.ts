import type { LogEvent } from "../../schema/logs/log-event.ts";
import { isLineEnd } from "../bytes/scan-bytes.ts";

const slotCount = 4096;
const wordBytes = 4;
const slotWords = 80;
const accountCount = 256;
const mostCredit = 1024;
/** Without credit, one in this many lines is still examined, because a key's lines may start to repeat. */
const lookedAtWithoutCredit = 16;

/** Identifies a stored line, or is `beforeFirstLine`. */
export type LineSlot = number;
/** Represents the position before the first line of each log. */
export const beforeFirstLine: LineSlot = slotCount;

interface ViewedBytes {
  bytes: Uint8Array;
  /** A view of the same bytes. */
  view: DataView;
}

/** A line's text after its time, up to the line's end. */
interface LineText extends ViewedBytes {
  start: number;
  end: number;
}

/**
 * Remembers lines, because ranks, seeds and submitters log the same lines in the same order with different times.
 *
 * Recognizes a line by the line that followed its predecessor last time: one comparison, without a search. Stores a
 * fixed number of lines, each in the slot given by the hash of its bytes.
 */
export class KnownLines {
  readonly #events: (LogEvent | undefined)[] = Array.from({ length: slotCount });
  /** In bytes; 0 for an empty slot. */
  readonly #lengths = new Int32Array(slotCount);
  /**
   * Each line in groups of four bytes; if the length is not a multiple of four, the last word overlaps the previous
   * one.
   */
  readonly #words = new Int32Array(slotCount * slotWords);
  readonly #nextSlots = new Int32Array(slotCount + 1);
  readonly #accounts = new Uint8Array(slotCount);
  /**
   * Credit by key: decreases with each line stored, and increases when one repeats. Lines of some keys never repeat.
   */
  readonly #credits = new Int32Array(accountCount).fill(mostCredit);
  #refusedCount = 0;

  /** The line that followed `before` last time, if the text at `start` is that line's; otherwise -1. */
  recall(before: LineSlot, { bytes, view }: ViewedBytes, start: number): LineSlot {
    const slot = this.#nextSlots[before] ?? 0;
    const length = this.#lengths[slot] ?? 0;
    if (length === 0 || !isLineEnd(bytes[start + length])) return -1;
    if (!this.#isAt(slot, view, start)) return -1;
    this.#earn(slot);
    return slot;
  }

  eventOf(slot: LineSlot): LogEvent | undefined {
    return this.#events[slot];
  }

  lengthOf(slot: LineSlot): number {
    return this.#lengths[slot] ?? 0;
  }

  /**
   * Stores the line that followed `before`, or finds it among the stored lines.
   *
   * @returns the line that determines the next expected line: `before` if the new line is not stored
   */
  keep(before: LineSlot, text: LineText, event: LogEvent): LineSlot {
    const length = text.end - text.start;
    const account = hashOfText(event.key) & (accountCount - 1);
    const credit = this.#credits[account] ?? 0;
    if (credit === 0 && this.#refusedCount++ % lookedAtWithoutCredit !== 0) return before;
    if (length > slotWords * wordBytes || length < wordBytes) return before;
    const slot = hashOf(text) & (slotCount - 1);
    this.#nextSlots[before] = slot;
    if (this.#lengths[slot] === length && this.#isAt(slot, text.view, text.start)) {
      this.#earn(slot);
      return slot;
    }
    this.#credits[account] = Math.max(0, credit - 1);
    this.#accounts[slot] = account;
    this.#put(slot, text, event);
    return slot;
  }

  #put(slot: LineSlot, { view, start, end }: LineText, event: LogEvent): void {
    const first = slot * slotWords;
    const wholeWords = (end - start) >> 2;
    for (let index = 0; index < wholeWords; index++) {
      this.#words[first + index] = view.getInt32(start + index * wordBytes, true);
    }
    // Does not overwrite the next slot: a rest requires the line to be shorter than its slot.
    if (wholeWords < slotWords)
      this.#words[first + wholeWords] = view.getInt32(end - wordBytes, true);
    this.#lengths[slot] = end - start;
    this.#events[slot] = event;
  }

  /** Compares from the end, where lines usually differ. */
  #isAt(slot: LineSlot, view: DataView, start: number): boolean {
    const words = this.#words;
    const length = this.#lengths[slot] ?? 0;
    const first = slot * slotWords;
    const wholeWords = length >> 2;
    const hasRest = (length & 3) !== 0;
    const rest = words[first + wholeWords];
    if (start + length > view.byteLength) return false;
    if (hasRest && view.getInt32(start + length - wordBytes, true) !== rest) return false;
    for (let index = wholeWords - 1; index >= 0; index--) {
      if (view.getInt32(start + index * wordBytes, true) !== words[first + index]) return false;
    }
    return true;
  }

  #earn(slot: LineSlot): void {
    const account = this.#accounts[slot] ?? 0;
    const credit = this.#credits[account] ?? 0;
    if (credit < mostCredit) this.#credits[account] = credit + 1;
  }
}

function hashOf({ view, start, end }: LineText): number {
  let hash = end - start;
  for (let at = start; at + wordBytes <= end; at += wordBytes) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function hashOfText(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}
