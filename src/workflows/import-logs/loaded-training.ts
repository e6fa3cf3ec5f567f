import type { Finding } from "../../schema/run/finding.ts";
import type { LogOrigin, LogTimes } from "../../schema/run/log-origin.ts";

/** A piece of a log, and when it was written. */
export interface TimedPiece {
  /** Whole lines. */
  bytes: Uint8Array;
  timeMs: number;
}

/** One training as found in files, with everything that its record needs. */
export interface LoadedTraining {
  /** The name of its runs, unless the user gives one. */
  name: string;
  format: string;
  /** As the user gave it. */
  path: string;
  files: readonly string[] | undefined;
  sha256: string;
  byteCount: number;
  trackedRunId: string | undefined;
  times: LogTimes;
  ended: LogOrigin["ended"];
  seed: number | undefined;
  /** Trainings with equal keys and different seeds are runs of one experiment. */
  experimentKey: string | undefined;
  /** Whether MLLOG lines state the quality and the target. */
  isMllog: boolean;
  launchedMs: number;
  endedMs: number;
  /** Names of the numbers in the log. */
  metrics: readonly string[];
  /** Patterns of metrics that the log prints without their names. */
  patterns: Readonly<Record<string, string>>;
  findings: readonly Finding[];
  /** The log in pieces, in order; reads the file again. */
  pieces(): AsyncIterable<TimedPiece>;
  /** Absolute paths of the files to copy into the record; empty if log.txt contains all of the text. */
  copies: readonly string[];
}
