import { UserError } from "../../foundation/errors/user-error.ts";
import type { LabelChange } from "../../schema/run/request/label-change.ts";
import type {
  LifecycleEvent,
  LifecycleEventBody,
} from "../../schema/run/events/lifecycle-event.ts";
import type { LogSource } from "../../schema/run/events/log-source.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { RecordSignature } from "../../schema/run/record-signature.ts";
import { runResult, type RunResult, type Verdict } from "../../schema/run/outcome/run-result.ts";
import type { TelemetrySample } from "../../schema/run/measured/telemetry-sample.ts";
import { emptyChain, nextEventLine } from "./read/event-chain.ts";
import { fingerprint, fingerprintText } from "./read/fingerprint-file.ts";
import { listRuns, resolveRun } from "./find/find-runs.ts";
import { LogSourceTrack } from "./write/log-source-track.ts";
import { openRecord } from "./read/read-record.ts";
import { readSummaries } from "./read/read-summaries.ts";
import { headOf, type RunLookup } from "./find/run-lookup.ts";
import type { RunSummary } from "./run-store.ts";
import {
  eventsFile,
  isRecordFile,
  labelsFile,
  logFile,
  logRanksFile,
  prepareLogFile,
  requestFile,
  resultFile,
  sampleFileName,
  signatureFile,
  type RecordFiles,
} from "./record-files.ts";
import { isSafeId } from "./find/run-id.ts";
import type { CreateOutcome, RunStore, RunWriter } from "./run-store.ts";

/** Run records in memory, with the same behavior as the disk store; for tests. */
export class MemoryRunStore implements RunStore {
  readonly #files = new MemoryRecordFiles();

  create(request: RunRequest): Promise<CreateOutcome> {
    const { runId } = request;
    if (!isSafeId(runId)) {
      const error = new UserError("run-id-invalid", `\`${runId}\` is not a valid run id`);
      return Promise.reject(error);
    }
    if (this.#files.records.has(runId)) return Promise.resolve({ kind: "id-taken", runId });
    this.#files.write(runId, requestFile, JSON.stringify(request));
    this.#files.write(runId, logFile, "");
    this.#files.write(runId, eventsFile, "");
    return Promise.resolve({ kind: "created", writer: new MemoryRunWriter(this.#files, runId) });
  }

  list(): ReturnType<RunStore["list"]> {
    return listRuns(directLookup(this.#files));
  }

  summaries(runIds: readonly string[]): ReturnType<RunStore["summaries"]> {
    return readSummaries(this.#files, runIds);
  }

  open(runId: string): ReturnType<RunStore["open"]> {
    return openRecord(this.#files, runId);
  }

  sign(runId: string, signature: RecordSignature): Promise<void> {
    this.#files.write(runId, signatureFile, JSON.stringify(signature));
    return Promise.resolve();
  }

  label(runId: string, change: LabelChange): Promise<void> {
    return this.#files.readText(runId, labelsFile).then((text = "") => {
      const isCut = text !== "" && !text.endsWith("\n");
      const line = `${isCut ? "\n" : ""}${JSON.stringify(change)}\n`;
      this.#files.append(runId, labelsFile, Buffer.from(line));
    });
  }

  resolve(text: string): ReturnType<RunStore["resolve"]> {
    return resolveRun(directLookup(this.#files), text);
  }

  /**
   * Writes a file directly, to create records that no writer would produce; undefined removes the
   * file.
   */
  tamper(runId: string, fileName: string, text: string | undefined): Promise<void> {
    if (text === undefined) this.#files.records.get(runId)?.delete(fileName);
    else this.#files.write(runId, fileName, text);
    return Promise.resolve();
  }
}

class MemoryRecordFiles implements RecordFiles {
  readonly records = new Map<string, Map<string, Uint8Array[]>>();

  runIds(): Promise<string[]> {
    return Promise.resolve([...this.records.keys()]);
  }

  directory(runId: string): string {
    return `/memory/runs/${runId}`;
  }

  exists(runId: string): Promise<boolean> {
    return Promise.resolve(this.records.has(runId));
  }

  has(runId: string, fileName: string): boolean {
    return this.records.get(runId)?.has(fileName) === true;
  }

  readText(runId: string, fileName: string): Promise<string | undefined> {
    const chunks = this.records.get(runId)?.get(fileName);
    return Promise.resolve(chunks === undefined ? undefined : Buffer.concat(chunks).toString());
  }

  async *readBytes(runId: string, fileName: string): AsyncGenerator<Uint8Array> {
    yield* this.records.get(runId)?.get(fileName) ?? [];
  }

  fileNames(runId: string): Promise<string[]> {
    const names = [...(this.records.get(runId)?.keys() ?? [])];
    return Promise.resolve(
      names.filter((name) => name !== resultFile && isRecordFile(name)).toSorted(),
    );
  }

  write(runId: string, fileName: string, text: string): void {
    const record = this.records.get(runId) ?? new Map<string, Uint8Array[]>();
    this.records.set(runId, record.set(fileName, [Buffer.from(text)]));
  }

  append(runId: string, fileName: string, bytes: Uint8Array): void {
    const record = this.records.get(runId);
    const chunks = record?.get(fileName) ?? [];
    chunks.push(Uint8Array.from(bytes));
    record?.set(fileName, chunks);
  }
}

class MemoryRunWriter implements RunWriter {
  readonly runId: string;
  readonly directory: string;
  readonly #files: MemoryRecordFiles;
  readonly #sources = new LogSourceTrack();
  #chain = emptyChain;
  #isClosed = false;

  constructor(files: MemoryRecordFiles, runId: string) {
    this.runId = runId;
    this.directory = files.directory(runId);
    this.#files = files;
  }

  appendLog(bytes: Uint8Array, source?: LogSource): undefined {
    const line = this.#sources.note(bytes.length, source);
    if (line !== undefined) this.#append(logRanksFile, line);
    this.#append(logFile, bytes);
  }

  appendPrepareLog(bytes: Uint8Array): undefined {
    this.#append(prepareLogFile, bytes);
  }

  async appendSample(fileStem: string, sample: TelemetrySample): Promise<void> {
    this.#append(sampleFileName(fileStem), Buffer.from(`${JSON.stringify(sample)}\n`));
  }

  async appendCopy(name: string, bytes: Uint8Array): Promise<void> {
    this.#append(name, bytes);
  }

  async appendEvent(body: LifecycleEventBody, timeMs: number): Promise<LifecycleEvent> {
    const next = nextEventLine(this.#chain, body, timeMs);
    this.#append(eventsFile, Buffer.from(`${next.line}\n`));
    this.#chain = next.end;
    return next.event;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  async finish(verdict: Verdict): Promise<RunResult> {
    const files: RunResult["files"] = {};
    for (const name of await this.#files.fileNames(this.runId)) {
      files[name] = await fingerprint(this.#files.readBytes(this.runId, name));
    }
    const result = runResult.parse({ ...verdict, files, sealedBy: "closing-event" });
    const text = JSON.stringify(result);
    this.#files.write(this.runId, resultFile, text);
    await this.appendEvent(
      { kind: "sealed", result: fingerprintText(text) },
      verdict.clock.endedMs,
    );
    this.#isClosed = true;
    return result;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #append(fileName: string, bytes: Uint8Array): void {
    if (this.#isClosed) throw new Error(`${this.directory}/${fileName} is closed`);
    this.#files.append(this.runId, fileName, bytes);
  }
}

/** Reads each record's run.json and result.json. */
function directLookup(files: RecordFiles): RunLookup {
  const summaries = (runIds: readonly string[]): Promise<RunSummary[]> =>
    readSummaries(files, runIds);
  return {
    runIds: () => files.runIds(),
    heads: async (runIds) => (await summaries(runIds)).map(headOf),
    summaries,
  };
}
