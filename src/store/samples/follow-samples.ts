import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  type HostSample,
  type StepSample,
  telemetrySample,
} from "../../schema/run/measured/telemetry-sample.ts";
import { refusalOf } from "../open-file.ts";
import { holdRecordDirectory } from "../records/read/open-record-file.ts";
import { isRecordFile, samplesDirectory } from "../records/record-files.ts";
import { type FilePosition, FollowedFile } from "./follow-file.ts";
import { readBuffer } from "./read-buffer.ts";
import { StepLineScanner } from "./scan-step-line.ts";
import { StepColumns, type StepPart, type StepRow } from "./step-columns.ts";

const lineFeed = 10;
/** After this many bytes, other work gets a turn. */
const bytesInOneGo = 4 << 20;
const filesInOneGo = 256;
/** For all hosts together; only the newest are kept. More than a day for one host with one sample per second. */
const maximumHostSamples = 100_000;

/** Which files of samples/ are read: only those of hosts, or all. */
export type SamplesWanted = "host" | "all";

/** What was read of some files, so that another reader can continue. */
export interface SamplesPart {
  steps: StepPart;
  host: readonly HostSample[];
  unreadableCount: number;
  files: readonly { name: string; position: FilePosition }[];
}

/** A sample file in its current state on disk. */
export interface SampleFileState {
  name: string;
  sizeBytes: number;
  modifiedMs: number;
  inode: number;
}

/** The telemetry of one record, read as it grows. */
export class FollowedSamples {
  readonly #record: string;
  readonly #directory: string;
  readonly #scanner = new StepLineScanner();
  readonly #files = new Map<string, FollowedFile>();
  readonly #only: ReadonlySet<string> | undefined;
  readonly #noSteps = new StepColumns();
  #steps = new StepColumns();
  #hasReadSteps = false;
  readonly #samplesByHost = new Map<string, HostSample[]>();
  #hostSampleCount = 0;
  #unreadableCount = 0;
  #generation = 0;
  #directoryMs = 0;
  #wanted: SamplesWanted = "host";

  /**
   * @param recordDirectory of the run, absolute
   * @param only the files to read, if not all
   */
  constructor(recordDirectory: string, only?: ReadonlySet<string>) {
    this.#record = recordDirectory;
    this.#directory = join(recordDirectory, samplesDirectory);
    this.#only = only;
  }

  /** Empty until all files have been read once: incomplete data would be misleading. */
  get steps(): StepColumns {
    return this.#hasReadSteps ? this.#steps : this.#noSteps;
  }

  /** Whether all existing data has been read once. */
  get hasReadSteps(): boolean {
    return this.#hasReadSteps;
  }

  /** Samples by host name, in the order in which they were written. */
  get samplesByHost(): ReadonlyMap<string, readonly HostSample[]> {
    return this.#samplesByHost;
  }

  /** Invalid lines. */
  get unreadableCount(): number {
    return this.#unreadableCount;
  }

  /** Changes when data that was read before is no longer complete. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether samples of ranks have been read here: then there is nothing to adopt. */
  get hasBegunSteps(): boolean {
    return this.#wanted === "all";
  }

  /** The current files of ranks, by name. */
  rankFiles(): SampleFileState[] {
    this.#findFiles();
    return [...this.#files.keys()]
      .filter(isOfRank)
      .toSorted()
      .flatMap((name) => fileState(this.#directory, name) ?? []);
  }

  /** All data that was read, not copied. */
  part(): SamplesPart {
    return {
      steps: this.#steps.part(),
      host: [...this.#samplesByHost.values()].flat(),
      unreadableCount: this.#unreadableCount,
      files: Array.from(this.#files, ([name, { position }]) => ({ name, position })),
    };
  }

  /** Adopts data from another reader for files that have not been read here; `readOn` continues after it. */
  adopt({ steps, host, unreadableCount, files }: SamplesPart): void {
    this.#findFiles();
    this.#steps.adopt(steps);
    for (const sample of host) this.#storeHost(sample);
    this.#unreadableCount += unreadableCount;
    for (const { name, position } of files) this.#files.get(name)?.continueFrom(position);
  }

  /** Reads new data in the requested files, yielding to other work regularly. */
  async readOn(wanted: SamplesWanted = this.#wanted): Promise<void> {
    if (wanted === "all") this.#wanted = "all";
    this.#findFiles();
    const held = holdRecordDirectory(this.#record, samplesDirectory);
    if (held !== undefined) {
      try {
        if ((await this.#readFiles(held.base, wanted)) === "replaced") return this.#startAgain();
      } finally {
        held.close();
      }
    }
    if (wanted === "all") this.#hasReadSteps = true;
  }

  async #readFiles(base: string, wanted: SamplesWanted): Promise<"read" | "replaced"> {
    let filesInThisGo = 0;
    for (const [name, file] of this.#files) {
      if (wanted === "host" && isOfRank(name)) continue;
      const openAs = join(base, name);
      let followed = file.readOn(readBuffer(), bytesInOneGo, openAs);
      while (followed.kind === "read" && followed.byteCount >= bytesInOneGo) {
        await giveWay();
        followed = file.readOn(readBuffer(), bytesInOneGo, openAs);
      }
      if (followed.kind === "replaced") return "replaced";
      filesInThisGo += 1;
      if (filesInThisGo % filesInOneGo === 0) await giveWay();
    }
    return "read";
  }

  #startAgain(): Promise<void> {
    this.#files.clear();
    this.#steps = new StepColumns();
    this.#hasReadSteps = false;
    this.#samplesByHost.clear();
    this.#hostSampleCount = 0;
    this.#unreadableCount = 0;
    this.#generation += 1;
    this.#directoryMs = 0;
    return this.readOn();
  }

  #findFiles(): void {
    const changedMs = modifiedMs(this.#directory);
    if (changedMs === undefined || changedMs === this.#directoryMs) return;
    this.#directoryMs = changedMs;
    for (const name of readdirSync(this.#directory)) {
      if (this.#files.has(name) || !isRecordFile(`${samplesDirectory}/${name}`)) continue;
      if (this.#only?.has(name) === false) continue;
      const path = join(this.#directory, name);
      this.#files.set(
        name,
        new FollowedFile(path, (bytes, start, end) => this.#readLines(bytes, start, end)),
      );
    }
  }

  #readLines(bytes: Uint8Array, start: number, end: number): void {
    const scanner = this.#scanner;
    scanner.load(bytes);
    for (let from = start; from < end;) {
      const to = bytes.indexOf(lineFeed, from);
      if (to > from && !(scanner.scan(from, to) && this.#steps.push(scanner.row)))
        this.#readOther(bytes, from, to);
      from = to + 1;
    }
  }

  /** A line in another format than Pitwall's own step samples. */
  #readOther(bytes: Uint8Array, from: number, to: number): void {
    const sample = parseSample(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from));
    if (sample?.kind === "step") {
      if (this.#steps.push(rowOf(sample))) return;
    } else if (sample !== undefined) {
      this.#storeHost(sample);
      return;
    }
    this.#unreadableCount += 1;
  }

  #storeHost(sample: HostSample): void {
    if (this.#hostSampleCount >= maximumHostSamples) this.#dropOldestHostSamples();
    const known = this.#samplesByHost.get(sample.host);
    if (known === undefined) this.#samplesByHost.set(sample.host, [sample]);
    else known.push(sample);
    this.#hostSampleCount += 1;
  }

  /** Drops the oldest quarter of each host. */
  #dropOldestHostSamples(): void {
    this.#hostSampleCount = 0;
    for (const samples of this.#samplesByHost.values()) {
      const dropped = samples.splice(0, Math.ceil(samples.length / 4));
      const [first] = samples;
      // Only the first sample of a host states its size.
      const capacity = dropped.find((sample) => sample.capacity !== undefined)?.capacity;
      if (first !== undefined && capacity !== undefined) samples[0] = { capacity, ...first };
      this.#hostSampleCount += samples.length;
    }
    this.#generation += 1;
  }
}

function rowOf(sample: StepSample): StepRow {
  const {
    loss = Number.NaN,
    forwardMs = Number.NaN,
    backwardMs = Number.NaN,
    optimizerMs = Number.NaN,
  } = sample;
  return { ...sample, loss, forwardMs, backwardMs, optimizerMs };
}

function isOfRank(name: string): boolean {
  return name.startsWith("rank-");
}

/** Undefined if the file has disappeared or is not a regular file. */
function fileState(directory: string, name: string): SampleFileState | undefined {
  const stat = lstatSync(join(directory, name), { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return undefined;
  return { name, sizeBytes: stat.size, modifiedMs: stat.mtimeMs, inode: stat.ino };
}

function parseSample(line: Buffer) {
  try {
    return telemetrySample.safeParse(JSON.parse(line.toString("utf8"))).data;
  } catch {
    // Not JSON: written by another program. The caller counts it.
    return undefined;
  }
}

/** Undefined if the path is missing or not a directory; a link to a directory counts as neither. */
function modifiedMs(path: string): number | undefined {
  try {
    const status = lstatSync(path);
    return status.isDirectory() ? status.mtimeMs : undefined;
  } catch (error) {
    // Rethrows errors that are not system errors about the path.
    refusalOf(error);
    return undefined;
  }
}

function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
