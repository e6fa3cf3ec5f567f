import type { LifecycleEvent, LifecycleEventBody } from "../../schema/run/lifecycle-event.ts";
import type { LogSource } from "../../schema/run/log-source.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { RecordSignature } from "../../schema/run/record-signature.ts";
import type { RunResult, Verdict } from "../../schema/run/run-result.ts";
import type { TelemetrySample } from "../../schema/run/telemetry-sample.ts";

/** Run records: made, written, found and read back. On disk, or in memory for tests. */
export interface RunStore {
  /**
   * Makes a new record, exclusively, and writes its run.json.
   *
   * @throws UserError `run-id-invalid`, `home-not-writable`, `home-not-a-directory`
   * @throws WorldError `disk-full`, `disk-failed`
   */
  create(request: RunRequest): Promise<CreateOutcome>;
  /** All records, oldest first; unreadable ones are listed as broken. Never throws for one record. */
  list(): Promise<RunSummary[]>;
  open(runId: string): Promise<OpenOutcome>;
  /**
   * Adds signature.json to a record that is closed.
   *
   * @throws WorldError if the disk fails
   */
  sign(runId: string, signature: RecordSignature): Promise<void>;
  /** What was meant by a run id, its unique beginning, a series id, or `last`. */
  resolve(text: string): Promise<Resolution>;
}

export type CreateOutcome =
  | { kind: "created"; writer: RunWriter }
  /** Somebody else has this id: take another. */
  | { kind: "id-taken"; runId: string };

export type OpenOutcome =
  | { kind: "opened"; record: RunRecord }
  | { kind: "broken"; runId: string; directory: string; reason: string }
  | { kind: "unknown"; runId: string };

/** Writes one run's record. One writer per record; every method fails with a `WorldError` if the disk does. */
export interface RunWriter {
  readonly runId: string;
  /** Absolute path of the record's directory. */
  readonly directory: string;
  /**
   * Adds bytes to log.txt, in order of the calls. The bytes are copied, the caller may reuse them.
   * `undefined` means go on; a promise means that more is waiting than should be: await it before
   * the next call, or memory grows. After a failed write every later call fails alike, so a log
   * never has a hole.
   *
   * @param source who wrote the bytes, in a job of several ranks; it goes to log-ranks.jsonl
   */
  appendLog(bytes: Uint8Array, source?: LogSource): Promise<void> | undefined;
  /** Adds a line to samples/<fileStem>.jsonl; back-pressure as for `appendLog`. */
  appendSample(fileStem: string, sample: TelemetrySample): Promise<void> | undefined;
  /** Adds an event to the hash chain; resolves when the operating system has the whole line. */
  appendEvent(body: LifecycleEventBody, timeMs: number): Promise<LifecycleEvent>;
  /**
   * Ends the record: everything on disk, fingerprints taken, result.json written, then the closing
   * event with the SHA-256 of result.json.
   */
  finish(verdict: Verdict): Promise<RunResult>;
  /** Ends writing without a result: what was appended is kept, and the record says how far it came. */
  close(): Promise<void>;
}

export type RunState =
  | { kind: "finished" }
  /** No result, and the Pitwall process that writes it lives; `elsewhere` is taken on trust. */
  | { kind: "running"; owner: "here" | "elsewhere" }
  /** No result, and nobody is left to write one. */
  | { kind: "abandoned" };

/** One line of a list of runs, from run.json and result.json alone. */
export type RunSummary =
  | {
      kind: "readable";
      runId: string;
      directory: string;
      state: RunState;
      request: RunRequest;
      result: RunResult | undefined;
    }
  | { kind: "broken"; runId: string; directory: string; reason: string };

/** A run read back. */
export interface RunRecord {
  readonly runId: string;
  readonly directory: string;
  readonly logPath: string;
  readonly state: RunState;
  readonly request: RunRequest;
  readonly result: RunResult | undefined;
  readonly events: EventHistory;
  readLog(): AsyncIterable<Uint8Array>;
  /** What one rank printed: in a job of one rank, the whole log. */
  readLogOfRank(rank: number): AsyncIterable<Uint8Array>;
  readSamples(): Promise<SampleFile[]>;
  /** Compares each file with its fingerprint in result.json, and result.json with the closing event. */
  verify(): Promise<Verification>;
  /** signature.json; undefined where there is none. */
  readSignature(): Promise<SignatureFile | undefined>;
}

/** events.jsonl, read back. */
export interface EventHistory {
  /** All events before the first broken line, in order; the last one says how far the run came. */
  readonly events: readonly LifecycleEvent[];
  /** Whether each line carries the hash of the one before. Lines count from 1. */
  readonly chain: { kind: "intact" } | { kind: "broken"; line: number; reason: string };
  /** Of the last whole line, without its newline; 64 zeros where there is none. */
  readonly lastLineSha256: string;
  /** The beginning of a last line whose writing was cut off. */
  readonly tornLine: string | undefined;
}

/** One file of samples/, read back. */
export interface SampleFile {
  readonly fileStem: string;
  readonly samples: readonly TelemetrySample[];
  /** Lines that are no sample: a torn last one, or what another program wrote there. */
  readonly unreadableLineCount: number;
}

export type SignatureFile =
  | { kind: "read"; signature: RecordSignature }
  | { kind: "unreadable"; reason: string };

export type FileDifference =
  | { kind: "missing"; file: string }
  | { kind: "changed"; file: string; wasBytes: number; isBytes: number }
  | { kind: "added"; file: string };

export type Verification =
  /** @param closingSha256 of the closing event; absent where there is none */
  | { kind: "unchanged"; fileCount: number; closingSha256: string | undefined }
  | { kind: "changed"; differences: readonly FileDifference[] }
  /** There is no result.json, hence nothing to compare with. */
  | { kind: "unfinished" };

export type Resolution =
  | { kind: "run"; runId: string; seriesId: string }
  | { kind: "series"; seriesId: string; runIds: readonly string[] }
  | { kind: "ambiguous"; candidates: readonly string[] }
  | { kind: "unknown"; nearest: string | undefined; runCount: number };
