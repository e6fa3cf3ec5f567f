import { z } from "zod";
import { dataRequest } from "./data-set.ts";
import { earlierParts } from "../outcome/earlier-parts.ts";
import { launchTarget } from "../hosts/launch-target.ts";
import { logOrigin } from "../events/log-origin.ts";
import { metricTarget, targetWindow } from "../outcome/metric-target.ts";
import { price } from "./price.ts";
import { planExpectation } from "../../plan/plan-expectation.ts";
import { recoveryRequest } from "../events/recovery.ts";
import { runLabels } from "./run-labels.ts";
import { raceMembership } from "../race/race-membership.ts";
import { systemDescription } from "../../system-description.ts";

/** Something Pitwall can start. */
export const startable = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("embedded"),
    name: z.string(),
    workers: z.number().int().positive(),
  }),
  z.strictObject({
    kind: z.literal("command"),
    name: z.string(),
    /** Program and arguments; `{seed}` in an argument is replaced by the run's seed. */
    command: z.array(z.string()).min(1),
    cwd: z.string(),
    env: z.record(z.string(), z.string()),
    /** File that the program reads on its standard input; absent if it has none. */
    stdin: z.string().optional(),
  }),
]);
export type Startable = z.output<typeof startable>;

/** The log of a training that ran elsewhere: Pitwall has read it, but cannot start the training. */
const importedLog = z.strictObject({
  kind: z.literal("imported"),
  name: z.string(),
  origin: logOrigin,
});

/** How to read the output of a program that does not print MLLOG. */
export const outputReading = z.strictObject({
  /** Each with the pattern that reads it; without one, the metric is found by its name. */
  metrics: z.array(z.strictObject({ metric: z.string(), pattern: z.string().optional() })),
  samplesPattern: z.string().optional(),
  clockStartPattern: z.string().optional(),
  /** The program's own clock: its name, or a pattern whose group is a duration. */
  programClock: z.string().optional(),
  /** Files and folders that the values are read from instead of the output, relative to the program's folder. */
  metricsFrom: z.array(z.string()).min(1).optional(),
});
export type OutputReading = z.output<typeof outputReading>;

/** Limits of a run. */
export const runLimits = z.strictObject({
  maxTimeMs: z.number().positive().optional(),
  maxCostUsd: z.number().positive().optional(),
  maxSamples: z.number().positive().optional(),
});
export type RunLimits = z.output<typeof runLimits>;

/** run.json: the full request and its environment, sufficient to repeat the run. */
export const runRequest = z.strictObject({
  schemaVersion: z.literal(1),
  runId: z.string(),
  /** The runs started by one command, scored together. */
  series: z.strictObject({
    id: z.string(),
    /** Position of the record in its series, warm-ups and retried attempts included. */
    index: z.number().int().positive(),
    /** How many records the series has if no other run is retried. */
    count: z.number().int().positive(),
    /** All requested seeds, in order; records of 0.1.0 have none and counted up from the first. */
    seeds: z.array(z.number().int().nonnegative()).optional(),
    /** Runs before the series that are not counted. */
    warmupCount: z.number().int().positive().optional(),
    /** How many times a run that dies is started again. */
    retries: z.number().int().positive().optional(),
    /** Whether the series continues after two runs that failed in the same way. */
    keepGoing: z.literal(true).optional(),
  }),
  createdMs: z.number(),
  startable: z.discriminatedUnion("kind", [...startable.options, importedLog]),
  labels: runLabels.optional(),
  reading: outputReading,
  /** Absent if the program's MLLOG lines state it. */
  target: metricTarget.optional(),
  /** Further targets, all of which must be met at the same time as `target`. */
  furtherTargets: z.array(metricTarget).min(1).optional(),
  /** Absent: a target is met by one evaluation. */
  targetWindow: targetWindow.optional(),
  seed: z.number().int().nonnegative(),
  stopAtTarget: z.boolean(),
  /** Go on where the target's metric is not a number again and again; default: end the run as missed. */
  keepOnNan: z.boolean().optional(),
  limits: runLimits,
  /** The edition of the rules. Default: the newest that applies. */
  edition: z.string().optional(),
  price: price.optional(),
  launchTarget,
  system: systemDescription,
  environment: z.strictObject({
    pitwallVersion: z.string(),
    nodeVersion: z.string(),
    platform: z.string(),
    /** Commit of the working directory, if it is a git checkout. */
    commit: z.string().optional(),
    commitIsDirty: z.boolean().optional(),
  }),
  /** The Pitwall process that writes this record; distinguishes a running run from an abandoned one. */
  owner: z.strictObject({
    hostname: z.string(),
    pid: z.number().int(),
    processStartedTicks: z.number().optional(),
  }),
  rerunOf: z.string().optional(),
  /** Present if the run continues a training that an earlier run began. */
  continues: earlierParts.optional(),
  /** Present for a run of `pitwall race`. */
  race: raceMembership.optional(),
  /** A run before the series, which warms the machine up and is not counted. */
  isWarmup: z.literal(true).optional(),
  /** The run with the same seed that died before this attempt. */
  retryOf: z.string().optional(),
  /** The job is started again after a failure, in the same record and on the same clock. */
  recovery: recoveryRequest.optional(),
  /** Shell command that runs before the program and is not timed; `{seed}` is replaced by the run's seed. */
  prepare: z.string().optional(),
  /** The machines and the steps of the program are not sampled; only its output is read. */
  observe: z.literal("none").optional(),
  /** What is put on each host before the launch; not timed. */
  data: z.array(dataRequest).min(1).optional(),
  /** What the plan of the run expected, if there was one. */
  plan: planExpectation.optional(),
});
export type RunRequest = z.output<typeof runRequest>;
