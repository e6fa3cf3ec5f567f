import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../../foundation/errors/error-code.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import { ownerLife } from "./process-owner.ts";

const lockFile = "attach.lock";

type Owner = RunRequest["owner"];

/**
 * Lets only one process take over a record. A lock whose process has died is replaced.
 *
 * @returns removes the lock
 * @throws UserError `run-attached`
 */
export async function lockRecord(directory: string, owner: Owner): Promise<() => Promise<void>> {
  const path = join(directory, lockFile);
  const content = JSON.stringify(owner);
  if (!(await createLock(path, content))) {
    const holder = await readOwner(path);
    if (holder !== undefined && (await ownerLife(holder)) !== "gone") throw heldError(holder);
    await rm(path, { force: true });
    if (!(await createLock(path, content))) throw heldError(await readOwner(path));
  }
  return () => rm(path, { force: true });
}

async function createLock(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: "wx" });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof found !== "object" || found === null) return undefined;
    if (!("hostname" in found) || !("pid" in found)) return undefined;
    const { hostname, pid } = found;
    if (typeof hostname !== "string" || typeof pid !== "number") return undefined;
    const ticks = "processStartedTicks" in found ? found.processStartedTicks : undefined;
    return { hostname, pid, ...(typeof ticks === "number" ? { processStartedTicks: ticks } : {}) };
  } catch {
    // Removed meanwhile, or cut off when its process was killed.
    return undefined;
  }
}

function heldError(holder: Owner | undefined): UserError {
  const who = holder === undefined ? "another process" : `process ${holder.pid}`;
  return new UserError("run-attached", `${who} is taking over this run`, {
    hint: "try again in a moment: `pitwall attach` then follows it",
  });
}
