import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../foundation/user-error.ts";
import { describeDiskError } from "../disk-error.ts";

/** What came out of an archive. */
export interface UnpackedArchive {
  fileCount: number;
  /** Links, devices and the like: left out. */
  linkCount: number;
}

/** More than any round holds; an archive made to fill disks holds more. */
const mostFiles = 200_000;
const mostBytes = 16e9;

/** Takes the entries of an archive, and writes those that an import reads, below one folder and nowhere else. */
export class ArchiveWriter {
  readonly #archive: string;
  readonly #folder: string;
  readonly #written = new Set<string>();
  #linkCount = 0;
  #bytesWritten = 0;
  #file: number | undefined;

  constructor(archive: string, folder: string) {
    this.#archive = archive;
    this.#folder = folder;
  }

  /**
   * Begins a file, and ends the one before.
   *
   * @returns whether its bytes are wanted
   * @throws UserError `archive-escapes`, `archive-too-large`
   */
  begin(name: string): boolean {
    this.end();
    const parts = this.#partsOf(name);
    const path = parts.join("/");
    if (!isWanted(path)) return false;
    this.#written.add(path);
    if (this.#written.size > mostFiles) throw this.#tooLarge(`more than ${mostFiles} files`);
    const target = join(this.#folder, ...parts);
    this.#onDisk(() => {
      mkdirSync(dirname(target), { recursive: true });
      this.#file = openSync(target, "w");
    });
    return true;
  }

  write(bytes: Uint8Array): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#bytesWritten += bytes.length;
    if (this.#bytesWritten > mostBytes) throw this.#tooLarge(`more than ${mostBytes / 1e9} GB`);
    this.#onDisk(() => {
      let at = 0;
      while (at < bytes.length) at += writeSync(file, bytes, at);
    });
  }

  end(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  skipLink(): void {
    this.#linkCount++;
  }

  unpacked(): UnpackedArchive {
    return { fileCount: this.#written.size, linkCount: this.#linkCount };
  }

  #partsOf(name: string): string[] {
    const parts = name.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
    const leads = /^[/\\]|^[a-zA-Z]:/.test(name) || parts.includes("..") || name.includes("\0");
    if (!leads && parts.length > 0) return parts;
    throw new UserError(
      "archive-escapes",
      `\`${basename(this.#archive)}\` names a file outside its folder, and was not unpacked further`,
      {
        at: this.#archive,
        saw: `\`${name}\``,
        hint: "a round's archive has no such names; do not trust this one",
      },
    );
  }

  #tooLarge(what: string): UserError {
    return new UserError("archive-too-large", `\`${basename(this.#archive)}\` unpacks to ${what}`, {
      at: this.#archive,
      hint: "no round is that large; unpack it yourself and import the folder if you trust it",
    });
  }

  #onDisk(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw describeDiskError(error, { doing: "unpack the archive", path: this.#folder });
    }
  }
}

/** Logs, what describes systems, scaling factors, requests to the checker, and power logs. */
function isWanted(path: string): boolean {
  return (
    /(?:^|\/)(?:[^/]*result_[^/]*\.txt|entry\.json|scaling\.json|package_checker_params)$/.test(
      path,
    ) ||
    /(?:^|\/)systems\/[^/]+\.json$/.test(path) ||
    /\/power\/.+\.txt$/.test(path)
  );
}
