import { close, fdatasync, ftruncate, open } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describeDiskError } from "../../disk-error.ts";
import { writeWhole } from "../../write-whole.ts";

const openFile = promisify(open);
const closeFile = promisify(close);
const syncData = promisify(fdatasync);
const truncateFile = promisify(ftruncate);
const lineFeed = 10;

/**
 * A file with few lines, all of them important. Each write must finish before the next one starts.
 */
export class LineFile {
  readonly #path: string;
  readonly #fd: number;
  #wholeBytes = 0;
  #failure: { error: unknown } | undefined;
  #isClosed = false;

  private constructor(path: string, fd: number, wholeBytes = 0) {
    this.#path = path;
    this.#fd = fd;
    this.#wholeBytes = wholeBytes;
  }

  /** Creates the file; it must not exist yet. */
  static async create(path: string): Promise<LineFile> {
    return new LineFile(path, await openFile(path, "ax"));
  }

  /** Continues a file whose writer has died: cuts off what follows its last complete line. */
  static async continue(path: string): Promise<LineFile> {
    const text = await readFile(path);
    const wholeBytes = text.lastIndexOf(lineFeed) + 1;
    const fd = await openFile(path, "a");
    if (wholeBytes < text.length) await truncateFile(fd, wholeBytes);
    return new LineFile(path, fd, wholeBytes);
  }

  /**
   * Appends one line and resolves when the line would survive a power failure. A partially written
   * line is truncated, so that another line can follow.
   */
  async appendLine(line: string): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#isClosed) throw new Error(`${this.#path} is closed`);
    const bytes = Buffer.from(`${line}\n`);
    try {
      await writeWhole(this.#fd, bytes, bytes.length);
      await syncData(this.#fd);
      this.#wholeBytes += bytes.length;
    } catch (error) {
      const described = describeDiskError(error, {
        doing: "write the run record",
        path: this.#path,
        chosenBy: "record",
      });
      // If the truncation fails too, no further line may be written: it would continue the torn
      // line.
      await truncateFile(this.#fd, this.#wholeBytes).catch(() => {
        this.#failure = { error: described };
      });
      throw described;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await closeFile(this.#fd);
  }
}
