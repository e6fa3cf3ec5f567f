import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../foundation/error-code.ts";
import { UserError } from "../../foundation/user-error.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import { onDisk } from "../disk-error.ts";
import { openDiskRunWriter } from "./disk-run-writer.ts";
import { prepareHome } from "./home-directory.ts";
import { isRecordFile, resultFile, samplesDirectory, type RecordFiles } from "./record-files.ts";
import { isSafeId } from "./run-id.ts";
import type { CreateOutcome, RunStore } from "./run-store.ts";
import { syncDirectory } from "../write-atomically.ts";

/** Run records under `<home>/runs`; the home is made when the first record is. */
export function diskRunStore(home: string): RunStore {
  const files = diskRecordFiles(join(home, "runs"));
  // What reads records loads their schemas, which a run that is about to start need not wait for.
  const listing = { doing: "list the runs", path: home };
  return {
    create: (request) => createRecord(home, files, request),
    list: () =>
      onDisk(listing, async () => {
        const { listRuns } = await import("./find-runs.ts");
        return listRuns(files);
      }),
    open: (runId) =>
      onDisk({ doing: "read the run record", path: home }, async () => {
        const { openRecord } = await import("./read-record.ts");
        return openRecord(files, runId);
      }),
    resolve: (text) =>
      onDisk(listing, async () => {
        const { resolveRun } = await import("./find-runs.ts");
        return resolveRun(files, text);
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
    throw new UserError("run-id-invalid", `\`${runId}\` cannot be the name of a run`, {
      hint: "use letters, digits, `.`, `_` and `-`, up to 200, beginning with a letter or digit",
    });
  }
  const runs = await prepareHome(home);
  const directory = files.directory(runId);
  return onDisk({ doing: "make the run record", path: directory }, async () => {
    if (!(await makeExclusively(directory))) return { kind: "id-taken", runId };
    try {
      await syncDirectory(runs);
      return { kind: "created", writer: await openDiskRunWriter(files, request) };
    } catch (error) {
      // Nothing has run yet, so nothing is lost with it; the first failure is the one to tell.
      await rm(directory, { recursive: true, force: true }).catch(() => undefined);
      throw error;
    }
  });
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

function diskRecordFiles(runs: string): RecordFiles {
  const directory = (runId: string): string => join(runs, runId);
  const pathOf = (runId: string, fileName: string): string => join(runs, runId, fileName);
  return {
    directory,
    async runIds() {
      const entries = await orIfAbsent([], () => readdir(runs, { withFileTypes: true }));
      const directories = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
      return directories.map((entry) => entry.name).filter(isSafeId);
    },
    async exists(runId) {
      if (!isSafeId(runId)) return false;
      const found = await orIfAbsent(undefined, () => stat(directory(runId)));
      return found?.isDirectory() ?? false;
    },
    readText: (runId, fileName) =>
      orIfAbsent(undefined, () => readFile(pathOf(runId, fileName), "utf8")),
    async *readBytes(runId, fileName) {
      try {
        yield* createReadStream(pathOf(runId, fileName), { highWaterMark: 1 << 18 });
      } catch (error) {
        if (errorCode(error) !== "ENOENT") throw error;
      }
    },
    async fileNames(runId) {
      const top = await orIfAbsent([], () => readdir(directory(runId)));
      const samples = await orIfAbsent([], () => readdir(pathOf(runId, samplesDirectory)));
      const names = [...top, ...samples.map((name) => `${samplesDirectory}/${name}`)];
      return names.filter((name) => name !== resultFile && isRecordFile(name)).toSorted();
    },
  };
}

async function orIfAbsent<Value>(absent: Value, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return absent;
    throw error;
  }
}
