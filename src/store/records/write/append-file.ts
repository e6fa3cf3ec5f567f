import { close, fsync, open } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { describeDiskError, type DiskAttempt } from "../../disk-error.ts";
import { writeWhole } from "../../write-whole.ts";

const openFile = promisify(open);
const closeFile = promisify(close);
const syncFile = promisify(fsync);

/** Minimum time between two writes in milliseconds, unless a batch is full. */
const writeEveryMs = 5;

interface Batch {
  bytes: Buffer;
  used: number;
}

/**
 * An append-only file for many small pieces at a high rate.
 *
 * Bytes are collected in one batch while another batch is being written, so memory use is limited
 * to a few batches and the write size follows the rate. The first write error is stored and
 * returned by every later call, so nothing is written after a gap.
 */
export class AppendFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #batchBytes: number;
  #batches: Batch[] = [];
  #unusedBatch: Batch | undefined;
  #writing: Promise<void> | undefined;
  #failure: { error: unknown } | undefined;
  #isClosed = false;
  #isClosing = false;
  #waitingForRoom: (() => void)[] = [];

  private constructor(path: string, fd: number, batchBytes: number) {
    this.#path = path;
    this.#fd = fd;
    this.#batchBytes = batchBytes;
  }

  /** @param batchBytes how much is collected before the caller has to wait; 1 MiB by default */
  static async open(path: string, batchBytes = 1 << 20): Promise<AppendFile> {
    return new AppendFile(path, await openFile(path, "a"), batchBytes);
  }

  /**
   * Copies the bytes to the end of the file; they are written soon, in large writes.
   *
   * @returns undefined: continue; a promise: await it before the next piece, or memory use grows
   */
  append(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#isClosed) throw new Error(`${this.#path} is closed`);
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    for (let done = 0; done < bytes.length;) {
      const batch = this.#batchWithRoom();
      const part = bytes.subarray(done, done + batch.bytes.length - batch.used);
      batch.bytes.set(part, batch.used);
      batch.used += part.length;
      done += part.length;
    }
    this.#writing ??= this.#writeBatches();
    return this.#batches.length > 1 ? this.#room() : undefined;
  }

  /** Resolves when the operating system has everything appended so far. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Flushes, syncs to disk (so that the data survives a power failure), and closes. */
  async finish(): Promise<void> {
    this.#isClosing = true;
    await this.flush();
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await syncFile(this.#fd);
    } catch (error) {
      throw describeDiskError(error, this.#attempt);
    } finally {
      await closeFile(this.#fd);
    }
  }

  /** Writes what it can and closes. Callers have already received the error of a failed write. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#writing;
    if (this.#isClosed) return;
    this.#isClosed = true;
    await closeFile(this.#fd);
  }

  get #attempt(): DiskAttempt {
    return { doing: "write the run record", path: this.#path, chosenBy: "record" };
  }

  /** Resolves when no full batch is waiting. */
  async #room(): Promise<void> {
    await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve));
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #giveRoom(): void {
    if (this.#batches.length > 1) return;
    for (const resolve of this.#waitingForRoom.splice(0)) resolve();
  }

  #batchWithRoom(): Batch {
    const last = this.#batches.at(-1);
    if (last !== undefined && last.used < last.bytes.length) return last;
    const fresh = this.#unusedBatch ?? { bytes: Buffer.allocUnsafeSlow(this.#batchBytes), used: 0 };
    this.#unusedBatch = undefined;
    this.#batches.push(fresh);
    return fresh;
  }

  /** Writes until nothing is waiting. Never rejects: an error is stored. */
  async #writeBatches(): Promise<void> {
    // Everything appended in this turn of the event loop is written in one call.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      for (let batch = this.#batches.shift(); batch; batch = this.#batches.shift()) {
        await writeWhole(this.#fd, batch.bytes, batch.used);
        batch.used = 0;
        this.#unusedBatch = batch;
        this.#giveRoom();
        // Many small writes cost more than the bytes in them; a single line is written immediately.
        if (this.#batches.length <= 1 && !this.#isClosing) await sleep(writeEveryMs);
      }
    } catch (error) {
      this.#failure = { error: describeDiskError(error, this.#attempt) };
      this.#batches = [];
      this.#giveRoom();
    }
    this.#writing = undefined;
  }
}
