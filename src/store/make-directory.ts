import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "../foundation/errors/error-code.ts";

/**
 * Creates a directory and its missing parents.
 *
 * Node's `mkdir` with `recursive` never returns on a file system such as /proc, where creating a directory in an
 * existing one fails with ENOENT: Node creates the parent again and again.
 *
 * @returns whether the directory is new
 */
export async function makeDirectory(path: string): Promise<"made" | "existed"> {
  const missing: string[] = [];
  for (let at = path; !(await isDirectory(at)); at = dirname(at)) missing.unshift(at);
  for (const directory of missing) await makeOne(directory);
  return missing.length > 0 ? "made" : "existed";
}

/** Throws if another file or an unusable path prevents the creation. */
async function isDirectory(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    // The root directory always exists, so the recursion ends.
    if (errorCode(error) === "ENOENT" && dirname(path) !== path) return false;
    throw error;
  }
  throw Object.assign(new Error(`ENOTDIR: not a directory, mkdir '${path}'`), {
    code: "ENOTDIR",
    path,
    syscall: "mkdir",
  });
}

async function makeOne(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    // Another process created it in the meantime.
    if (errorCode(error) === "EEXIST" && (await isDirectory(directory))) return;
    throw error;
  }
}
