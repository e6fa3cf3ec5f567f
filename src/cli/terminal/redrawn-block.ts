import type { Screen } from "../command-table.ts";

/** Lines at the end of a terminal that are redrawn in place. */
export class RedrawnBlock {
  readonly #screen: Screen;
  #lineCount = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** No line may be wider than the screen: a wrapped line could not be redrawn. */
  draw(lines: readonly string[]): void {
    if (this.#lineCount > 0) this.#screen.clearLinesAbove(this.#lineCount);
    this.#screen.write(lines.map((line) => `${line}\n`).join(""));
    this.#lineCount = lines.length;
  }
}
