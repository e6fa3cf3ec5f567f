import { copyFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { onDisk } from "../disk-error.ts";
import { makeDirectory } from "../make-directory.ts";

/** A file in the folder to write; the path is relative to the folder. */
export interface FolderFile {
  path: string;
  content:
    | { kind: "text"; text: string }
    | { kind: "bytes"; bytes: Uint8Array }
    /** A folder, which may stay empty. */
    | { kind: "folder" }
    | { kind: "copy"; from: string };
}

/**
 * Writes a folder completely or not at all: into a temporary sibling, which is then renamed.
 *
 * @returns the absolute paths written
 * @throws UserError `folder-exists`; disk errors
 */
export async function writeFolder(folder: string, files: readonly FolderFile[]): Promise<string[]> {
  const draft = `${folder}.draft-${process.pid}`;
  return onDisk({ doing: "write the folder", path: folder, chosenBy: "--out" }, async () => {
    try {
      for (const file of files) await writeInto(draft, file);
      await moveDraft(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    return files
      .filter(({ content }) => content.kind !== "folder")
      .map((file) => join(folder, file.path));
  });
}

async function writeInto(draft: string, { path, content }: FolderFile): Promise<void> {
  const target = join(draft, path);
  await makeDirectory(dirname(target));
  switch (content.kind) {
    case "folder":
      await makeDirectory(target);
      return undefined;
    case "copy":
      return copyFile(content.from, target);
    case "text":
      return writeFile(target, content.text);
    case "bytes":
      return writeFile(target, content.bytes);
  }
}

async function moveDraft(draft: string, folder: string): Promise<void> {
  try {
    // An empty folder can be replaced; any other folder may contain user files.
    await rename(draft, folder);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOTDIR") throw error;
    throw new UserError("folder-exists", `\`${folder}\` already exists`, {
      hint: "choose another folder with `--out`, or move it away",
      cause: error,
    });
  }
}
