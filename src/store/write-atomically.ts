import { link, open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../foundation/error-code.ts";

/**
 * Writes a whole file so that a reader, and a machine that loses power, sees all of it or none.
 * The temporary name begins with a dot; a leftover from a killed process is ignored by readers.
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  await writeDraft({ path, text, mode: 0o666 }, (temporary) => rename(temporary, path));
}

/**
 * As `writeAtomically`, of a file that only its owner can read, and that must not exist yet.
 *
 * @returns `exists` where there is a file of that name; it is left as it is
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
    // The first failure is the one to report; whether tidying up works changes nothing about it.
    await file.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncDirectory(directory);
}

/** Makes the names in a directory survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot do this for directories; names are safe there in their own way.
    if (errorCode(error) !== "EINVAL") throw error;
  } finally {
    await handle.close();
  }
}
