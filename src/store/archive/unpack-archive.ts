import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { type ArchiveKind, archiveKindOf } from "../../foundation/archive-kind.ts";
import { errorCode } from "../../foundation/error-code.ts";
import { UserError } from "../../foundation/user-error.ts";
import { onDisk } from "../disk-error.ts";
import { ArchiveWriter, type UnpackedArchive } from "./archive-writer.ts";
import { readTar } from "./read-tar.ts";
import { readZip } from "./read-zip.ts";
import { unpackZstd } from "./unpack-zstd.ts";

/**
 * Unpacks what an import reads of an archive: logs, system descriptions, scaling and power files. The rest of a round,
 * its code, stays packed. What the archive is shows in its first bytes, whatever its name.
 *
 * @param folder is made
 * @throws UserError `archive-unknown`, `archive-damaged`, `archive-escapes`, `archive-too-large`, `zstd-missing`
 */
export async function unpackArchive(
  path: string,
  folder: string,
  signal: AbortSignal,
): Promise<UnpackedArchive> {
  const kind = await kindOf(path);
  await onDisk({ doing: "unpack the archive", path: folder }, () =>
    mkdir(folder, { recursive: true }),
  );
  const writer = new ArchiveWriter(path, folder);
  try {
    if (kind === "zip") await readZip(path, writer, signal);
    else await readTar(tarOf(path, kind), writer, signal);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new UserError(
      "archive-damaged",
      `\`${basename(path)}\` is damaged, cut off, or no archive of files`,
      {
        at: path,
        saw: error.message,
        hint: "fetch it again",
        cause: error,
      },
    );
  }
  return writer.unpacked();
}

async function kindOf(path: string): Promise<ArchiveKind> {
  const head = new Uint8Array(512);
  const file = await onDisk({ doing: "read the archive", path }, () => open(path, "r"));
  try {
    await file.read(head, 0, head.length, 0);
  } finally {
    await file.close();
  }
  const kind = archiveKindOf(head);
  if (kind !== undefined) return kind;
  throw new UserError("archive-unknown", `\`${basename(path)}\` is no archive that can be read`, {
    at: path,
    hint: "give a folder, or an archive: .tar, .tar.gz, .tgz, .tar.zst or .zip",
  });
}

function tarOf(path: string, kind: Exclude<ArchiveKind, "zip">): AsyncIterable<unknown> {
  if (kind === "zstd") return unpackZstd(path);
  const packed = createReadStream(path, { highWaterMark: 1024 * 1024 });
  if (kind === "tar") return packed;
  const plain = createGunzip({ chunkSize: 1024 * 1024 });
  packed.on("error", (error) => plain.destroy(error));
  return packed.pipe(plain);
}

/** What the parsers and zlib throw at bytes that make no sense. */
function isDamage(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof UserError) return false;
  return error instanceof RangeError || errorCode(error)?.startsWith("Z_") === true;
}
