import { readlink, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { listDirectory, refusalOf, sizeOnDisk } from "../open-file.ts";

/** The files of a submitter that a Git repository does not take well. Paths are relative to the submitter's folder. */
export interface SubmitterFiles {
  /** With a space, or a dot at the start. */
  unsuitableNames: string[];
  largeFiles: { path: string; bytes: number }[];
  brokenLinks: string[];
  /** To files outside of the folder that holds the submitters, or by an absolute path. */
  outerLinks: string[];
}

/** Larger files are refused by the repository checker (mlcommons/logging, repo_checker). */
export const largestFileBytes = 50 * 1024 * 1024;

/** Walks all files of a submitter, without following links. */
export async function walkSubmitter(folder: string): Promise<SubmitterFiles> {
  const found: SubmitterFiles = {
    unsuitableNames: [],
    largeFiles: [],
    brokenLinks: [],
    outerLinks: [],
  };
  await walk(folder, folder, found);
  return found;
}

async function walk(root: string, folder: string, found: SubmitterFiles): Promise<void> {
  const listed = await listDirectory(folder);
  if (listed.kind !== "listed") return;
  for (const entry of listed.entries) {
    const absolute = join(folder, entry.name);
    const path = relative(root, absolute).split(sep).join("/");
    if (entry.name.startsWith(".") || entry.name.includes(" ")) found.unsuitableNames.push(path);
    if (entry.isDirectory()) await walk(root, absolute, found);
    else if (entry.isSymbolicLink()) await checkLink(absolute, { root, path }, found);
    else if (entry.isFile()) checkSize(absolute, path, found);
  }
}

async function checkLink(
  absolute: string,
  { root, path }: { root: string; path: string },
  found: SubmitterFiles,
): Promise<void> {
  try {
    const upload = await realpath(dirname(root));
    const leadsOut = !(await realpath(absolute)).startsWith(`${upload}${sep}`);
    if (leadsOut || isAbsolute(await readlink(absolute))) found.outerLinks.push(path);
  } catch (error) {
    // A link in a loop has no target either.
    if (refusalOf(error).kind !== "failed") found.brokenLinks.push(path);
  }
}

function checkSize(absolute: string, path: string, found: SubmitterFiles): void {
  // 0 for a file that disappeared, or whose name is not UTF-8.
  const bytes = sizeOnDisk(absolute);
  if (bytes > largestFileBytes) found.largeFiles.push({ path, bytes });
}
