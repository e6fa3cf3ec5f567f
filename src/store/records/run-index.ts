import { lstatSync } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../../foundation/error-code.ts";
import { readText } from "../open-file.ts";
import { writeAtomically } from "../write-atomically.ts";
import { requestFile, resultFile } from "./record-files.ts";
import type { RunHead } from "./run-lookup.ts";
import type { RunSummary } from "./run-store.ts";

type ReadableRun = Extract<RunSummary, { kind: "readable" }>;

/** One record in the index: how its two files looked when it was read, and what they held. */
interface IndexEntry {
  sign: string;
  head: RunHead;
  /** JSON, parsed when it is used. */
  request: string;
  result: string | undefined;
}

/** A new number whenever the schemas of run.json or result.json change: older lines are then ignored. */
const header = "pitwall run index 1";

/** Smaller homes are read faster than an index is kept. */
const fewestRecords = 50;

/** A file may change twice within one tick of the file system's clock; a record this fresh is read again. */
const settledAfterMs = 2000;

/** Rewritten once it holds this many times more lines than there are records. */
const mostLinesPerRecord = 1.5;

/**
 * `<home>/cache/runs.jsonl`: what run.json and result.json of many records hold, so that listing them
 * opens one file. Never trusted over a record: an entry counts only while both files have the inode,
 * size and times that they had when it was made. It may be deleted at any time; lines that cannot be
 * read are ignored. Several processes may append to it, each with one write.
 */
export class RunIndex {
  readonly #path: string;
  readonly #entries = new Map<string, IndexEntry>();
  #lineCount = 0;

  private constructor(path: string) {
    this.#path = path;
  }

  static async open(home: string): Promise<RunIndex> {
    const index = new RunIndex(join(home, "cache", "runs.jsonl"));
    const read = await readText(index.#path, { followsLinks: false });
    // Missing, or not a file that can be read: the index is built anew.
    if (read.kind === "read") index.#parse(read.text);
    return index;
  }

  /** The entry of a record, if its files still have this sign. */
  find(runId: string, sign: string): IndexEntry | undefined {
    const entry = this.#entries.get(runId);
    return entry?.sign === sign ? entry : undefined;
  }

  /**
   * Adds records that had to be read, or writes the file anew where much of it is out of date. A home
   * that cannot be written to has no index.
   *
   * @param runIds all records of the home
   */
  async add(
    read: readonly { run: ReadableRun; sign: string }[],
    { runIds, nowMs }: { runIds: readonly string[]; nowMs: number },
  ): Promise<void> {
    const settled = read.filter(({ sign }) => nowMs - newestMs(sign) > settledAfterMs);
    if (settled.length === 0 || runIds.length < fewestRecords) return;
    for (const { run, sign } of settled) this.#entries.set(run.runId, entryOf(run, sign));
    const lineCount = this.#lineCount + settled.length;
    const isAppended = this.#lineCount > 0 && lineCount <= runIds.length * mostLinesPerRecord;
    const written = isAppended ? settled.map(({ run }) => run.runId) : runIds;
    const text = written.map((runId) => this.#lineOf(runId)).join("");
    try {
      if (isAppended) return await appendFile(this.#path, text);
      await mkdir(dirname(this.#path), { recursive: true });
      await writeAtomically(this.#path, `${header}\n${text}`);
    } catch (error) {
      // Read-only, full, or a file in the way: lists take longer and say the same.
      if (errorCode(error) === undefined) throw error;
    }
  }

  #parse(text: string): void {
    const [first, ...lines] = text.split("\n");
    if (first !== header) return;
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
    const { sign, head, request, result = "" } = entry;
    const { createdMs, seriesId, index } = head;
    const lengths = [request.length, result.length];
    const fields = [runId, sign, createdMs, seriesId, index, ...lengths].join("\t");
    return `${fields}\t${request}\t${result}\n`;
  }
}

/** How run.json and result.json of a record look from outside; undefined where there is no run.json. */
export function signOfRecord(directory: string): string | undefined {
  const request = markOf(join(directory, requestFile));
  if (request === undefined) return undefined;
  return `${request} ${markOf(join(directory, resultFile)) ?? "-"}`;
}

/** Without the thread pool: for thousands of files that takes a tenth of the time. */
function markOf(path: string): string | undefined {
  try {
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status === undefined) return undefined;
    const { ino, size, mtimeMs, ctimeMs } = status;
    return `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
  } catch (error) {
    // What cannot be looked at is read the slow way, which gives the reason.
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

function newestMs(sign: string): number {
  const times = sign.split(" ").flatMap((mark) => mark.split(":").slice(2).map(Number));
  return Math.max(0, ...times);
}

function entryOf({ runId, request, result }: ReadableRun, sign: string): IndexEntry {
  const { createdMs, series } = request;
  return {
    sign,
    head: { runId, isReadable: true, createdMs, seriesId: series.id, index: series.index },
    request: JSON.stringify(request),
    result: result === undefined ? undefined : JSON.stringify(result),
  };
}

/** A line that is not whole, because two writes met or one was cut off, has other lengths than it says. */
function parseLine(line: string): IndexEntry | undefined {
  const fields = line.split("\t");
  const [runId = "", sign = "", createdMs, seriesId = "", index] = fields;
  const [requestLength, resultLength, request = "", result = ""] = fields.slice(5);
  const isWhole =
    fields.length === 9 &&
    request.length === Number(requestLength) &&
    result.length === Number(resultLength);
  if (!isWhole) return undefined;
  return {
    sign,
    head: { runId, isReadable: true, createdMs: Number(createdMs), seriesId, index: Number(index) },
    request,
    result: result === "" ? undefined : result,
  };
}
