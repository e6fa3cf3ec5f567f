import { randomBytes } from "node:crypto";
import type { BoardWatch } from "../../workflows/dashboard/list/watch-board.ts";
import { eventOfJson, eventText, type StreamSource } from "./event-stream.ts";

const boardPattern = /^([0-9a-f]{12})-(\d{1,12})$/;

/** Distinguishes this server process from earlier ones. */
const serverId = randomBytes(6).toString("hex");

/** The list of runs for one client. */
export class BoardEvents implements StreamSource {
  readonly #watch: BoardWatch;
  #turn: number | undefined;
  #hasFirstRows = false;

  constructor(watch: BoardWatch, lastEventId: string | undefined) {
    this.#watch = watch;
    const found = boardPattern.exec(lastEventId ?? "");
    this.#turn = found?.[1] === serverId ? Number(found[2]) : undefined;
  }

  listen(callback: () => void): () => void {
    return this.#watch.watchBoard(callback);
  }

  async updates(): Promise<string> {
    await this.#watch.readFirstRows();
    const { board } = this.#watch;
    if (!board.isComplete) return this.#firstRows();
    const updates = this.#turn === undefined ? undefined : board.since(this.#turn);
    this.#turn = board.turn;
    const id = boardStreamId(this.#watch);
    if (updates === undefined) {
      const snapshot = eventOfJson("snapshot", `{"runs":${board.itemsText()}}`, id);
      return `${this.#firstRows()}${snapshot}`;
    }
    const { items, removedIds } = updates;
    const events = [
      ...items.map((item) => ({ name: "run", data: item })),
      ...removedIds.map((runId) => ({ name: "removed", data: { runId } })),
    ];
    const last = events.length - 1;
    return events
      .map(({ name, data }, index) => eventText(name, data, index === last ? id : undefined))
      .join("");
  }

  /** The newest runs, which the page shows while it receives the others; sent once, and only of a long list. */
  #firstRows(): string {
    const runs = this.#hasFirstRows ? undefined : this.#watch.board.firstRowsText();
    this.#hasFirstRows = true;
    return runs === undefined ? "" : eventOfJson("snapshot", `{"runs":${runs},"isPartial":true}`);
  }
}

/** The event id from which a stream of the list continues after the current state. */
export function boardStreamId({ board }: BoardWatch): string {
  return `${serverId}-${board.turn}`;
}
