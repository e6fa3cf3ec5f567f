import type { Settings } from "../../formats/settings.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import type { LogOrigin, LogTimes } from "../../schema/run/events/log-origin.ts";

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
  /** The absolute path of a text log. */
  textFile?: string;
  sha256: string;
  byteCount: number;
  trackedRunId: string | undefined;
  /** Which of several trainings in one log; these are runs of one series. */
  part?: LogOrigin["part"];
  /** A training that the log calls a warm-up. */
  isWarmup?: boolean;
  times: LogTimes;
  ended: LogOrigin["ended"];
  seed: number | undefined;
  /** Settings that are stored with the training. */
  settings?: Settings;
  /** Trainings with equal keys are runs of one experiment, if they are parts of one log or have different seeds. */
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
