import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { archiveKindOf } from "../../foundation/bytes/archive-kind.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { unpackArchive } from "../../store/archive/unpack-archive.ts";
import { findRoundFolder } from "../../store/logs/find-logs.ts";
import { fileKind } from "../../store/open-file.ts";
import { readFirstBytes } from "../../store/results/read-pieces.ts";

/** The arguments of a command that reads folders of logs, with each archive unpacked to a temporary folder. */
export class UnpackedArguments {
  /** In the order of the arguments: an archive's folder, or the argument itself. */
  readonly paths: string[] = [];
  /** Archives as the user typed them, by the folder of their round. */
  readonly #archives = new Map<string, string>();
  readonly #scratchFolders: string[] = [];

  /**
   * Unpacks each argument that is an archive; all others are unchanged. The caller calls `close` in any case.
   *
   * @throws UserError `archive-holds-no-logs`, and what `unpackArchive` throws
   */
  async open(
    typed: readonly string[],
    workingFolder: string,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    for (const argument of typed) {
      const path = resolve(workingFolder, argument);
      this.paths.push(
        (await isArchive(path)) ? await this.#unpack(argument, path, signal) : argument,
      );
    }
    return this.paths;
  }

  /** Removes the temporary folders. */
  async close(): Promise<void> {
    for (const folder of this.#scratchFolders) await rm(folder, { recursive: true, force: true });
  }

  /** Replaces the temporary folder in a path or a text by the name of its archive. */
  restate(text: string): string {
    let restated = text;
    for (const [folder, archive] of this.#archives)
      restated = restated.replaceAll(folder, () => archive);
    return restated;
  }

  /** An error without the temporary folder; other errors are returned unchanged. */
  restateError(error: unknown): unknown {
    if (!(error instanceof UserError) || this.#archives.size === 0) return error;
    const { at, saw, hint } = error;
    const restate = (text: string | undefined) => text && this.restate(text);
    return new UserError(error.code, this.restate(error.message), {
      at: restate(at),
      saw: restate(saw),
      hint: restate(hint),
      cause: error,
    });
  }

  async #unpack(typed: string, path: string, signal: AbortSignal): Promise<string> {
    const scratch = await mkdtemp(join(tmpdir(), "pitwall-unpacked-"));
    this.#scratchFolders.push(scratch);
    // The archive name may be the only place that names the round.
    const folder = join(scratch, basename(path).replace(/\.(?:tar|tgz|zip)\b.*$/, ""));
    this.#archives.set(folder, typed);
    const { fileCount, skipped } = await unpackArchive(path, folder, signal);
    if (fileCount === 0) {
      throw new UserError("archive-holds-no-logs", `the archive \`${typed}\` contains no logs`, {
        saw:
          skipped.length === 0 ? undefined : `skipped ${skipped[0]?.name}: ${skipped[0]?.reason}`,
        hint: "logs are expected as <organisation>/results/<system>/<benchmark>/result_<n>.txt",
      });
    }
    const round = await findRoundFolder(folder, "/");
    this.#archives.delete(folder);
    this.#archives.set(round, typed);
    return round;
  }
}

/** A file with gzip's signature may be a log: only its name identifies an archive. */
async function isArchive(path: string): Promise<boolean> {
  if ((await fileKind(path)) !== "file") return false;
  const first = await readFirstBytes(path, 512);
  const kind = first.kind === "read" ? archiveKindOf(first.bytes) : undefined;
  return kind === "gzip" ? /\.(?:tar\.gz|tgz)$/i.test(path) : kind !== undefined;
}
