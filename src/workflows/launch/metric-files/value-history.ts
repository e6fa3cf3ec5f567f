/**
 * The readings of a file, or of files that repeat one another, so that no reading counts twice after a rewrite. Readings
 * are identified by `readingKey`.
 */
export class ValueHistory {
  /** Readings of files as they were before the launch. */
  readonly #old: number[][] = [];
  readonly #keys: number[] = [];
  /** The same as a set, once it is needed. */
  #known: Set<number> | undefined;
  #hasStarted = false;

  /** Whether there are readings from before the launch that a first read must be compared with. */
  get mayContinue(): boolean {
    return !this.#hasStarted && this.#old.length > 0;
  }

  /** Adds the readings of a file from before the launch. */
  addOld(keys: readonly number[]): void {
    if (keys.length > 0) this.#old.push([...keys]);
  }

  /**
   * How many of the first readings of a file are from before the launch: all of a shorter old file that it begins with,
   * as a resumed run repeats its history. A file with other readings, or no others, was written anew.
   */
  oldCountOf(keys: readonly number[]): number {
    const counts = this.#old
      .filter((old) => old.length < keys.length && old.every((key, index) => key === keys[index]))
      .map((old) => old.length);
    return Math.max(0, ...counts);
  }

  /** Adds a reading. @returns whether it is new; only asked for where a file was rewritten */
  add(key: number, { isRewritten }: { isRewritten: boolean }): boolean {
    this.#hasStarted = true;
    if (isRewritten) {
      this.#known ??= new Set(this.#keys);
      if (this.#known.has(key)) return false;
    }
    this.#known?.add(key);
    this.#keys.push(key);
    return true;
  }
}
