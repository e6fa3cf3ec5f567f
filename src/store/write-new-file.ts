import { open, unlink } from "node:fs/promises";
import { errorCode } from "../foundation/errors/error-code.ts";
import { UserError } from "../foundation/errors/user-error.ts";
import { onDisk } from "./disk-error.ts";

/**
 * Writes a file that does not exist yet. If writing fails, the file is removed.
 *
 * @throws UserError `file-exists`; and what the disk reports
 */
export async function writeNewFile(
  path: string,
  pieces: Iterable<string | Uint8Array>,
): Promise<void> {
  await onDisk({ doing: "write the file", path }, async () => {
    const file = await openNew(path);
    try {
      for (const piece of pieces) await file.writeFile(piece);
      await file.close();
    } catch (error) {
      // The first failure is the one to report.
      await file.close().catch(() => undefined);
      await unlink(path).catch(() => undefined);
      throw error;
    }
  });
}

async function openNew(path: string) {
  try {
    return await open(path, "wx");
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    throw new UserError("file-exists", `\`${path}\` already exists`, {
      hint: "choose another name, or move the file away first",
      cause: error,
    });
  }
}
