import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { type ArchiveKind, archiveKindOf } from "../../foundation/bytes/archive-kind.ts";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { onDisk } from "../disk-error.ts";
import { makeDirectory } from "../make-directory.ts";
import { openFile, unreadableFile } from "../open-file.ts";
import type { WantedFiles } from "./archive-sink.ts";
import { ArchiveSurvey } from "./archive-survey.ts";
import { ArchiveWriter, type UnpackedArchive } from "./archive-writer.ts";
import { readTar } from "./read-tar.ts";
import { readZip } from "./read-zip.ts";
import { unpackZstd } from "./unpack-zstd.ts";

/**
 * Unpacks the parts of an archive that an import reads: logs, system descriptions, scaling and power files. It does not
 * unpack the code of the round. Detects the archive type by the first bytes, not by the name.
 *
 * Reads the archive twice: first to check that it is complete and within `archiveLimits`, then to write files.
 *
 * @param folder is created
 * @param isWanted selects the files to write; default: those that an import reads
 * @throws UserError `archive-unknown`, `archive-damaged`, `archive-escapes`, `archive-too-large`, `zstd-missing`
 */
export async function unpackArchive(
  path: string,
  folder: string,
  signal: AbortSignal,
  isWanted?: WantedFiles,
): Promise<UnpackedArchive> {
  const { kind, bytes } = await lookAt(path);
  const survey = new ArchiveSurvey(path, {
    packedBytes: bytes,
    countsHeaders: kind === "zip",
    isWanted,
  });
  const writer = new ArchiveWriter(folder, isWanted);
  try {
    if (kind === "zip") {
      await readZip(path, survey, signal);
    } else {
      await readTar(counted(tarOf(path, kind), survey), survey, signal);
    }
    await onDisk({ doing: "unpack the archive", path: folder }, () => makeDirectory(folder));
    if (kind === "zip") await readZip(path, writer, signal);
    else await readTar(tarOf(path, kind), writer, signal);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new UserError(
      "archive-damaged",
      `\`${basename(path)}\` is damaged, cut off, or not an archive of files`,
      {
        at: path,
        saw: error.message,
        hint: "download it again",
        cause: error,
      },
    );
  }
  return writer.unpacked();
}

async function* counted(pieces: AsyncIterable<unknown>, survey: ArchiveSurvey): AsyncGenerator {
  for await (const piece of pieces) {
    if (piece instanceof Uint8Array) survey.countUnpacked(piece.length);
    yield piece;
  }
}

async function lookAt(path: string): Promise<{ kind: ArchiveKind; bytes: number }> {
  const opened = await openFile(path, { followsLinks: true });
  if (opened.kind !== "opened") throw unreadableFile(path, opened);
  const head = new Uint8Array(512);
  try {
    await opened.file.read(head, 0, head.length, 0);
  } finally {
    await opened.file.close();
  }
  const kind = archiveKindOf(head);
  if (kind !== undefined) return { kind, bytes: opened.status.size };
  throw new UserError("archive-unknown", `\`${basename(path)}\` is not a supported archive`, {
    at: path,
    hint: "supported: a folder, .tar, .tar.gz, .tgz, .tar.zst or .zip",
  });
}

async function* tarOf(path: string, kind: Exclude<ArchiveKind, "zip">): AsyncGenerator {
  if (kind === "zstd") return yield* unpackZstd(path);
  const opened = await openFile(path, { followsLinks: true });
  if (opened.kind !== "opened") throw unreadableFile(path, opened);
  const packed = opened.file.createReadStream({ highWaterMark: 1024 * 1024 });
  if (kind === "tar") return yield* packed;
  const plain = createGunzip({ chunkSize: 1024 * 1024 });
  packed.on("error", (error) => plain.destroy(error));
  try {
    yield* packed.pipe(plain);
  } finally {
    packed.destroy();
  }
}

/** Errors that the parsers and zlib throw for invalid bytes. */
function isDamage(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof UserError) return false;
  return error instanceof RangeError || errorCode(error)?.startsWith("Z_") === true;
}
