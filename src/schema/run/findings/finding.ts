import { z } from "zod";
import { fileFindings } from "./file-finding.ts";
import { hostName } from "../hosts/host.ts";
import { importFindings } from "./import-finding.ts";
import { schedulers } from "../hosts/launch-target.ts";
import { rankNumber } from "../hosts/rank.ts";

/** A finding about a run, as data; `report/findings/describe-finding.ts` prints it. */
export const finding = z.discriminatedUnion("rule", [
  ...fileFindings,
  ...importFindings,
  z.strictObject({ rule: z.literal("seed-has-no-effect"), runCount: z.number() }),
  z.strictObject({
    rule: z.literal("exited-after-target"),
    exitCode: z.number().optional(),
    signal: z.string().optional(),
  }),
  z.strictObject({
    rule: z.literal("metric-not-a-number"),
    metric: z.string(),
    seen: z.string(),
    count: z.number(),
  }),
  z.strictObject({
    rule: z.literal("metric-never-matched"),
    metric: z.string(),
    /** Absent where the metric is looked for by its name. */
    pattern: z.string().optional(),
    nearestLine: z.string().optional(),
    /** Longer names that end like the metric's: `train_acc` for `acc`. */
    longerNames: z.array(z.string()).optional(),
    /** Names of numbers in the output, if no line is similar. */
    namesSeen: z.array(z.string()).optional(),
    /** What to call the metric in `--target` to read the nearest line. */
    suggestion: z.string().optional(),
  }),
  z.strictObject({
    rule: z.literal("metric-only-in-training-batches"),
    metric: z.string(),
    /** The first such line. */
    line: z.string(),
  }),
  z.strictObject({
    rule: z.literal("metric-only-for-training-data"),
    metric: z.string(),
    /** The word on the line that says so: `train`. */
    training: z.string(),
    /** The first such line. */
    line: z.string(),
  }),
  z.strictObject({
    rule: z.literal("number-cut-short"),
    metric: z.string(),
    group: z.string(),
    whole: z.string(),
  }),
  z.strictObject({
    rule: z.literal("metric-inside-longer-name"),
    metric: z.string(),
    found: z.string(),
  }),
  z.strictObject({
    rule: z.literal("decimal-comma-read"),
    metric: z.string(),
    seen: z.string(),
    value: z.number(),
  }),
  z.strictObject({ rule: z.literal("comma-ambiguous"), metric: z.string(), seen: z.string() }),
  z.strictObject({ rule: z.literal("ratio-printed"), metric: z.string(), seen: z.string() }),
  z.strictObject({
    rule: z.literal("pattern-matches-several-names"),
    metric: z.string(),
    names: z.array(z.string()),
  }),
  z.strictObject({
    rule: z.literal("metric-in-several-sections"),
    metric: z.string(),
    /** The words that name the sections: `train`, `valid`. */
    training: z.string(),
    evaluation: z.string(),
  }),
  /** The values of several models or quantities are printed under one name: `model A: acc 0.9`, `model B: acc 0.8`. */
  z.strictObject({
    rule: z.literal("metric-under-several-labels"),
    metric: z.string(),
    /** The first two: `model A`, `model B`. */
    labels: z.array(z.string()),
  }),
  /** The first values counted until a line named evaluation data. They were probably of training data. */
  z.strictObject({
    rule: z.literal("training-values-withdrawn"),
    metric: z.string(),
    /** The first line of each kind. */
    training: z.string(),
    evaluation: z.string(),
  }),
  /** The metric is printed under no name of its own; `eval_accuracy` is read for `accuracy`. */
  z.strictObject({
    rule: z.literal("metric-read-from-other-name"),
    metric: z.string(),
    found: z.string(),
  }),
  z.strictObject({
    rule: z.literal("metric-beside-evaluation-name"),
    metric: z.string(),
    /** The name of the same quantity on evaluation data: `val_accuracy` beside `accuracy`. */
    found: z.string(),
  }),
  z.strictObject({ rule: z.literal("source-echoed"), metric: z.string(), line: z.string() }),
  z.strictObject({
    rule: z.literal("percent-read-as-fraction"),
    metric: z.string(),
    seen: z.string(),
    value: z.number(),
  }),
  z.strictObject({
    rule: z.literal("value-off-scale"),
    metric: z.string(),
    seen: z.string(),
    targetValue: z.number(),
    count: z.number(),
  }),
  z.strictObject({
    rule: z.literal("first-evaluation-meets-target"),
    metric: z.string(),
    value: z.number(),
  }),
  /** Each target was met at some time, but never all at the same time. */
  z.strictObject({ rule: z.literal("targets-met-apart"), targetCount: z.number() }),
  z.strictObject({
    rule: z.literal("target-met-on-rewritten-line"),
    metric: z.string(),
    value: z.number(),
  }),
  z.strictObject({
    rule: z.literal("target-met-on-batch-line"),
    metric: z.string(),
    value: z.number(),
  }),
  /** The target was met with values that do not count after all. */
  z.strictObject({
    rule: z.literal("reached-withdrawn"),
    metric: z.string(),
    /** The value that met it. */
    value: z.number(),
  }),
  /** All values are at most 1 and the target is a percentage, or the reverse. */
  z.strictObject({
    rule: z.literal("values-on-another-scale"),
    metric: z.string(),
    scale: z.enum(["fraction", "percent"]),
    best: z.number(),
    targetValue: z.number(),
  }),
  z.strictObject({
    rule: z.literal("several-ranks-print-metric"),
    metric: z.string(),
    rankCount: z.number(),
  }),
  z.strictObject({ rule: z.literal("evaluations-before-clock"), count: z.number() }),
  /** The program continues a training from a checkpoint, so the run is not a whole training. */
  z.strictObject({
    rule: z.literal("resumed-from-checkpoint"),
    /** The line that states it. */
    line: z.string().optional(),
    /** The count of samples at the first evaluation, if only that shows it. */
    firstCount: z.number().optional(),
  }),
  /** Something suggests that, but nothing shows it: the run keeps its time. */
  z.strictObject({
    rule: z.literal("may-be-resumed"),
    /** The option of the command. */
    flag: z.string().optional(),
    /** A counter that the program printed first with this value. */
    counter: z.strictObject({ name: z.string(), first: z.number() }).optional(),
  }),
  z.strictObject({ rule: z.literal("samples-restarted"), count: z.number() }),
  z.strictObject({
    rule: z.literal("samples-decreased"),
    fromCount: z.number(),
    toCount: z.number(),
  }),
  z.strictObject({
    rule: z.literal("output-came-in-blocks"),
    evaluationCount: z.number(),
    blockCount: z.number(),
    /** Median time between blocks. */
    intervalMs: z.number(),
  }),
  z.strictObject({
    rule: z.literal("ranks-not-told-apart"),
    /** The metric has so many values at a time. */
    valuesPerEvaluation: z.number().int(),
    /** The program that starts the ranks, if the command names it. */
    launcher: z.string().optional(),
  }),
  z.strictObject({
    rule: z.literal("output-came-at-once"),
    evaluationCount: z.number(),
    withinMs: z.number(),
  }),
  z.strictObject({
    rule: z.literal("output-stopped"),
    silentMs: z.number(),
    /** Absent if the program printed at most once. */
    usualMs: z.number().optional(),
  }),
  z.strictObject({
    rule: z.literal("quality-never-read"),
    metric: z.string().optional(),
    metricsSeen: z.array(z.string()),
  }),
  z.strictObject({ rule: z.literal("clock-stepped"), steppedMs: z.number() }),
  z.strictObject({ rule: z.literal("logged-clock-unusable"), reason: z.string() }),
  /** The times of an imported log run backwards; the earlier time is used until the log passes it again. */
  z.strictObject({
    rule: z.literal("log-clock-backwards"),
    /** The first line with an earlier time, from 1; absent for the values of a tracker. */
    line: z.number().int().positive().optional(),
    fromMs: z.number(),
    toMs: z.number(),
    count: z.number().int().positive(),
  }),
  z.strictObject({
    rule: z.literal("program-clock-restarted"),
    clock: z.string(),
    count: z.number(),
  }),
  z.strictObject({
    rule: z.literal("program-clock-unusable"),
    clock: z.string(),
    problem: z.enum(["missing", "backwards", "ahead"]),
    /** What it showed: after it went backwards, or at the target. */
    shownMs: z.number().optional(),
    /** What it showed before it went backwards, or the time since launch. */
    otherMs: z.number().optional(),
  }),
  /** The timed part by the program's own times is shorter than between the arrivals of the same lines. */
  z.strictObject({
    rule: z.literal("logged-clock-disagrees"),
    loggedMs: z.number(),
    arrivedMs: z.number(),
  }),
  /** The clock covers next to nothing of the time from launch to the target. */
  z.strictObject({
    rule: z.literal("timed-part-negligible"),
    timedMs: z.number(),
    untimedMs: z.number(),
    /** Present if CPU time was measured. */
    timedCpuSeconds: z.number().optional(),
    untimedCpuSeconds: z.number().optional(),
  }),
  z.strictObject({
    rule: z.literal("unreadable-log-lines"),
    count: z.number(),
    firstLine: z.string(),
  }),
  /** No program ran: the output of the ranks was made up. */
  z.strictObject({ rule: z.literal("simulated"), rankCount: z.number().int().positive() }),
  /** The first rank that failed in a job of several. */
  z.strictObject({
    rule: z.literal("rank-failed"),
    host: hostName,
    rank: rankNumber,
    exitCode: z.number().int().optional(),
    signal: z.string().optional(),
  }),
  /** The command of `--prepare` failed, so the program was not started. */
  z.strictObject({
    rule: z.literal("prepare-failed"),
    exitCode: z.number().int().optional(),
    signal: z.string().optional(),
  }),
  /** The job could not be started; `code` and `message` are those of the error. */
  z.strictObject({ rule: z.literal("start-failed"), code: z.string(), message: z.string() }),
  z.strictObject({ rule: z.literal("host-lost"), host: hostName, reason: z.string() }),
  /** A scheduler ended the job, because of its time limit for example. */
  z.strictObject({
    rule: z.literal("ended-by-scheduler"),
    scheduler: z.enum(schedulers),
    state: z.string(),
    reason: z.string(),
  }),
  /** Seen on hosts just before the launch. */
  z.strictObject({
    rule: z.literal("hosts-doubtful"),
    doubt: z.enum([
      "clock-off",
      "own-name-unresolved",
      "python-differs",
      "torch-differs",
      "path-missing",
    ]),
    hosts: z.array(hostName),
    detail: z.string(),
  }),
  /** Patterns and displays used the first `keptBytes` of these lines; log.txt has all of them. */
  z.strictObject({
    rule: z.literal("long-lines-cut"),
    count: z.number(),
    longestBytes: z.number(),
    keptBytes: z.number(),
  }),
  z.strictObject({ rule: z.literal("processes-left-running"), count: z.number() }),
  /** Processes of the run that even SIGKILL did not end. */
  z.strictObject({ rule: z.literal("processes-not-ended"), pids: z.array(z.number().int()) }),
  z.strictObject({
    rule: z.literal("environment-changed"),
    changes: z.array(z.strictObject({ field: z.string(), was: z.string(), is: z.string() })),
  }),
]);
export type Finding = z.output<typeof finding>;
