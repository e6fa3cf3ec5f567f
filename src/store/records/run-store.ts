import type {
  LifecycleEvent,
  LifecycleEventBody,
} from "../../schema/run/events/lifecycle-event.ts";
import type { LabelChange } from "../../schema/run/request/label-change.ts";
import type { LogSource } from "../../schema/run/events/log-source.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { RecordSignature } from "../../schema/run/record-signature.ts";
import type { RunResult, Verdict } from "../../schema/run/outcome/run-result.ts";
import type { TelemetrySample } from "../../schema/run/measured/telemetry-sample.ts";

/** Run records: creates, writes, finds and reads them. On disk, or in memory for tests. */
export interface RunStore {
  /**
   * Creates a new record exclusively and writes its run.json.
   *
   * @throws UserError `run-id-invalid`, `home-not-writable`, `home-not-a-directory`
   * @throws WorldError `disk-full`, `disk-failed`
   */
  create(request: RunRequest): Promise<CreateOutcome>;
  /** All records, oldest first; unreadable ones are listed as broken. One bad record never makes it throw. */
  list(): Promise<RunSummary[]>;
  /** The records with these ids, in their order; missing ones are listed as broken. */
  summaries(runIds: readonly string[]): Promise<RunSummary[]>;
  open(runId: string): Promise<OpenOutcome>;
  /**
   * Adds signature.json to a closed record.
   *
   * @throws WorldError if the disk fails
   */
  sign(runId: string, signature: RecordSignature): Promise<void>;
  /**
   * Changes the labels of a run: its tags, its note, or whether it is archived. What result.json seals stays as it is.
   *
   * @throws WorldError if the disk fails
   */
  label(runId: string, change: LabelChange): Promise<void>;
  /** Finds the run or series for a run id, an unambiguous part of one, a series id, or `last`. */
  resolve(text: string): Promise<Resolution>;
}

export type CreateOutcome =
  | { kind: "created"; writer: RunWriter }
  /** This id already exists: choose another. */
  | { kind: "id-taken"; runId: string };

export type OpenOutcome =
  | { kind: "opened"; record: RunRecord }
  | { kind: "broken"; runId: string; directory: string; reason: string }
  | { kind: "unknown"; runId: string };

/** Writes one run's record. One writer per record; every method fails with a `WorldError` if the disk fails. */
export interface RunWriter {
  readonly runId: string;
  /** Absolute path of the record's directory. */
  readonly directory: string;
  /**
   * Appends bytes to log.txt, in call order. The bytes are copied, so the caller can reuse its buffer. `undefined`
   * means continue; a promise means that too much data is waiting: await it before the next call, or memory use grows.
   * After a failed write every later call fails in the same way, so a log never has a gap.
   *
   * @param source the rank that wrote the bytes, in a job with several ranks; stored in log-ranks.jsonl
   */
  appendLog(bytes: Uint8Array, source?: LogSource): Promise<void> | undefined;
  /** Appends bytes to prepare.log, which the first call creates; back-pressure as for `appendLog`. */
  appendPrepareLog(bytes: Uint8Array): Promise<void> | undefined;
  /** Appends a line to samples/<fileStem>.jsonl; back-pressure as for `appendLog`. */
  appendSample(fileStem: string, sample: TelemetrySample): Promise<void> | undefined;
  /**
   * Appends bytes to a file in imported/, the copy of a file that the run was read from; back-pressure as for `appendLog`.
   *
   * @param name as `copyFileName` makes it
   */
  appendCopy(name: string, bytes: Uint8Array): Promise<void>;
  /** Appends an event to the hash chain; resolves when the operating system has the complete line. */
  appendEvent(body: LifecycleEventBody, timeMs: number): Promise<LifecycleEvent>;
  /** Hands everything that was appended to the operating system, so that the record can be read. */
  flush(): Promise<void>;
  /**
   * Ends the record: flushes everything to disk, computes fingerprints, writes result.json, then the closing event with
   * the SHA-256 of result.json.
   */
  finish(verdict: Verdict): Promise<RunResult>;
  /**
   * The writer of an attached run has written the log and the samples again up to where they ended before: they take the place of the
   * old files. Absent for a new record.
   */
  replaceFiles?(): Promise<void>;
  /**
   * Of an attached run that was restarted, keeps the log of the earlier attempts, which no host has any more, and their samples. Called
   * before anything is appended; absent for a new record.
   */
  keepEarlier?(earlier: { logBytes: number; beforeMs: number }): Promise<void>;
  /** Stops writing without a result: what was appended is kept, and the record shows how far the run got. */
  close(): Promise<void>;
}

export type RunState =
  | { kind: "finished" }
  /** No result, and the Pitwall process that writes it is running; `elsewhere` (another host) cannot be checked. */
  | { kind: "running"; owner: "here" | "elsewhere" }
  /** No result, and the process that would write it is gone. */
  | { kind: "abandoned" };

/** One entry of a list of runs, from run.json and result.json alone. */
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

/** A run that was read from its record. */
export interface RunRecord {
  readonly runId: string;
  readonly directory: string;
  readonly logPath: string;
  readonly state: RunState;
  readonly request: RunRequest;
  readonly result: RunResult | undefined;
  readonly events: EventHistory;
  readLog(): AsyncIterable<Uint8Array>;
  /** What one rank printed; in a job with one rank, the complete log. */
  readLogOfRank(rank: number): AsyncIterable<Uint8Array>;
  readSamples(): Promise<SampleFile[]>;
  /** Compares each file with its fingerprint in result.json, and result.json with the closing event. */
  verify(): Promise<Verification>;
  /** signature.json; undefined if there is none. */
  readSignature(): Promise<SignatureFile | undefined>;
}

/** The content of events.jsonl. */
export interface EventHistory {
  /** All events before the first invalid line, in order; the last one shows how far the run got. */
  readonly events: readonly LifecycleEvent[];
  /** Whether each line contains the hash of the previous one. Line numbers start at 1. */
  readonly chain: { kind: "intact" } | { kind: "broken"; line: number; reason: string };
  /** Hash of the last complete line, without its newline; 64 zeros if there is none. */
  readonly lastLineSha256: string;
  /** The start of a last line that was cut off. */
  readonly tornLine: string | undefined;
}

/** The content of one file in samples/. */
export interface SampleFile {
  readonly fileStem: string;
  readonly samples: readonly TelemetrySample[];
  /** Lines that are not samples: a torn last line, or output of another program. */
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
  /** @param closingSha256 the hash in the closing event; absent if there is none */
  | { kind: "unchanged"; fileCount: number; closingSha256: string | undefined }
  | { kind: "changed"; differences: readonly FileDifference[] }
  /** There is no result.json, so there is nothing to compare with. */
  | { kind: "unfinished" };

export type Resolution =
  | { kind: "run"; runId: string; seriesId: string }
  | { kind: "series"; seriesId: string; runIds: readonly string[] }
  | { kind: "ambiguous"; candidates: readonly string[] }
  | { kind: "unknown"; nearest: string | undefined; runCount: number };
