import { basename } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import {
  archiveLimits,
  type ArchiveSink,
  targetOfEntry,
  shownName,
  type WantedFiles,
} from "./archive-sink.ts";

/**
 * Adds up the unpacked size of an archive, so that an archive beyond the limits is rejected before any file is written.
 */
export class ArchiveSurvey implements ArchiveSink {
  readonly #archive: string;
  readonly #packedBytes: number;
  readonly #countsHeaders: boolean;
  readonly #isWanted: WantedFiles | undefined;
  #entryCount = 0;
  #fileCount = 0;
  #fileBytes = 0;
  #unpackedBytes = 0;

  /** @param countsHeaders whether the sizes in headers are the only known unpacked sizes, as in a zip */
  constructor(
    archive: string,
    {
      packedBytes,
      countsHeaders,
      isWanted,
    }: { packedBytes: number; countsHeaders: boolean; isWanted?: WantedFiles | undefined },
  ) {
    this.#archive = archive;
    this.#packedBytes = packedBytes;
    this.#countsHeaders = countsHeaders;
    this.#isWanted = isWanted;
  }

  /** @throws UserError `archive-escapes`, `archive-too-large` */
  begin(name: string, bytes: number): boolean {
    this.#countEntry();
    const target = targetOfEntry(name, this.#isWanted);
    if (target.kind === "escapes") throw this.#escapes(name);
    if (target.kind !== "wanted") return false;
    if (this.#countsHeaders) this.countUnpacked(bytes);
    this.#fileCount++;
    this.#fileBytes += bytes;
    if (this.#fileCount > archiveLimits.files)
      throw this.#tooLarge(`more than ${archiveLimits.files} files`);
    if (this.#fileBytes > archiveLimits.bytes)
      throw this.#tooLarge(`more than ${archiveLimits.bytes / 1e9} GB`);
    return false;
  }

  /** Counts bytes that had to be unpacked, whether or not the entry is imported. */
  countUnpacked(bytes: number): void {
    this.#unpackedBytes += bytes;
    const ratio = this.#unpackedBytes / Math.max(this.#packedBytes, 1);
    if (this.#unpackedBytes > archiveLimits.ratioFromBytes && ratio > archiveLimits.ratio)
      throw this.#tooLarge(`more than ${archiveLimits.ratio} times its size`);
  }

  skipLink(): void {
    this.#countEntry();
  }

  /** Nothing is written, so no content is needed. */
  write(): void {}
  end(): void {}

  #countEntry(): void {
    this.#entryCount++;
    if (this.#entryCount > archiveLimits.entries)
      throw this.#tooLarge(`more than ${archiveLimits.entries} entries`);
  }

  #escapes(name: string): UserError {
    return new UserError(
      "archive-escapes",
      `\`${basename(this.#archive)}\` names a file outside its folder; nothing was unpacked`,
      {
        at: this.#archive,
        saw: `\`${shownName(name)}\``,
        hint: "unexpected file names for an MLPerf round; the archive may be unsafe",
      },
    );
  }

  #tooLarge(what: string): UserError {
    return new UserError(
      "archive-too-large",
      `\`${basename(this.#archive)}\` unpacks to ${what}; nothing was unpacked`,
      {
        at: this.#archive,
        hint: "no published round is that large; if you trust it, unpack it yourself and import the folder",
      },
    );
  }
}
