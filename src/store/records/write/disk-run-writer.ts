import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { firstBytes } from "../../../foundation/bytes/first-bytes.ts";
import type {
  LifecycleEvent,
  LifecycleEventBody,
} from "../../../schema/run/events/lifecycle-event.ts";
import { eventsOfLastAttempt, isAttemptPending } from "../../../schema/run/outcome/attempts.ts";
import type { LogSource, LogSpan } from "../../../schema/run/events/log-source.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { RunResult, Verdict } from "../../../schema/run/outcome/run-result.ts";
import type { TelemetrySample } from "../../../schema/run/measured/telemetry-sample.ts";
import { AppendFile } from "./append-file.ts";
import { onDisk } from "../../disk-error.ts";
import { fileKind } from "../../open-file.ts";
import { type ChainEnd, emptyChain } from "../read/event-chain.ts";
import { EventLog } from "./event-log.ts";
import { fingerprint, fingerprintText } from "../read/fingerprint-file.ts";
import { LineFile } from "../read/line-file.ts";
import { LogSourceTrack } from "./log-source-track.ts";
import {
  copiesDirectory,
  eventsFile,
  isRecordFile,
  logFile,
  logRanksFile,
  prepareLogFile,
  rebuiltDirectory,
  requestFile,
  resultFile,
  sampleFileName,
  samplesDirectory,
  type RecordFiles,
} from "../record-files.ts";
import type { EventHistory, RunWriter } from "../run-store.ts";
import { syncDirectory, writeAtomically } from "../../write-atomically.ts";

/** There are a few samples per second; a small batch is enough for one sample file. */
const sampleBatchBytes = 1 << 14;

/** Writes run.json into a new, empty directory and opens the append-only files. */
export async function openDiskRunWriter(
  files: RecordFiles,
  request: RunRequest,
): Promise<RunWriter> {
  const directory = files.directory(request.runId);
  await writeAtomically(join(directory, requestFile), formatJson(request));
  await mkdir(join(directory, samplesDirectory));
  const log = await AppendFile.open(join(directory, logFile));
  const eventLines = await LineFile.create(join(directory, eventsFile));
  await syncDirectory(directory);
  return new DiskRunWriter(files, request.runId, { log, eventLines });
}

/**
 * Continues a record whose writer has died. The log and the samples are written from their beginning into a folder of their own, and
 * replace the old files once they have reached the end of those; until then the old files stay readable.
 */
export async function continueDiskRunWriter(
  files: RecordFiles,
  request: RunRequest,
  history: EventHistory,
): Promise<RunWriter> {
  const directory = files.directory(request.runId);
  const rebuilt = join(directory, rebuiltDirectory);
  await rm(rebuilt, { recursive: true, force: true });
  await mkdir(join(rebuilt, samplesDirectory), { recursive: true });
  await writeAtomically(join(directory, requestFile), formatJson(request));
  const log = await AppendFile.open(join(rebuilt, logFile));
  const eventLines = await LineFile.continue(join(directory, eventsFile));
  return new DiskRunWriter(files, request.runId, { log, eventLines, history });
}

/** Events that an attached process finds again in the stored output, at about the same time. */
const restatedKinds: ReadonlySet<LifecycleEventBody["kind"]> = new Set([
  "launched",
  "rank-exited",
  "host-lost",
  "stopping",
]);

class DiskRunWriter implements RunWriter {
  readonly runId: string;
  readonly directory: string;
  readonly #files: RecordFiles;
  readonly #log: AppendFile;
  readonly #events: EventLog;
  readonly #sampleFiles = new Map<string, Promise<AppendFile>>();
  readonly #copies = new Map<string, Promise<AppendFile>>();
  readonly #sources = new LogSourceTrack();
  #spans: Promise<AppendFile> | undefined;
  #prepareLog: Promise<AppendFile> | undefined;
  /** Where the log and the samples are written. */
  #folder: string;
  /** Of the attempt that an attached process follows. */
  #earlier: readonly LifecycleEvent[];

  constructor(
    files: RecordFiles,
    runId: string,
    open: { log: AppendFile; eventLines: LineFile; history?: EventHistory },
  ) {
    this.runId = runId;
    this.directory = files.directory(runId);
    this.#folder = this.directory;
    const known = open.history?.events ?? [];
    this.#earlier = isAttemptPending(known) ? [] : eventsOfLastAttempt(known);
    if (open.history !== undefined) this.#folder = join(this.directory, rebuiltDirectory);
    this.#files = files;
    this.#log = open.log;
    this.#events = new EventLog(open.eventLines, endOf(open.history));
  }

  appendLog(bytes: Uint8Array, source?: LogSource): Promise<void> | undefined {
    const line = this.#sources.note(bytes.length, source);
    return line === undefined ? this.#log.append(bytes) : this.#appendSpan(line, bytes);
  }

  async #appendSpan(line: Uint8Array, bytes: Uint8Array): Promise<void> {
    const path = join(this.#folder, logRanksFile);
    this.#spans ??= AppendFile.open(path, sampleBatchBytes);
    const spans = await this.#spans;
    await spans.append(line);
    await this.#log.append(bytes);
  }

  async appendPrepareLog(bytes: Uint8Array): Promise<void> {
    this.#prepareLog ??= AppendFile.open(join(this.directory, prepareLogFile), sampleBatchBytes);
    const log = await this.#prepareLog;
    await log.append(bytes);
  }

  appendSample(fileStem: string, sample: TelemetrySample): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(sample)}\n`);
    return onDisk(
      { doing: "write the run record", path: this.directory, chosenBy: "record" },
      async () => {
        const file = await this.#sampleFile(fileStem);
        await file.append(line);
      },
    );
  }

  appendCopy(name: string, bytes: Uint8Array): Promise<void> {
    return onDisk(
      { doing: "write the run record", path: this.directory, chosenBy: "record" },
      async () => {
        const file = await this.#copyFile(name);
        await file.append(bytes);
      },
    );
  }

  appendEvent(body: LifecycleEventBody, timeMs: number): Promise<LifecycleEvent> {
    if (body.kind === "restarting") this.#earlier = [];
    const known = this.#earlier.find((earlier) => isRestated(earlier, body, timeMs));
    return known === undefined ? this.#events.append(body, timeMs) : Promise.resolve(known);
  }

  async replaceFiles(): Promise<void> {
    const rebuilt = this.#folder;
    if (rebuilt === this.directory) return;
    this.#folder = this.directory;
    await onDisk(
      { doing: "write the run record", path: this.directory, chosenBy: "record" },
      async () => {
        for (const file of await this.#appendFiles()) await file.flush();
        await rename(join(this.directory, samplesDirectory), join(rebuilt, "replaced"));
        for (const name of [samplesDirectory, logRanksFile, logFile]) {
          const isWritten = (await fileKind(join(rebuilt, name))) !== "missing";
          if (isWritten) await rename(join(rebuilt, name), join(this.directory, name));
        }
        await rm(rebuilt, { recursive: true, force: true });
        await syncDirectory(this.directory);
      },
    );
  }

  async keepEarlier({ logBytes, beforeMs }: { logBytes: number; beforeMs: number }): Promise<void> {
    const spans = await this.#files.readText(this.runId, logRanksFile);
    if (spans !== undefined) {
      const { parseLogSpans } = await import("./log-sources.ts");
      await this.#keepSpans(parseLogSpans(spans), logBytes);
    }
    for await (const bytes of firstBytes(this.#files.readBytes(this.runId, logFile), logBytes))
      await this.#log.append(bytes);
    for (const name of await this.#files.fileNames(this.runId)) {
      const stem = sampleStem(name);
      if (stem === undefined) continue;
      const file = await this.#sampleFile(stem);
      const lines = ((await this.#files.readText(this.runId, name)) ?? "").split("\n");
      const kept = lines.slice(0, -1).filter((line) => timeOfSample(line) < beforeMs);
      await file.append(Buffer.from(kept.map((line) => `${line}\n`).join("")));
    }
  }

  async #keepSpans(spans: readonly LogSpan[], logBytes: number): Promise<void> {
    const path = join(this.#folder, logRanksFile);
    this.#spans ??= AppendFile.open(path, sampleBatchBytes);
    const file = await this.#spans;
    let atByte = 0;
    for (const { fromByte, source } of spans) {
      if (fromByte >= logBytes) break;
      this.#sources.note(fromByte - atByte, undefined);
      const line = this.#sources.note(0, source);
      if (line !== undefined) await file.append(line);
      atByte = fromByte;
    }
    this.#sources.note(logBytes - atByte, undefined);
  }

  async flush(): Promise<void> {
    await this.#events.settle();
    for (const file of await this.#appendFiles()) await file.flush();
  }

  async finish(verdict: Verdict): Promise<RunResult> {
    await this.replaceFiles();
    await this.#events.settle();
    for (const file of await this.#appendFiles()) await file.finish();
    const { result, text } = await onDisk(
      { doing: "write the result", path: this.directory, chosenBy: "record" },
      async () => {
        const files = await fingerprints(this.#files, this.runId);
        const written: RunResult = { ...verdict, files, sealedBy: "closing-event" };
        refuseNonFinite(written);
        const json = formatJson(written);
        await writeAtomically(join(this.directory, resultFile), json);
        return { result: written, text: json };
      },
    );
    // Last step: a record that is cut off before this point has a result that is not sealed.
    const sealed: LifecycleEventBody = { kind: "sealed", result: fingerprintText(text) };
    await this.appendEvent(sealed, verdict.clock.endedMs);
    await this.#events.close();
    return result;
  }

  async close(): Promise<void> {
    await this.#events.settle();
    for (const file of await this.#appendFiles()) await file.close();
    await this.#events.close();
    if (this.#folder !== this.directory)
      await rm(this.#folder, { recursive: true, force: true }).catch(() => undefined);
  }

  #sampleFile(fileStem: string): Promise<AppendFile> {
    const path = join(this.#folder, sampleFileName(fileStem));
    const opened = this.#sampleFiles.get(fileStem) ?? AppendFile.open(path, sampleBatchBytes);
    this.#sampleFiles.set(fileStem, opened);
    return opened;
  }

  async #copyFile(name: string): Promise<AppendFile> {
    if (!isRecordFile(name)) throw new RangeError(`\`${name}\` cannot name a file of a record`);
    await mkdir(join(this.directory, copiesDirectory), { recursive: true });
    const opened = this.#copies.get(name) ?? AppendFile.open(join(this.directory, name));
    this.#copies.set(name, opened);
    return opened;
  }

  async #appendFiles(): Promise<AppendFile[]> {
    const files = [
      ...this.#sampleFiles.values(),
      ...this.#copies.values(),
      ...(this.#spans === undefined ? [] : [this.#spans]),
      ...(this.#prepareLog === undefined ? [] : [this.#prepareLog]),
    ];
    const opened = await Promise.allSettled(files);
    const sampleFiles = opened.filter((open) => open.status === "fulfilled");
    return [this.#log, ...sampleFiles.map((open) => open.value)];
  }
}

/** Whether an event of an attached run is on record already. Times of the clock are stated again if they differ. */
function isRestated(earlier: LifecycleEvent, body: LifecycleEventBody, timeMs: number): boolean {
  const isSameTime = earlier.timeMs === timeMs || restatedKinds.has(body.kind);
  return isSameTime && placeOfEvent(earlier.event) === placeOfEvent(body);
}

function placeOfEvent(body: LifecycleEventBody): string {
  const rank = "rank" in body ? body.rank : "";
  const host = "host" in body ? body.host : "";
  const pid = body.kind === "attached" ? body.pid : "";
  return `${body.kind} ${host} ${rank} ${pid}`;
}

function endOf(history: EventHistory | undefined): ChainEnd {
  if (history === undefined) return emptyChain;
  return { lineCount: history.events.length, lastSha256: history.lastLineSha256 };
}

async function fingerprints(files: RecordFiles, runId: string): Promise<RunResult["files"]> {
  const prints: RunResult["files"] = {};
  for (const name of await files.fileNames(runId)) {
    prints[name] = await fingerprint(files.readBytes(runId, name));
  }
  return prints;
}

function formatJson(noun: RunRequest | RunResult): string {
  return `${JSON.stringify(noun, undefined, 2)}\n`;
}

/** JSON writes these numbers as null, which a reader of the record refuses. The schema is not used: it takes 40 ms to load. */
function refuseNonFinite(result: RunResult): void {
  JSON.stringify(result, (key, value: unknown) => {
    if (typeof value !== "number" || Number.isFinite(value)) return value;
    throw new RangeError(`the result has ${String(value)} for ${key}`);
  });
}

/** The name of a sample file without its folder and its ending. */
function sampleStem(name: string): string | undefined {
  return new RegExp(`^${samplesDirectory}/(.+)\\.jsonl$`, "u").exec(name)?.[1];
}

/** A line that was cut off has no time. */
function timeOfSample(line: string): number {
  return Number(/"timeMs":(\d+(?:\.\d+)?)/u.exec(line)?.[1] ?? Number.POSITIVE_INFINITY);
}
