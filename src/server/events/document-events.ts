import type { BoardWatch } from "../../workflows/dashboard/list/watch-board.ts";
import { eventText, type StreamSource } from "./event-stream.ts";

interface FollowedData {
  /** The data of the event. */
  data: unknown;
  /** Whether the data can change without a change of the records. */
  isLive: boolean;
}

/** A document for one client: sent when the stream opens, and again after each change. */
export class DocumentEvents implements StreamSource {
  readonly #watch: BoardWatch;
  readonly #name: string;
  readonly #read: () => Promise<FollowedData>;
  #turn: number | undefined;
  #isLive = false;
  #sent = "";

  /** @param name of the event */
  constructor(watch: BoardWatch, name: string, read: () => Promise<FollowedData>) {
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
    // The end of a race that runs does not change its records, for example.
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
