import { link, open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../foundation/errors/error-code.ts";

/**
 * Writes a complete file, so that readers see all or none of it, also after a power failure. The temporary name starts
 * with a dot; readers ignore a file left by a killed process.
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  await writeDraft({ path, text, mode: 0o666 }, (temporary) => rename(temporary, path));
}

/**
 * Like `writeAtomically`, for a file that only its owner can read and that must not exist yet.
 *
 * @returns `exists` if there is already a file with that name; it is left unchanged
 */
export async function createPrivately(path: string, text: string): Promise<"created" | "exists"> {
  try {
    await writeDraft({ path, text, mode: 0o600 }, async (temporary) => {
      await link(temporary, path);
      await unlink(temporary);
    });
    return "created";
  } catch (error) {
    if (errorCode(error) === "EEXIST") return "exists";
    throw error;
  }
}

async function writeDraft(
  { path, text, mode }: { path: string; text: string; mode: number },
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.${process.pid}.tmp`);
  const file = await open(temporary, "w", mode);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await publish(temporary);
  } catch (error) {
    // The first error is the one to report; an error during cleanup does not matter.
    await file.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncDirectory(directory);
}

/** Syncs a directory, so that its entries survive a power failure. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems do not support this for directories; they make names durable in another way.
    if (errorCode(error) !== "EINVAL") throw error;
  } finally {
    await handle.close();
  }
}
