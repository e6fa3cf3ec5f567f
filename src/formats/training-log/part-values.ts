import { isProgressName } from "./part-signs.ts";
import type { LogTextLine } from "./read-log-line.ts";

const maximumNames = 50;

/** The first and last value of each number on the counted lines of a training. */
export class PartValues {
  readonly #first = new Map<string, number>();
  readonly #last = new Map<string, number>();

  push({ numbers }: LogTextLine): void {
    for (const { name, number } of numbers) {
      if (!Number.isFinite(number.value) || !isProgressName(name)) continue;
      if (!this.#first.has(name)) {
        if (this.#first.size >= maximumNames) continue;
        this.#first.set(name, number.value);
      }
      this.#last.set(name, number.value);
    }
  }

  /**
   * Whether the first values are closer to the first ones of another training than to the last ones of the training
   * before: a training that goes on has a loss like that of its last line.
   */
  startsLike(first: PartValues, before: PartValues): boolean {
    let votes = 0;
    for (const [name, value] of this.#first) {
      const expected = first.#first.get(name);
      const previous = before.#last.get(name);
      if (expected === undefined || previous === undefined || expected === previous) continue;
      votes += Math.abs(value - expected) <= Math.abs(value - previous) ? 1 : -1;
    }
    return votes >= 0;
  }
}
