import type { Finding } from "../../schema/run/findings/finding.ts";
import type { MetricTarget, TargetStanding } from "../../schema/run/outcome/metric-target.ts";
import type { Evaluation } from "../../schema/run/outcome/run-result.ts";
import type { LoggedPhases } from "../readings/logged-phases.ts";
import type { MetricCurves } from "./metric-curves.ts";
import type { Moment } from "./seen-evaluation.ts";
import type { ThinnedEvaluations } from "./thinned-evaluations.ts";

/** A change made by an observation. */
export type TrackUpdate =
  | { kind: "clock-started"; by: "launch" | "run_start" | "pattern"; timeMs: number }
  /** The count of samples of the evaluation may come with later output. */
  | { kind: "evaluation"; metric: string; evaluation: Evaluation }
  | { kind: "target-reached"; value: number; samplesCount: number | undefined };

/** The state of a run: written by `RunTracker`, read by `judgeRun` and the live view. */
export interface TrackedRun {
  target: MetricTarget | undefined;
  /** All targets in order; `target` is the first. */
  targets: readonly MetricTarget[];
  /** Whether there are several targets, or a target is met by several evaluations. */
  isCompound: boolean;
  /** How the run compares with each target. */
  readonly standings: TargetStanding[];
  /** The timed part of the runs that this one continues. Milliseconds. */
  readonly earlierMs: number;
  start: Moment | undefined;
  startedBy: "launch" | "run_start" | "pattern" | undefined;
  /** Whether evaluations state their times and the start of the clock does not, or the reverse. */
  mixesClocks: boolean;
  /** The first evaluation after which all targets were met. */
  reached:
    | (Moment & {
        /** The value or mean that met the first target. */
        value: number;
        samplesCount: number | undefined;
        programMs: number | undefined;
      })
    | undefined;
  stop: (Moment & { status: string | undefined; samplesCount: number | undefined }) | undefined;
  /** The kept evaluations of the first target's metric, in order; see `ThinnedEvaluations`. */
  readonly evaluations: readonly Evaluation[];
  /** The same, with the exact count. */
  readonly series: ThinnedEvaluations;
  /** Of the first target. */
  best: number | undefined;
  samplesCount: number | undefined;
  /** How many samples were counted before the clock started; undefined for none and for a run that continues another one. */
  samplesBeforeClock: number | undefined;
  /** The values of all other metrics. */
  readonly curves: MetricCurves;
  /** The newest value of each number, by name. */
  latest: Map<string, number>;
  /** The program's own clock, if it is read, and the first time that it went backwards. */
  programClock:
    | { name: string; wentBack: { fromMs: number; toMs: number } | undefined }
    | undefined;
  /** How many values of a target's metric in a row by one rank, up to the newest, were not finite. */
  notFiniteCount: number;
  readonly findings: readonly Finding[];
  /** Evaluation time and batch size, if MLLOG lines say them. */
  readonly phases: LoggedPhases;
}
