import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../foundation/errors/user-error.ts";
import {
  type ExclusionEntry,
  exclusionEntry,
  excludedHosts,
  type HostExclusion,
} from "../schema/run/hosts/host-exclusion.ts";
import { onDisk } from "./disk-error.ts";
import { fileKind, readText, unreadableFile } from "./open-file.ts";
import { prepareHome } from "./records/find/home-directory.ts";

/** Hosts that runs do not use, in a home: lines are only added, so that several runs can write at the same time. */
export function exclusionsPath(home: string): string {
  return join(home, "excluded-hosts.jsonl");
}

/** @throws UserError `file-unreadable`, `exclusions-invalid` */
export async function readExclusions(home: string): Promise<HostExclusion[]> {
  const path = exclusionsPath(home);
  if ((await fileKind(path)) === "missing") return [];
  const read = await readText(path, { followsLinks: true });
  if (read.kind !== "read") throw unreadableFile(path, read);
  const lines = read.text.split("\n").filter((line) => line.trim() !== "");
  return excludedHosts(lines.map((line, at) => parseEntry(line, `${path}:${at + 1}`)));
}

/** @throws WorldError if the disk fails */
export async function addExclusionEntry(home: string, entry: ExclusionEntry): Promise<void> {
  const path = exclusionsPath(home);
  await prepareHome(home);
  await onDisk({ doing: "write the list of excluded hosts", path, chosenBy: "home" }, () =>
    appendFile(path, `${JSON.stringify(entry)}\n`),
  );
}

function parseEntry(line: string, at: string): ExclusionEntry {
  const parsed = exclusionEntry.safeParse(parsedJson(line));
  if (parsed.success) return parsed.data;
  throw new UserError("exclusions-invalid", "the list of excluded hosts cannot be read", {
    at,
    saw: line.slice(0, 200),
    hint: "correct or remove the line",
  });
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not JSON, so it does not parse as an entry either.
    return undefined;
  }
}
