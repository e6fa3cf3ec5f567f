import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { RunStore } from "../../../store/records/run-store.ts";

/**
 * The log of a recorded run by its name; undefined if a file of that name exists in the working folder or no run has
 * that name.
 */
export async function logOfRun(
  name: string,
  workingFolder: string,
  store: RunStore,
): Promise<string | undefined> {
  const isThere = await access(resolve(workingFolder, name)).then(
    () => true,
    () => false,
  );
  if (isThere) return undefined;
  const meant = await store.resolve(name);
  if (meant.kind !== "run") return undefined;
  const opened = await store.open(meant.runId);
  return opened.kind === "opened" ? join(opened.record.directory, "log.txt") : undefined;
}
