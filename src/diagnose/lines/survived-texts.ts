/** So often a training has to go on after a text before the text is taken for one that it always survives. */
const leastTimes = 2;
const keptTexts = 500;

interface Line {
  file: string;
  line: number;
  text: string;
}

/** Errors that a program prints again and again while it goes on, such as failed tests whose results it trains on. */
export class SurvivedTexts {
  readonly #lines = new Map<string, Set<string>>();

  /** The training went on after this line. */
  add({ file, line, text }: Line): void {
    const shape = shapeOf(text);
    const lines = this.#lines.get(shape) ?? new Set();
    if (this.#lines.size < keptTexts) this.#lines.set(shape, lines);
    if (lines.size < leastTimes) lines.add(`${file}:${line}`);
  }

  has({ text }: Line): boolean {
    return (this.#lines.get(shapeOf(text))?.size ?? 0) >= leastTimes;
  }
}

function shapeOf(text: string): string {
  return text.slice(0, 200).replaceAll(/\d+/gu, "#");
}
