import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { errorCode } from "../../foundation/error-code.ts";
import { UserError } from "../../foundation/user-error.ts";
import { unpackArchive } from "../../store/archive/unpack-archive.ts";

/** A folder with results in it; an archive's is unpacked for the time. */
export interface OpenSource {
  folder: string;
  close(): Promise<void>;
}

export type SourceEvent =
  | { kind: "unpacking"; archive: string }
  | { kind: "unpacked"; archive: string; fileCount: number; linkCount: number }
  | { kind: "opened"; source: OpenSource };

/**
 * Makes a folder of each source.
 *
 * @throws UserError `source-missing`, `archive-holds-no-round`, and what `unpackArchive` throws
 */
export async function* openResultSources(
  sources: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<SourceEvent> {
  for (const path of sources) {
    if (await isFolder(path)) {
      yield { kind: "opened", source: { folder: path, close: () => Promise.resolve() } };
      continue;
    }
    yield { kind: "unpacking", archive: path };
    const scratch = await mkdtemp(join(tmpdir(), "pitwall-import-"));
    const close = (): Promise<void> => rm(scratch, { recursive: true, force: true });
    // The archive's name may be all that says which round it is.
    const folder = join(scratch, basename(path).replace(/\.(?:tar|tgz|zip)\b.*$/, ""));
    // Handed over before it is filled, so that it is taken away whatever happens.
    yield { kind: "opened", source: { folder, close } };
    const unpacked = await unpackArchive(path, folder, signal);
    if (unpacked.fileCount === 0) throw noRound(path);
    yield { kind: "unpacked", archive: path, ...unpacked };
  }
}

function noRound(path: string): UserError {
  return new UserError("archive-holds-no-round", `\`${basename(path)}\` holds no logs of a round`, {
    at: path,
    hint: "logs are expected as <organisation>/results/<system>/<benchmark>/result_<n>.txt",
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errorCode(error) !== "ENOENT" && errorCode(error) !== "ENOTDIR") throw error;
    throw new UserError("source-missing", `there is no file or folder \`${path}\``, {
      hint: "give the folder of a round, or an archive of it: .tar, .tar.gz, .tgz, .tar.zst or .zip",
      cause: error,
    });
  }
}
