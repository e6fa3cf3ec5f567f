import type { RunWatch } from "../workflows/dashboard/watch-runs.ts";
import { eventText, type StreamSource } from "./event-stream.ts";

interface RaceData {
  /** The data of the event. */
  data: unknown;
  /** Whether a race is running. */
  isLive: boolean;
}

/** A document about races for one client: sent when the stream opens, and again after each change. */
export class RaceEvents implements StreamSource {
  readonly #watch: RunWatch;
  readonly #name: string;
  readonly #read: () => Promise<RaceData>;
  #turn: number | undefined;
  #isLive = false;
  #sent = "";

  /** @param name of the event */
  constructor(watch: RunWatch, name: string, read: () => Promise<RaceData>) {
    this.#watch = watch;
    this.#name = name;
    this.#read = read;
  }

  listen(callback: () => void): () => void {
    return this.#watch.watchBoard(callback);
  }

  async updates(): Promise<string> {
    await this.#watch.refreshBoard();
    const { turn } = this.#watch.board;
    // The end of a race that runs does not change its records.
    if (turn === this.#turn && !this.#isLive) return "";
    const { data, isLive } = await this.#read();
    this.#turn = turn;
    this.#isLive = isLive;
    const text = eventText(this.#name, data);
    if (text === this.#sent) return "";
    this.#sent = text;
    return text;
  }
}
