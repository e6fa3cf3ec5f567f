import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { endianness } from "node:os";
import { dirname } from "node:path";
import { z } from "zod";
import { makeDirectory } from "../make-directory.ts";
import { openFile } from "../open-file.ts";
import type { SampleFileState, SamplesPart } from "./follow-samples.ts";
import { computePhases, type ComputePhase, type StepChunk } from "./step-columns.ts";

// The columns of a finished run in their in-memory layout, so that they are read in one piece instead of being parsed
// from the samples again. The record takes precedence: a file that is missing, outdated or truncated is not used.

/** Increment on every change of the stored data or of how a line is parsed. */
const formatVersion = 3;
/** The length of the heading, padded to a multiple of eight bytes, as 32 bits. */
const lengthBytes = 8;
const maximumHeadingBytes = 1 << 26;

const heading = z.object({
  formatVersion: z.literal(formatVersion),
  byteOrder: z.literal(endianness()),
  /** The files that the columns were created from. */
  files: z.array(
    z.object({
      name: z.string(),
      sizeBytes: z.number(),
      modifiedMs: z.number(),
      inode: z.number(),
      /** Offset after the last complete line. */
      offset: z.number(),
    }),
  ),
  rowCount: z.number().int().positive(),
  rankRoom: z.number().int().nonnegative(),
  firstTimeMs: z.number(),
  lastTimeMs: z.number(),
  hasLoss: z.boolean(),
  /** Whether columns of the parts of the computation follow. */
  hasPhases: z.boolean(),
  maximumSamples: z.number(),
  unreadableCount: z.number().int().nonnegative(),
});
type Heading = z.output<typeof heading>;

const doubles = ["timeMs", "samplesCount", "loss"] as const;
const singles = ["computeMs", "communicationMs", "dataWaitMs", "otherMs"] as const;

function rowBytes({ hasPhases }: { hasPhases: boolean }): number {
  const singleCount = singles.length + (hasPhases ? computePhases.length : 0);
  return doubles.length * 8 + 4 + singleCount * 4;
}

/** The stored columns of files that have not changed since; undefined if there are none. */
export async function readColumnsFile(
  path: string,
  files: readonly SampleFileState[],
): Promise<SamplesPart | undefined> {
  let file: FileHandle | undefined;
  try {
    const opened = await openFile(path, { followsLinks: false });
    if (opened.kind !== "opened") return undefined;
    ({ file } = opened);
    const { size } = opened.status;
    const [headingLength = 0] = new Uint32Array(await readBytes(file, 0, 4));
    if (headingLength > Math.min(size, maximumHeadingBytes)) return undefined;
    const text = Buffer.from(await readBytes(file, lengthBytes, headingLength)).toString("utf8");
    const known = heading.parse(JSON.parse(text));
    const start = lengthBytes + headingLength;
    const bodyBytes = known.rankRoom * 8 + known.rowCount * rowBytes(known);
    if (size !== start + bodyBytes || !isOf(known, files)) return undefined;
    return partOf(known, await readBytes(file, start, bodyBytes));
  } catch {
    // Absent, unreadable or damaged: the samples are read instead.
    return undefined;
  } finally {
    await file?.close();
  }
}

async function readBytes(file: FileHandle, from: number, length: number): Promise<ArrayBuffer> {
  const bytes = new ArrayBuffer(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(new Uint8Array(bytes, done), { position: from + done });
    if (bytesRead === 0) throw new Error("the file ends early");
    done += bytesRead;
  }
  return bytes;
}

function isOf(known: Heading, files: readonly SampleFileState[]): boolean {
  return (
    known.files.length === files.length &&
    known.files.every((was, index) => {
      const is = files[index];
      return (
        is !== undefined &&
        was.name === is.name &&
        was.sizeBytes === is.sizeBytes &&
        was.modifiedMs === is.modifiedMs &&
        was.inode === is.inode
      );
    })
  );
}

function partOf(known: Heading, body: ArrayBuffer): SamplesPart {
  const { rowCount, rankRoom, firstTimeMs, lastTimeMs, hasLoss, hasPhases, maximumSamples } = known;
  let at = 0;
  const take = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  const lastMsByRank = new Float64Array(body, take(rankRoom * 8), rankRoom);
  const double = () => new Float64Array(body, take(rowCount * 8), rowCount);
  const single = () => new Float32Array(body, take(rowCount * 4), rowCount);
  const phase = () => (hasPhases ? single() : new Float32Array(0));
  const chunk: StepChunk = {
    rowCount,
    timeMs: double(),
    samplesCount: double(),
    loss: double(),
    rank: new Uint32Array(body, take(rowCount * 4), rowCount),
    computeMs: single(),
    communicationMs: single(),
    dataWaitMs: single(),
    otherMs: single(),
    forwardMs: phase(),
    backwardMs: phase(),
    optimizerMs: phase(),
  };
  return {
    steps: {
      chunks: [chunk],
      lastMsByRank,
      firstTimeMs,
      lastTimeMs,
      hasLoss,
      hasPhases,
      maximumSamples,
    },
    host: [],
    unreadableCount: known.unreadableCount,
    files: known.files.map(({ name, offset, inode }) => ({ name, position: { offset, inode } })),
  };
}

/**
 * Saves columns, completely or not at all.
 *
 * @returns false if there is nothing to save: no rows, or host samples among them, which have no column
 */
export async function writeColumnsFile(
  path: string,
  files: readonly SampleFileState[],
  { steps, host, unreadableCount, files: positions }: SamplesPart,
): Promise<boolean> {
  const { chunks, lastMsByRank, ...sums } = steps;
  const rowCount = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  if (rowCount === 0 || host.length > 0) return false;
  const offsets = new Map(positions.map(({ name, position }) => [name, position.offset]));
  const known: Heading = {
    formatVersion,
    byteOrder: endianness(),
    files: files.map((file) => ({ ...file, offset: offsets.get(file.name) ?? 0 })),
    rowCount,
    rankRoom: lastMsByRank.length,
    ...sums,
    unreadableCount,
  };
  const columns = [
    lastMsByRank,
    ...[...doubles, "rank" as const, ...singles].flatMap((name) =>
      chunks.map((chunk) => chunk[name].subarray(0, chunk.rowCount)),
    ),
    ...(known.hasPhases ? computePhases : []).flatMap((phase) =>
      chunks.map((chunk) => phaseColumn(chunk, phase)),
    ),
  ];
  await makeDirectory(dirname(path));
  const draft = `${path}.${process.pid}.draft`;
  try {
    await writeAll(draft, [...headingBytes(known), ...columns]);
    await rename(draft, path);
    return true;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** A chunk without such rows has no column. */
function phaseColumn(chunk: StepChunk, phase: ComputePhase): Float32Array {
  const column = chunk[phase];
  if (column.length === 0) return new Float32Array(chunk.rowCount).fill(Number.NaN);
  return column.subarray(0, chunk.rowCount);
}

/** Padded with spaces, so that the numbers after it are aligned to eight bytes. */
function headingBytes(known: Heading): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(known));
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, " ");
  padded.set(text);
  const length = new Uint32Array(lengthBytes / 4);
  length[0] = padded.length;
  return [new Uint8Array(length.buffer), padded];
}

async function writeAll(path: string, pieces: readonly NodeJS.ArrayBufferView[]): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    // Sequential writes: data written together must fit in one system call.
    for (const piece of pieces) await file.appendFile(bytesOf(piece));
  } finally {
    await file.close();
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
