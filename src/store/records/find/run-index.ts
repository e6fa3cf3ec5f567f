import { lstatSync, type Stats } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../../../foundation/errors/error-code.ts";
import { readText } from "../../open-file.ts";
import { writeAtomically } from "../../write-atomically.ts";
import { labelsFile, requestFile, resultFile } from "../record-files.ts";
import type { RunHead } from "./run-lookup.ts";

/** One record in an index: the state of its files when they were read, and two texts that were made from them. */
export interface IndexEntry {
  sign: string;
  head: RunHead;
  /** JSON without line breaks, parsed on use; empty if there is none. */
  texts: readonly [string, string];
}

/** A file of `<home>/cache/`. */
export interface IndexFile {
  name: string;
  /** The first line. Change it whenever the texts change their form: files with another header are ignored. */
  header: string;
}

/**
 * The request and the result of each run, so that listing many records opens one file. Change the header whenever the
 * schemas of run.json or result.json change.
 */
export const runIndexFile: IndexFile = { name: "runs.jsonl", header: "pitwall run index 1" };

/** Smaller homes are read faster without an index. */
const minimumRecords = 50;

/** A file can change twice within one tick of the file system's clock; a record this recent is read again. */
const settledAfterMs = 2000;

/** A home without an index gets one with entries of at least this part of its records, not after a look at a few. */
const minimumIndexedFraction = 0.5;

/** The file is rewritten when it has more than this many lines per record. */
const maximumLinesPerRecord = 1.5;

/**
 * A file with what was made from the run.json and result.json of many records. A record takes precedence: an entry is
 * valid only while these files and labels.jsonl have the inode, size and times that they had when the entry was written. The file can be
 * deleted at any time; invalid lines are ignored. Several processes may append to it, each with one write.
 */
export class RunIndex {
  readonly #path: string;
  readonly #header: string;
  readonly #entries = new Map<string, IndexEntry>();
  #lineCount = 0;

  private constructor(path: string, header: string) {
    this.#path = path;
    this.#header = header;
  }

  static async open(home: string, { name, header }: IndexFile): Promise<RunIndex> {
    const index = new RunIndex(join(home, "cache", name), header);
    const read = await readText(index.#path, { followsLinks: false });
    // Missing or not readable: the index is rebuilt.
    if (read.kind === "read") index.#parse(read.text);
    return index;
  }

  /** The entry of a record, if its files still have this signature. */
  find(runId: string, sign: string): IndexEntry | undefined {
    const entry = this.#entries.get(runId);
    return entry?.sign === sign ? entry : undefined;
  }

  /** When the run of a record was created, whether or not its files have changed since; milliseconds since the epoch. */
  createdMs(runId: string): number | undefined {
    return this.#entries.get(runId)?.head.createdMs;
  }

  /**
   * Adds records that had to be read, or rewrites the file if much of it is outdated. A home without write permission
   * has no index.
   *
   * @param runIds all records of the home
   */
  async add(
    read: readonly IndexEntry[],
    { runIds, nowMs }: { runIds: readonly string[]; nowMs: number },
  ): Promise<void> {
    const settled = read.filter(({ sign }) => nowMs - newestMs(sign) > settledAfterMs);
    if (settled.length === 0 || runIds.length < minimumRecords) return;
    for (const entry of settled) this.#entries.set(entry.head.runId, entry);
    const lineCount = this.#lineCount + settled.length;
    const isAppended = this.#lineCount > 0 && lineCount <= runIds.length * maximumLinesPerRecord;
    const isWorthwhile = this.#entries.size >= runIds.length * minimumIndexedFraction;
    if (!isAppended && !isWorthwhile) return;
    const written = isAppended ? settled.map(({ head }) => head.runId) : runIds;
    const text = written.map((runId) => this.#lineOf(runId)).join("");
    try {
      if (isAppended) return await appendFile(this.#path, text);
      await mkdir(dirname(this.#path), { recursive: true });
      await writeAtomically(this.#path, `${this.#header}\n${text}`);
    } catch (error) {
      // Read-only, full, or blocked by another file: listings take longer and return the same.
      if (errorCode(error) === undefined) throw error;
    }
  }

  #parse(text: string): void {
    const [first, ...lines] = text.split("\n");
    if (first !== this.#header) return;
    for (const line of lines) {
      if (line === "") continue;
      this.#lineCount += 1;
      const entry = parseLine(line);
      if (entry !== undefined) this.#entries.set(entry.head.runId, entry);
    }
  }

  #lineOf(runId: string): string {
    const entry = this.#entries.get(runId);
    if (entry === undefined) return "";
    const { sign, head, texts } = entry;
    const { createdMs, seriesId, index } = head;
    const lengths = texts.map(({ length }) => length);
    return `${[runId, sign, createdMs, seriesId, index, ...lengths, ...texts].join("\t")}\n`;
  }
}

/** Identifies the content of run.json, result.json and labels.jsonl by inode, size and time stamps; undefined without run.json. */
export function signOfRecord(directory: string): string | undefined {
  const request = markOf(`${directory}/${requestFile}`);
  if (request === undefined) return undefined;
  const labels = markOf(`${directory}/${labelsFile}`);
  const sign = `${request} ${markOf(`${directory}/${resultFile}`) ?? "-"}`;
  return labels === undefined ? sign : `${sign} ${labels}`;
}

function markOf(path: string): string | undefined {
  const status = statusOf(path);
  if (status === undefined) return undefined;
  const { ino, size, mtimeMs, ctimeMs } = status;
  return `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}

/** When run.json was written, in milliseconds since the epoch; undefined without one. */
export function writtenMs(directory: string): number | undefined {
  return statusOf(`${directory}/${requestFile}`)?.mtimeMs;
}

/** Without the thread pool, and without joining paths: for thousands of files this takes a tenth of the time. */
function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // If the files cannot be accessed, the record is read the slow way, which reports the reason.
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

function newestMs(sign: string): number {
  const times = sign.split(" ").flatMap((mark) => mark.split(":").slice(2).map(Number));
  return Math.max(0, ...times);
}

/** In an incomplete line (two mixed writes, or one cut off), the actual lengths differ from the stated ones. */
function parseLine(line: string): IndexEntry | undefined {
  const fields = line.split("\t");
  const [runId = "", sign = "", createdMs, seriesId = "", index] = fields;
  const [firstLength, secondLength, first = "", second = ""] = fields.slice(5);
  const isWhole =
    fields.length === 9 &&
    first.length === Number(firstLength) &&
    second.length === Number(secondLength);
  if (!isWhole) return undefined;
  return {
    sign,
    head: { runId, isReadable: true, createdMs: Number(createdMs), seriesId, index: Number(index) },
    texts: [first, second],
  };
}
