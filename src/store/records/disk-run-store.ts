import { constants, lstatSync } from "node:fs";
import { lstat, mkdir, open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import { onDisk } from "../disk-error.ts";
import { fileKind, listDirectory, openFile, readText, unreadableFile } from "../open-file.ts";
import { lockRecord } from "./write/attach-lock.ts";
import { continueDiskRunWriter, openDiskRunWriter } from "./write/disk-run-writer.ts";
import { prepareHome } from "./find/home-directory.ts";
import {
  copiesDirectory,
  isRecordFile,
  labelsFile,
  resultFile,
  samplesDirectory,
  signatureFile,
  type RecordFiles,
} from "./record-files.ts";
import type { RunLookup } from "./find/run-lookup.ts";
import { isSafeId } from "./find/run-id.ts";
import type { CreateOutcome, OpenOutcome, RunRecord, RunStore, RunWriter } from "./run-store.ts";
import { syncDirectory, writeAtomically } from "../write-atomically.ts";

/**
 * Run records under `<home>/runs`; the home is created with the first record.
 *
 * @param options `nowMs`: the file system's clock, for tests
 */
export function diskRunStore(home: string, { nowMs = () => Date.now() } = {}): RunStore {
  const files = diskRecordFiles(join(home, "runs"));
  // Reading records loads their schemas; starting a run does not, because it would wait for them.
  const lookup = async (): Promise<RunLookup> => {
    const { indexedLookup } = await import("./find/indexed-lookup.ts");
    return indexedLookup(home, files, nowMs);
  };
  const listing = { doing: "list the runs", path: home, chosenBy: "home" } as const;
  return {
    create: (request) => createRecord(home, files, request),
    list: () =>
      onDisk(listing, async () => {
        const { listRuns } = await import("./find/find-runs.ts");
        return listRuns(await lookup());
      }),
    summaries: (runIds) => onDisk(listing, async () => (await lookup()).summaries(runIds)),
    open: (runId) =>
      onDisk({ doing: "read the run record", path: home, chosenBy: "record" }, async () => {
        const { openRecord } = await import("./read/read-record.ts");
        return openRecord(files, runId);
      }),
    sign: (runId, signature) =>
      onDisk({ doing: "write the signature", path: files.directory(runId) }, () =>
        writeAtomically(
          join(files.directory(runId), signatureFile),
          `${JSON.stringify(signature, undefined, 2)}\n`,
        ),
      ),
    label: (runId, change) => {
      const path = join(files.directory(runId), labelsFile);
      return onDisk({ doing: "write the labels", path, chosenBy: "record" }, () =>
        appendWholeLine(path, JSON.stringify(change)),
      );
    },
    resolve: (text) =>
      onDisk(listing, async () => {
        const { resolveRun } = await import("./find/find-runs.ts");
        return resolveRun(await lookup(), text);
      }),
  };
}

async function createRecord(
  home: string,
  files: RecordFiles,
  request: RunRequest,
): Promise<CreateOutcome> {
  const { runId } = request;
  if (!isSafeId(runId)) {
    throw new UserError("run-id-invalid", `\`${runId}\` is not a valid run id`, {
      hint: "use up to 200 letters, digits, `.`, `_` and `-`, starting with a letter or digit",
    });
  }
  const runs = await prepareHome(home);
  const directory = files.directory(runId);
  const attempt = { doing: "create the run record", path: directory, chosenBy: "home" } as const;
  return onDisk(attempt, async () => {
    if (!(await makeExclusively(directory))) return { kind: "id-taken", runId };
    try {
      await syncDirectory(runs);
      return { kind: "created", writer: await openDiskRunWriter(files, request) };
    } catch (error) {
      // Nothing has run yet, so no data is lost; the first error is the one to report.
      await rm(directory, { recursive: true, force: true }).catch(() => undefined);
      throw error;
    }
  });
}

/** In one write, so that several processes can append. The line after one that was cut off begins on its own. */
async function appendWholeLine(path: string, line: string): Promise<void> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
  const file = await open(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_RDWR, 0o644);
  try {
    const { size, nlink } = await file.stat();
    // A second name could be that of a file outside the record.
    if (nlink > 1) throw unreadableFile(path, { kind: "not-permitted", code: "EMLINK" });
    const end = await file.read({
      position: Math.max(0, size - 1),
      length: 1,
      buffer: Buffer.alloc(1),
    });
    const isCut = end.bytesRead > 0 && end.buffer.toString() !== "\n";
    await file.appendFile(`${isCut ? "\n" : ""}${line}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function makeExclusively(directory: string): Promise<boolean> {
  try {
    await mkdir(directory);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * Opens a record in any folder, under any name: its run.json contains the run id.
 *
 * @param folder contains a run.json
 */
export async function openRecordFolder(folder: string): Promise<OpenOutcome> {
  const files = diskRecordFiles(dirname(folder), () => folder);
  return onDisk({ doing: "read the run record", path: folder }, async () => {
    const { openRecord, readRunId } = await import("./read/read-record.ts");
    return openRecord(files, (await readRunId(files)) ?? basename(folder));
  });
}

/**
 * Continues a record whose Pitwall process has died.
 *
 * @throws UserError `run-attached`, `record-broken`
 */
export async function continueRecord(
  record: Pick<RunRecord, "directory" | "events" | "request">,
  owner: RunRequest["owner"],
): Promise<{ writer: RunWriter; unlock: () => Promise<void> }> {
  const { directory, events, request } = record;
  if (events.chain.kind === "broken") {
    throw new UserError("record-broken", "the events of this record were altered", {
      at: directory,
      saw: `line ${events.chain.line}: ${events.chain.reason}`,
      hint: "`pitwall stop` ends the job without its record",
    });
  }
  const unlock = await lockRecord(directory, owner);
  const files = diskRecordFiles(dirname(directory), () => directory);
  const attempt = {
    doing: "continue the run record",
    path: directory,
    chosenBy: "record",
  } as const;
  const writer = await onDisk(attempt, () =>
    continueDiskRunWriter(files, { ...request, owner }, events),
  );
  return { writer, unlock };
}

function diskRecordFiles(
  runs: string,
  directory = (runId: string): string => join(runs, runId),
): RecordFiles {
  const pathOf = (runId: string, fileName: string): string => join(directory(runId), fileName);
  return {
    directory,
    async runIds() {
      const listed = await listDirectory(runs);
      if (listed.kind === "missing") {
        await requireNoFileAt(dirname(runs));
        await requireNoFileAt(runs);
        return [];
      }
      if (listed.kind !== "listed") throw unreadableFile(runs, listed);
      const directories = listed.entries.filter(
        (entry) => entry.isDirectory() || entry.isSymbolicLink(),
      );
      return directories.map((entry) => entry.name).filter(isSafeId);
    },
    async exists(runId) {
      return isSafeId(runId) && (await fileKind(directory(runId))) === "directory";
    },
    has(runId, fileName) {
      return lstatSync(pathOf(runId, fileName), { throwIfNoEntry: false }) !== undefined;
    },
    async readText(runId, fileName) {
      const path = pathOf(runId, fileName);
      const read = await readText(path, { followsLinks: false });
      if (read.kind === "read") return read.text;
      if (read.kind === "missing") return undefined;
      throw unreadableFile(path, read);
    },
    async *readBytes(runId, fileName) {
      const opened = await openFile(pathOf(runId, fileName), { followsLinks: false });
      // A file that cannot be read has no content; verification reports it.
      if (opened.kind !== "opened") return;
      yield* opened.file.createReadStream({ highWaterMark: 1 << 18 });
    },
    async fileNames(runId) {
      const top = await namesIn(directory(runId));
      const names = [...top];
      for (const folder of [samplesDirectory, copiesDirectory]) {
        const path = pathOf(runId, folder);
        if (!top.includes(folder) || (await lstat(path)).isSymbolicLink()) continue;
        names.push(...(await namesIn(path)).map((name) => `${folder}/${name}`));
      }
      return names.filter((name) => name !== resultFile && isRecordFile(name)).toSorted();
    },
  };
}

/** A missing home has no records; a home that is not a directory is an error. */
async function requireNoFileAt(path: string): Promise<void> {
  const kind = await fileKind(path);
  if (kind === "missing" || kind === "directory") return;
  throw new UserError("home-not-a-directory", `\`${path}\` is not a directory`, {
    hint: "give a directory with `--home` or `PITWALL_HOME`",
  });
}

/** Returns no entries if the directory is missing or cannot be read. */
async function namesIn(directory: string): Promise<string[]> {
  const listed = await listDirectory(directory);
  return listed.kind === "listed" ? listed.entries.map(({ name }) => name) : [];
}
