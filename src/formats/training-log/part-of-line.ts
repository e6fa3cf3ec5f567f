import type { LogTextLine } from "./read-log-line.ts";
import type { LogParts } from "./training-parts.ts";

/** Says which of the trainings of a log each line belongs to. Lines must be passed in order. */
export class PartOfLine {
  readonly #parts: LogParts;
  #current = 0;

  constructor(parts: LogParts) {
    this.#parts = parts;
  }

  /** The index of the training. @param line undefined for source code, which belongs to the training after it */
  next(line: LogTextLine | undefined): number {
    const parts = this.#parts;
    if (line === undefined || parts.kind === "one") return this.#current;
    if (parts.kind === "column") {
      const number = line.numbers.find(({ name }) => name === parts.name)?.number.value;
      const index = number === undefined ? -1 : parts.values.indexOf(number);
      if (index !== -1) this.#current = index;
      return this.#current;
    }
    const following = parts.parts[this.#current + 1];
    if (following !== undefined && line.lineNumber >= following.firstLine) this.#current += 1;
    return this.#current;
  }
}

export function partCount(parts: LogParts): number {
  switch (parts.kind) {
    case "one":
      return 1;
    case "column":
      return parts.values.length;
    case "consecutive":
      return parts.parts.length;
  }
}
