import { close, fsync, open } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { describeDiskError, type DiskAttempt } from "../disk-error.ts";
import { writeWhole } from "../write-whole.ts";

const openFile = promisify(open);
const closeFile = promisify(close);
const syncFile = promisify(fsync);

/** The least time between two writes, unless a batch is full: milliseconds. */
const writeEveryMs = 5;

interface Batch {
  bytes: Buffer;
  used: number;
}

/**
 * A file that only grows, for many small pieces at a high rate.
 *
 * Bytes are collected in one batch while another is being written, so memory stays at a few
 * batches and the size of a write follows the rate. The first failed write is kept and answers
 * every later call: nothing is written behind a gap.
 */
export class AppendFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #batchBytes: number;
  #batches: Batch[] = [];
  #spare: Batch | undefined;
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

  /** @param batchBytes how much is collected before the caller is asked to wait; 1 MiB by default */
  static async open(path: string, batchBytes = 1 << 20): Promise<AppendFile> {
    return new AppendFile(path, await openFile(path, "a"), batchBytes);
  }

  /**
   * Copies the bytes behind all that came before; they reach the file soon, in large writes.
   *
   * @returns undefined: go on; a promise: await it before the next piece, or memory grows
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

  /** Flushes, makes it survive a power cut, and closes. */
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

  /** Writes what it can and closes; what a failed write lost was answered to its callers. */
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

  /** Resolves when no full batch is waiting any more. */
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
    const fresh = this.#spare ?? { bytes: Buffer.allocUnsafeSlow(this.#batchBytes), used: 0 };
    this.#spare = undefined;
    this.#batches.push(fresh);
    return fresh;
  }

  /** Writes until nothing is waiting. Never rejects: a failure is kept. */
  async #writeBatches(): Promise<void> {
    // What arrives in this turn of the event loop goes out in one write.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      for (let batch = this.#batches.shift(); batch; batch = this.#batches.shift()) {
        await writeWhole(this.#fd, batch.bytes, batch.used);
        batch.used = 0;
        this.#spare = batch;
        this.#giveRoom();
        // Many small writes cost more than the bytes in them; a line by itself goes out at once.
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
