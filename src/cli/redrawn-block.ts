import type { Screen } from "./command-table.ts";

/** A few lines at the end of a terminal that are drawn over and over. */
export class RedrawnBlock {
  readonly #screen: Screen;
  #lineCount = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** No line may be wider than the screen: a broken one could not be drawn over. */
  draw(lines: readonly string[]): void {
    this.#screen.write(`${this.#upAndClear()}${lines.map((line) => `${line}\n`).join("")}`);
    this.#lineCount = lines.length;
  }

  #upAndClear(): string {
    return this.#lineCount === 0 ? "" : `\u001B[${this.#lineCount}A\u001B[J`;
  }
}
