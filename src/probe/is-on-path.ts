import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether a program may be there to start: starting one that is not costs a fork of this process. */
export function isOnPath(program: string, path = process.env["PATH"]): boolean {
  // Without PATH, the system decides where to look.
  if (path === undefined) return true;
  const candidates = program.includes("/")
    ? [program]
    : path.split(delimiter).map((directory) => join(directory, program));
  return candidates.some(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Missing, or not for this user.
    return false;
  }
}
