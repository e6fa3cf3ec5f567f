import { setTimeout as sleep } from "node:timers/promises";
import type { RunRecord, RunStore } from "../../store/records/run-store.ts";
import { FollowedFile } from "../../store/samples/follow-file.ts";
import { openRecord } from "../read-run/show-run.ts";

export type FollowedRun =
  | { kind: "output"; bytes: Buffer }
  /** The run has ended, or the process that wrote its record has. */
  | { kind: "ended"; record: RunRecord };

const lookEveryMs = 200;
/** Output from before the start is shown up to this length. */
const shownBytes = 2000;

/** Follows the log of a run that another process writes, from its last lines on, until the run has ended. */
export async function* followRun(
  store: RunStore,
  record: Pick<RunRecord, "runId" | "logPath">,
  leave: AbortSignal,
): AsyncGenerator<FollowedRun> {
  const log = new LogTail(record.logPath);
  for (;;) {
    // Opened before the log is read, so that the last lines of a run that ends now are not missed.
    const now = await openRecord(store, record.runId);
    const bytes = log.read();
    if (bytes.length > 0) yield { kind: "output", bytes };
    const isRunning = now.state.kind === "running";
    if (!isRunning) yield { kind: "ended", record: now };
    if (!isRunning || leave.aborted) return;
    // The wait ends early when the user leaves.
    await sleep(lookEveryMs, undefined, { signal: leave }).catch(() => undefined);
  }
}

/** The complete lines of a log that are new since the last call. */
class LogTail {
  readonly #path: string;
  readonly #buffer = new Uint8Array(1 << 16);
  #lines: Buffer[] = [];
  #file: FollowedFile;
  #isFirst = true;

  constructor(path: string) {
    this.#path = path;
    this.#file = this.#open();
  }

  read(): Buffer {
    // An attached process has written the log again: what it held before was shown.
    if (this.#readAll() === "replaced") {
      this.#file = this.#open();
      this.#readAll();
      this.#lines = [];
    }
    const bytes = Buffer.concat(this.#lines.splice(0));
    if (!this.#isFirst) return bytes;
    this.#isFirst = false;
    if (bytes.length <= shownBytes) return bytes;
    return bytes.subarray(bytes.indexOf("\n", bytes.length - shownBytes) + 1);
  }

  #open(): FollowedFile {
    return new FollowedFile(this.#path, (bytes, start, end) =>
      this.#lines.push(Buffer.from(bytes.subarray(start, end))),
    );
  }

  #readAll(): "replaced" | "read" {
    for (;;) {
      const { kind } = this.#file.readOn(this.#buffer, 1 << 20);
      if (kind === "replaced") return kind;
      if (kind !== "read") return "read";
      if (this.#isFirst) this.#keepLast();
    }
  }

  /** Of a long log only the end is shown. */
  #keepLast(): void {
    const all = Buffer.concat(this.#lines.splice(0));
    this.#lines = [all.subarray(Math.max(0, all.length - 2 * shownBytes))];
  }
}
