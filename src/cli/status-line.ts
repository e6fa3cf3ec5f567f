import type { Face } from "./command-table.ts";

/** Progress is shown once something has taken this long, and redrawn no more often than this. */
const quietForMs = 500;
const redrawEveryMs = 100;

/** One line on standard error that is redrawn while work goes on; nothing where that is no terminal. */
export class StatusLine {
  readonly #face: Face;
  readonly #startMs: number;
  #nextMs: number;
  #isShown = false;

  constructor(face: Face) {
    this.#face = face;
    this.#startMs = face.nowMs();
    this.#nextMs = this.#startMs + quietForMs;
  }

  /** @param text is asked only when the line is due, with the time since the start */
  show(text: (elapsedMs: number) => string): void {
    const nowMs = this.#face.nowMs();
    if (!this.#face.err.isTerminal || nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + redrawEveryMs;
    this.#isShown = true;
    this.#face.err.write(`\r\u001B[2K${text(nowMs - this.#startMs)}`);
  }

  clear(): void {
    if (this.#isShown) this.#face.err.write("\r\u001B[2K");
    this.#isShown = false;
  }
}
