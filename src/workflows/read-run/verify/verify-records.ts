import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type { RecordIntegrity, VerdictDifference } from "../../../schema/run/run-page.ts";
import { unpackArchive } from "../../../store/archive/unpack-archive.ts";
import { listDirectory } from "../../../store/open-file.ts";
import { openRecordFolder } from "../../../store/records/disk-run-store.ts";
import { isBundledFile, requestFile } from "../../../store/records/record-files.ts";
import type { OpenOutcome, RunStore } from "../../../store/records/run-store.ts";
import { integrityOf } from "./integrity-of.ts";
import { rereadRun } from "./reread-run.ts";
import { verdictDifferences } from "./verdict-differences.ts";

/** The result for one argument of `pitwall verify`; a series, a folder or a bundle may hold several records. */
export type VerifiedRecord =
  | {
      kind: "record";
      argument: string;
      runId: string;
      integrity: RecordIntegrity;
      /** Differences between result.json and the verdict from log and events. */
      verdictDifferences: readonly VerdictDifference[];
    }
  | { kind: "not-a-record"; argument: string; reason: string };

export interface RecordsToVerify {
  arguments: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

/**
 * Checks records anywhere: a run or series by name, a record's folder or a file in it, a folder of
 * records, or an archive of records. Something that cannot be read is a finding, not an error.
 */
export async function* verifyRecords(
  request: RecordsToVerify,
  store: RunStore,
): AsyncGenerator<VerifiedRecord> {
  for (const argument of request.arguments) {
    request.signal.throwIfAborted();
    yield* verifyArgument(argument, request, store);
  }
}

async function* verifyArgument(
  argument: string,
  request: RecordsToVerify,
  store: RunStore,
): AsyncGenerator<VerifiedRecord> {
  const path = resolve(request.cwd, argument);
  const kind = await kindOf(path);
  switch (kind) {
    case "absent":
      return yield* verifyNamed(argument, request, store);
    case "folder":
      return yield* verifyFolder(argument, path, request);
    case "file": {
      const isInRecord = (await kindOf(join(dirname(path), requestFile))) === "file";
      if (isInRecord && isBundledFile(basename(path)))
        return yield* verifyFolder(argument, dirname(path), request);
      return yield* verifyBundle(argument, path, request);
    }
    case "other":
      yield { kind: "not-a-record", argument, reason: "it is neither a file nor a folder" };
  }
}

async function* verifyNamed(
  argument: string,
  request: RecordsToVerify,
  store: RunStore,
): AsyncGenerator<VerifiedRecord> {
  const meant = await store.resolve(argument);
  switch (meant.kind) {
    case "run":
      return yield* verifyOpened(argument, await store.open(meant.runId), request);
    case "series":
      for (const runId of meant.runIds)
        yield* verifyOpened(argument, await store.open(runId), request);
      return;
    case "ambiguous": {
      const reason = `it is the beginning of ${meant.candidates.length} names: ${meant.candidates.slice(0, 5).join(", ")}`;
      yield { kind: "not-a-record", argument, reason };
      return;
    }
    case "unknown": {
      const nearest = meant.nearest === undefined ? "" : `; did you mean \`${meant.nearest}\`?`;
      const reason = `no run, folder or bundle has this name${nearest}`;
      yield { kind: "not-a-record", argument, reason };
    }
  }
}

/** A record's own folder, or a folder with records at most three levels down, such as a home or an unpacked bundle. */
async function* verifyFolder(
  argument: string,
  folder: string,
  request: RecordsToVerify,
): AsyncGenerator<VerifiedRecord> {
  let count = 0;
  for await (const record of recordFolders(folder, 3)) {
    request.signal.throwIfAborted();
    count += 1;
    yield* verifyOpened(argument, await openRecordFolder(record), request);
  }
  if (count === 0) {
    const reason = `it contains no ${requestFile}, so it is neither a record nor a folder of records`;
    yield { kind: "not-a-record", argument, reason };
  }
}

async function* verifyBundle(
  argument: string,
  path: string,
  request: RecordsToVerify,
): AsyncGenerator<VerifiedRecord> {
  const folder = await mkdtemp(join(tmpdir(), "pitwall-verify-"));
  try {
    await unpackArchive(path, folder, request.signal, isInBundle);
    yield* verifyFolder(argument, folder, request);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    yield { kind: "not-a-record", argument, reason: error.message };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each record has its own folder, at any depth; its samples are one level deeper. */
function isInBundle(path: string): boolean {
  const parts = path.split("/");
  return isBundledFile(parts.slice(-1).join("/")) || isBundledFile(parts.slice(-2).join("/"));
}

async function* verifyOpened(
  argument: string,
  opened: OpenOutcome,
  { env }: RecordsToVerify,
): AsyncGenerator<VerifiedRecord> {
  switch (opened.kind) {
    case "opened": {
      const { record } = opened;
      const integrity = await integrityOf(record, env);
      const differences = verdictDifferences(record, await rereadRun(record));
      const { runId } = record;
      yield { kind: "record", argument, runId, integrity, verdictDifferences: differences };
      return;
    }
    case "broken":
      yield { kind: "not-a-record", argument, reason: `\`${opened.runId}\`: ${opened.reason}` };
      return;
    case "unknown":
      yield { kind: "not-a-record", argument, reason: `\`${opened.runId}\` has just gone` };
  }
}

async function* recordFolders(folder: string, levels: number): AsyncGenerator<string> {
  if ((await kindOf(join(folder, requestFile))) === "file") return yield folder;
  if (levels === 0) return;
  const listed = await listDirectory(folder);
  if (listed.kind !== "listed") return;
  const folders = listed.entries.filter((entry) => entry.isDirectory());
  const names = folders.map((entry) => entry.name);
  for (const name of names.toSorted()) yield* recordFolders(join(folder, name), levels - 1);
}

async function kindOf(path: string): Promise<"absent" | "folder" | "file" | "other"> {
  // An inaccessible path is searched by name and then reported as absent.
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return "absent";
  if (found.isDirectory()) return "folder";
  return found.isFile() ? "file" : "other";
}
