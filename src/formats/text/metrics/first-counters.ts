/** Counters of a training, by the words that programs print before them. */
const counterWords = /\b(epoch|step|iter|iteration)\b["']?\W{0,3}(\d+(?:\.\d+)?)/giu;
const anyCounter = /\b(?:epoch|step|iter)/iu;
/** A counter is printed by then, or not at all. */
const maximumLength = 1 << 18;

/** A counter at the times of its first two values. */
export interface CounterStart {
  name: string;
  first: { count: number; timeMs: number };
  second: { count: number; timeMs: number };
}

/** Finds the first two values of the counters of epochs and steps in what a program prints. */
export class FirstCounters {
  readonly #first = new Map<string, { count: number; timeMs: number }>();
  readonly #starts = new Map<string, CounterStart>();
  #length = 0;

  get starts(): CounterStart[] {
    return [...this.#starts.values()];
  }

  take(text: string, timeMs: number): void {
    if (this.#length > maximumLength) return;
    this.#length += text.length;
    if (!anyCounter.test(text)) return;
    for (const [, word = "", digits] of text.matchAll(counterWords))
      this.#add(/^iter/iu.test(word) ? "iteration" : word.toLowerCase(), {
        count: Number(digits),
        timeMs,
      });
  }

  #add(name: string, seen: { count: number; timeMs: number }): void {
    if (this.#starts.has(name)) return;
    const first = this.#first.get(name);
    // A lower value shows that the first one was no counter, such as a setting.
    if (first === undefined || seen.count < first.count) this.#first.set(name, seen);
    else if (seen.count > first.count) this.#starts.set(name, { name, first, second: seen });
  }
}
