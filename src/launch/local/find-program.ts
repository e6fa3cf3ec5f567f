import { constants } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { errorCode } from "../../foundation/errors/error-code.ts";
import type { LaunchOutcome } from "../launcher.ts";

type Unlaunchable = Exclude<LaunchOutcome, { kind: "launched" | "queued" }>;
export type ProgramSearch = { kind: "found"; path: string } | Unlaunchable;

/** The search path if the environment has no PATH. */
const defaultPath = "/usr/local/bin:/usr/bin:/bin";

/**
 * Finds a program as the operating system does: a name with a slash is a path, any other name is
 * searched in the directories of PATH. Checks the working directory first, because the error of the
 * operating system is the same for a missing directory and a missing program.
 */
export async function findProgram(
  program: string,
  where: { cwd: string; path: string | undefined },
): Promise<ProgramSearch> {
  const cwdFault = await checkDirectory(where.cwd);
  if (cwdFault !== undefined) return { kind: "cwd-missing", cwd: where.cwd, reason: cwdFault };
  const directories = (where.path ?? defaultPath).split(":").map((entry) => entry || ".");
  const isPath = program.includes("/");
  const candidates = isPath
    ? [resolve(where.cwd, program)]
    : directories.map((directory) => resolve(where.cwd, directory, program));
  let refused: ProgramSearch | undefined;
  for (const path of program === "" ? [] : candidates) {
    const fault = await checkProgram(path);
    if (fault === undefined) return { kind: "found", path };
    // Like the operating system: a file that is not executable does not end the search.
    if (fault !== "absent") refused ??= { kind: "not-executable", path, reason: fault };
  }
  return (
    refused ?? { kind: "program-not-found", program, searched: isPath ? candidates : directories }
  );
}

/** Explains "no such file" for a program that exists: the interpreter in its first line is missing. */
export async function missingInterpreter(path: string): Promise<string | undefined> {
  // Opening a named pipe would block until there is a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    const [firstLine = ""] = buffer.toString("latin1", 0, bytesRead).split("\n");
    return /^#!\s*(\S+)/.exec(firstLine)?.[1];
  } finally {
    await file.close();
  }
}

async function checkDirectory(
  path: string,
): Promise<"absent" | "not-a-directory" | "not-allowed" | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return "not-a-directory";
    await access(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return directoryFaults[errorCode(error) ?? ""] ?? "absent";
  }
}

const directoryFaults: Record<string, "not-a-directory" | "not-allowed"> = {
  ENOTDIR: "not-a-directory",
  EACCES: "not-allowed",
};

async function checkProgram(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).isDirectory()) return "it is a directory";
  } catch (error) {
    return errorCode(error) === "EACCES" ? "its directory may not be entered" : "absent";
  }
  try {
    await access(path, constants.X_OK);
    return undefined;
  } catch {
    // The file exists, so the permission is missing.
    return "it has no permission to be executed";
  }
}
