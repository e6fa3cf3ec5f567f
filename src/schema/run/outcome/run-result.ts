import { z } from "zod";
import { continuedTotals } from "./earlier-parts.ts";
import { energyReading } from "../measured/energy.ts";
import { finding } from "../findings/finding.ts";
import { hostName } from "../hosts/host.ts";
import { metricCurve } from "../measured/metric-curve.ts";
import { metricTarget, targetStanding } from "./metric-target.ts";
import { outcome } from "./outcome.ts";
import { cost } from "../request/price.ts";
import { runConditions } from "../measured/run-conditions.ts";
import { runRules } from "./run-rules.ts";
import { seriesStop } from "../request/series-stop.ts";

/** One evaluation of the quality on held-out data. */
export const evaluation = z.strictObject({
  /** Milliseconds since the epoch, the launching host's clock. */
  timeMs: z.number(),
  /** Milliseconds since run_start, after the time of earlier parts. */
  clockMs: z.number(),
  value: z.number(),
  samplesCount: z.number().optional(),
  epochNum: z.number().optional(),
  /** Of an imported log: the program's own count of steps, or of epochs, on the same line. */
  step: z.number().optional(),
  /** What the program's own clock showed, if `--clock` reads it. Milliseconds. */
  programMs: z.number().optional(),
  /** Its number among all evaluations, counted from 1; present if not all of them are kept. */
  number: z.number().int().positive().optional(),
});
export type Evaluation = z.output<typeof evaluation>;

/** The times of a run. Milliseconds. */
export const runClock = z.strictObject({
  launchedMs: z.number(),
  endedMs: z.number(),
  /** The billed time: from launch to the exit of the last process, and `dataMs` before it. */
  billedMs: z.number().nonnegative(),
  runStartMs: z.number().optional(),
  runStopMs: z.number().optional(),
  /** From launch to run_start: outside the timed part. */
  initMs: z.number().nonnegative().optional(),
  /** The times used by the clock: those in MLLOG lines, the arrival of the output, what `--clock` reads, or those of an imported log. */
  source: z.enum(["mllog", "arrival", "program", "log"]),
  /** Present if the time to train is by the program's own clock. */
  programClock: z
    .strictObject({
      name: z.string(),
      /** What it showed at the target. */
      timeMs: z.number().nonnegative(),
      /** From launch to the arrival of the line that met the target. */
      fromLaunchMs: z.number(),
    })
    .optional(),
});
export type RunClock = z.output<typeof runClock>;

/** result.json: the verdict on one run, and the fingerprints of the files that it is based on. */
export const runResult = z.strictObject({
  schemaVersion: z.literal(1),
  runId: z.string(),
  outcome,
  clock: runClock,
  /** Absent if the job had one rank. */
  job: z
    .strictObject({ hosts: z.array(hostName), rankCount: z.number().int().positive() })
    .optional(),
  target: metricTarget.optional(),
  /** Each target; present if there are several, or if a target is met by several evaluations. */
  targets: z.array(targetStanding).optional(),
  /** Of the metric of `target`. */
  evaluations: z.array(evaluation),
  /** Number of evaluations of the run, if `evaluations` does not contain all of them. */
  evaluationCount: z.number().int().positive().optional(),
  /** Of the metrics other than that of `target`; absent in records of older versions. */
  curves: z.array(metricCurve).optional(),
  /** Training samples per second of the timed part, if the program counts samples. */
  samplesPerSecond: z.number().optional(),
  cost,
  energy: z.array(energyReading),
  /** CPU time of all processes of the run. */
  cpuSeconds: z.number().optional(),
  peakMemoryBytes: z.number().optional(),
  /** Absent in records of older versions. */
  conditions: runConditions.optional(),
  /** Why a meter or a figure is missing. */
  notMeasured: z.array(z.string()),
  findings: z.array(finding),
  /** How long data was put on the hosts before launch: part of `clock.billedMs`, not timed. Absent without data. */
  dataMs: z.number().nonnegative().optional(),
  /** How long the command of `--prepare` ran before launch; absent without one. */
  prepareMs: z.number().nonnegative().optional(),
  /** How long the job waited for a scheduler; neither timed nor billed. Absent without one. */
  queuedMs: z.number().nonnegative().optional(),
  /** Present if the run continues another one: `cost` and `energy` are those of all parts. */
  continues: continuedTotals.optional(),
  /** Why the series ended with this run before all requested runs were started. */
  seriesStop: seriesStop.optional(),
  /** The verdict of MLPerf's rules on the log; absent in records of older versions. */
  rules: runRules.optional(),
  /** For events.jsonl: without the closing event, which follows and contains this file's SHA-256. */
  files: z.record(z.string(), z.strictObject({ bytes: z.number(), sha256: z.string().length(64) })),
  /** What covers this file itself. Absent in records of Pitwall 0.1.0: nothing does. */
  sealedBy: z.literal("closing-event").optional(),
});
export type RunResult = z.output<typeof runResult>;

/** A result before its record is closed. */
export type Verdict = Omit<RunResult, "files" | "sealedBy">;
