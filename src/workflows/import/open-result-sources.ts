import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { SkippedEntry } from "../../store/archive/archive-sink.ts";
import { unpackArchive } from "../../store/archive/unpack-archive.ts";
import type { DetectedSource } from "./detect-source.ts";

/** A folder with results; for an archive, a temporary folder that `close` removes. */
export interface OpenSource {
  folder: string;
  close(): Promise<void>;
}

export type SourceEvent =
  | { kind: "unpacking"; archive: string }
  | {
      kind: "unpacked";
      archive: string;
      fileCount: number;
      linkCount: number;
      skipped: readonly SkippedEntry[];
      skippedCount: number;
    }
  | { kind: "opened"; source: OpenSource };

/**
 * Opens each source as a folder; unpacks archives.
 *
 * @throws UserError `archive-holds-no-round`, and what `unpackArchive` throws
 */
export async function* openResultSources(
  sources: readonly DetectedSource[],
  signal: AbortSignal,
): AsyncGenerator<SourceEvent> {
  for (const { path, kind } of sources) {
    if (kind === "folder") {
      yield { kind: "opened", source: { folder: path, close: () => Promise.resolve() } };
      continue;
    }
    yield { kind: "unpacking", archive: path };
    const scratch = await mkdtemp(join(tmpdir(), "pitwall-import-"));
    const close = (): Promise<void> => rm(scratch, { recursive: true, force: true });
    // The archive name may be the only place that names the round.
    const folder = join(scratch, basename(path).replace(/\.(?:tar|tgz|zip)\b.*$/, ""));
    // Yielded before it is filled, so that it is removed even if unpacking fails.
    yield { kind: "opened", source: { folder, close } };
    const unpacked = await unpackArchive(path, folder, signal);
    if (unpacked.fileCount === 0) throw noRound(path, unpacked.skipped);
    yield { kind: "unpacked", archive: path, ...unpacked };
  }
}

function noRound(path: string, skipped: readonly SkippedEntry[]): UserError {
  return new UserError(
    "archive-holds-no-round",
    `\`${basename(path)}\` contains no logs of a round`,
    {
      at: path,
      ...(skipped.length === 0
        ? {}
        : { saw: skipped.map(({ name, reason }) => `skipped ${name}: ${reason}`).join("\n") }),
      hint: "logs are expected as <organisation>/results/<system>/<benchmark>/result_<n>.txt",
    },
  );
}
