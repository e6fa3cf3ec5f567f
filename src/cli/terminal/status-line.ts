import type { Face } from "../command-table.ts";

/** Progress is shown once something has taken this long, and redrawn no more often than this. */
const quietForMs = 500;
const redrawEveryMs = 100;

/** A status line on standard error, redrawn during long work; prints nothing unless that is a terminal. */
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

  /** @param text called with the time since the start, only when the line is due */
  show(text: (elapsedMs: number) => string): void {
    const nowMs = this.#face.nowMs();
    if (!this.#face.err.isTerminal || nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + redrawEveryMs;
    this.#isShown = true;
    this.#face.err.clearLine();
    this.#face.err.write(text(nowMs - this.#startMs));
  }

  clear(): void {
    if (this.#isShown) this.#face.err.clearLine();
    this.#isShown = false;
  }
}
