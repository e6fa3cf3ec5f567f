import type { ScalingKind, SystemFile } from "./submission.ts";

/** A folder with the logs of one system on one benchmark, and what belongs to it. The logs are not read yet. */
export interface ResultFolder {
  path: string;
  /** `path`, split into folder names. */
  pathParts: readonly string[];
  /** Relative to the folder that was requested, or its own name if that is it. */
  shownAs: string;
  organisation: string;
  /** Name of the folder under `results`. */
  systemFolder: string;
  scalingKind: ScalingKind;
  benchmarkFolder: string | undefined;
  /** The folder is part of a submission: its name and its surroundings mean something. */
  isInSubmission: boolean;
  /** Folders between the benchmark's folder and the logs: `pruned_results`. */
  subfolder: string | undefined;
  /** In numeric order. */
  logs: readonly ResultLog[];
  system: SystemReading;
  scaling: ScalingReading;
  hasPower: boolean;
  /** The organization, or this folder, requests that a failed convergence check passes. */
  asksForBypass: boolean;
}

export interface ResultLog {
  name: string;
  path: string;
  /** Including its power logs. */
  sizeBytes: number;
  /** Power logs of this run. */
  nodeMeters: readonly string[];
  switchMeters: readonly string[];
}

/** A system's description, or as much of it as can be read. */
export type SystemReading =
  | { kind: "system-file" | "entry-file"; path: string; system: SystemFile }
  /** Invalid JSON, or the wrong shape; counts are extracted from the text where it has them. */
  | { kind: "broken"; path: string; reason: string; system: SystemFile }
  | { kind: "missing"; path: string };

/** The content of `scaling.json`. */
export type ScalingReading =
  | { kind: "none"; path: string }
  | { kind: "read"; path: string; factor: number }
  | { kind: "invalid"; path: string; reason: string };
