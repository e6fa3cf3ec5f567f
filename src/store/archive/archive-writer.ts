import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { describeDiskError } from "../disk-error.ts";
import {
  type ArchiveSink,
  targetOfEntry,
  shownName,
  type SkippedEntry,
  type WantedFiles,
} from "./archive-sink.ts";

/** The result of unpacking an archive. */
export interface UnpackedArchive {
  fileCount: number;
  /** Links, devices and similar entries, which are omitted. */
  linkCount: number;
  /** The first file that an import would read but that could not be unpacked. */
  skipped: readonly SkippedEntry[];
  skippedCount: number;
}

const shownSkipped = 20;

/** Writes the archive entries that an import reads, only inside one folder. */
export class ArchiveWriter implements ArchiveSink {
  readonly #folder: string;
  readonly #isWanted: WantedFiles | undefined;
  readonly #written = new Set<string>();
  readonly #skipped: SkippedEntry[] = [];
  #skippedCount = 0;
  #linkCount = 0;
  #file: number | undefined;

  constructor(folder: string, isWanted?: WantedFiles) {
    this.#folder = folder;
    this.#isWanted = isWanted;
  }

  begin(name: string): boolean {
    this.end();
    const target = targetOfEntry(name, this.#isWanted);
    switch (target.kind) {
      case "escapes":
      case "not-wanted":
        return false;
      case "skipped":
        this.#skip(target.entry);
        return false;
      case "wanted":
        return this.#open(name, target);
    }
  }

  write(bytes: Uint8Array): void {
    const file = this.#file;
    if (file === undefined) return;
    try {
      let at = 0;
      while (at < bytes.length) at += writeSync(file, bytes, at);
    } catch (error) {
      throw this.#described(error);
    }
  }

  end(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  skipLink(): void {
    this.#linkCount++;
  }

  unpacked(): UnpackedArchive {
    return {
      fileCount: this.#written.size,
      linkCount: this.#linkCount,
      skipped: this.#skipped,
      skippedCount: this.#skippedCount,
    };
  }

  #open(name: string, { path, parts }: { path: string; parts: readonly string[] }): boolean {
    const target = join(this.#folder, ...parts);
    try {
      mkdirSync(dirname(target), { recursive: true });
      this.#file = openSync(target, "w");
    } catch (error) {
      const reason = entryFaults.get(errorCode(error));
      if (reason === undefined) throw this.#described(error);
      this.#skip({ name: shownName(name), reason });
      return false;
    }
    this.#written.add(path);
    return true;
  }

  #skip(entry: SkippedEntry): void {
    this.#skippedCount++;
    if (this.#skipped.length < shownSkipped) this.#skipped.push(entry);
  }

  #described(error: unknown): unknown {
    return describeDiskError(error, { doing: "unpack the archive", path: this.#folder });
  }
}

/** System errors for a name that cannot be used on this system although it is within the limits. */
const entryFaults: ReadonlyMap<string | undefined, string> = new Map([
  ["ENAMETOOLONG", "its name is too long for this file system"],
  ["ENOTDIR", "a file of the archive has the name of its folder"],
  ["EEXIST", "a file of the archive has the name of its folder"],
  ["EISDIR", "a folder of the archive has its name"],
  ["EILSEQ", "this file system does not accept its name"],
  ["EINVAL", "this file system does not accept its name"],
]);
