import type { RunListItem } from "../../../schema/dashboard/run-list.ts";
import {
  RunIndex,
  type IndexEntry,
  type IndexFile,
} from "../../../store/records/find/run-index.ts";

type ReadableItem = Extract<RunListItem, { kind: "readable" }>;

/** An item of the list as JSON. */
export interface ListedText {
  createdMs: number;
  text: string;
}

/** The items that were saved. */
export interface SavedItems {
  /** When a run was created, whether or not its record has changed since. */
  createdMs(runId: string): number | undefined;
  /** The item of a record, if its files still have this signature. */
  find(runId: string, sign: string): ListedText | undefined;
}

/** Increment the number whenever `finishedItem` makes a different item from the same record. */
export const savedListFile: IndexFile = { name: "run-list.jsonl", header: "pitwall run list 3" };

/** Items are saved in batches of this size. */
const saveAfterCount = 50;

/**
 * `<home>/cache/run-list.jsonl`: the items of finished runs as `finishedItem` made them, so that a new server lists
 * thousands of records without reading them. See `RunIndex` for when an item is valid.
 */
export class SavedList {
  readonly #home: string;
  #index: RunIndex | undefined;
  #unsaved = new Map<string, IndexEntry>();

  constructor(home: string) {
    this.#home = home;
  }

  /** Reads the file, once until the list is saved. */
  async open(): Promise<SavedItems> {
    const index = (this.#index ??= await RunIndex.open(this.#home, savedListFile));
    return {
      createdMs: (runId) => index.createdMs(runId),
      find: (runId, sign) => {
        const found = index.find(runId, sign);
        return found && { createdMs: found.head.createdMs, text: found.texts[0] };
      },
    };
  }

  add(item: ReadableItem, sign: string): void {
    const { runId, createdMs, seriesId, seriesIndex: index } = item;
    const head = { runId, isReadable: true, createdMs, seriesId, index };
    this.#unsaved.set(runId, { sign, head, texts: [JSON.stringify(item), ""] });
  }

  /**
   * Saves added items if there are many.
   *
   * @param runIds all records of the home
   */
  async save(known: { runIds: readonly string[]; nowMs: number }): Promise<void> {
    const unsaved = [...this.#unsaved.values()];
    const index = this.#index;
    // Its entries are needed no longer than the first listing.
    this.#index = undefined;
    if (unsaved.length < saveAfterCount) return;
    this.#unsaved = new Map();
    await (index ?? (await RunIndex.open(this.#home, savedListFile))).add(unsaved, known);
  }
}

/** Parses JSON that this program wrote, when it is first used. */
export function parsedOnce(text: string): () => RunListItem {
  let item: RunListItem | undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checking thousands of own items again takes longer than making them
  return () => (item ??= JSON.parse(text) as RunListItem);
}
