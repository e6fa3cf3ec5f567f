import type { IntegrityDocument } from "../../../schema/dashboard/run-detail.ts";
import { integrityOf } from "../../read-run/verify/integrity-of.ts";
import type { WatchedRun } from "../follow/watch-run.ts";

/** A request waits at most this long for the files of a finished run to be hashed. */
const maxWaitMs = 150;
/** Large records are hashed only after the page has loaded its charts. */
const largeRecordDelayMs = 1000;

/** Compares the files of a record with their SHA-256 in the background, once per version of the record. */
export class RunIntegrity {
  readonly #run: WatchedRun;
  #known: IntegrityDocument = { kind: "checking" };
  #version = -1;
  #wasLarge = false;

  constructor(run: WatchedRun) {
    this.#run = run;
  }

  /** The latest result; `checking` until the first comparison is done. */
  get known(): IntegrityDocument {
    return this.#known;
  }

  /**
   * Starts a comparison if the record changed, and waits for it briefly.
   *
   * @param options `isShown`: the page shows the samples, also if they are not read
   */
  async check({ isShown }: { isShown: boolean }): Promise<IntegrityDocument> {
    const { record, version, isOver, hasManyUnreadSamples } = this.#run;
    this.#wasLarge ||= hasManyUnreadSamples;
    const isWaiting = hasManyUnreadSamples && !isShown;
    if (this.#version === version || isWaiting) return this.#known;
    this.#version = version;
    const isDelayed = this.#wasLarge && record.result !== undefined;
    const compared = (isDelayed ? pause(largeRecordDelayMs) : Promise.resolve()).then(() =>
      this.#compare(),
    );
    // A file may be deleted while it is read; the next reading of the record reports it as missing.
    const settled = compared.catch(() => undefined);
    if (isDelayed) return this.#known;
    await (isOver ? Promise.race([settled, pause(maxWaitMs)]) : settled);
    return this.#known;
  }

  async #compare(): Promise<void> {
    const integrity = await integrityOf(this.#run.record);
    this.#known =
      integrity.kind === "files-changed"
        ? { ...integrity, files: [...integrity.files] }
        : integrity;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
