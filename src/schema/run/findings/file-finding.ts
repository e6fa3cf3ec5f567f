import { z } from "zod";

/** Findings about files that metrics are read from, as data; `report/findings/describe-file-finding.ts` prints them. */
export const fileFindings = [
  /** Neither the file nor a file of metrics in the folder existed during the run. */
  z.strictObject({ rule: z.literal("metrics-file-missing"), path: z.string() }),
  /** The run did not change it, so its values are those of an earlier run. */
  z.strictObject({ rule: z.literal("metrics-file-unchanged"), path: z.string() }),
  z.strictObject({
    rule: z.literal("metrics-file-unreadable"),
    path: z.string(),
    reason: z.string(),
  }),
  /** Values that the file held before the launch; they were not used. */
  z.strictObject({
    rule: z.literal("metrics-file-continued"),
    path: z.string(),
    count: z.number(),
  }),
  /** The program wrote to an MLflow run that began before the launch; its values were not used. */
  z.strictObject({ rule: z.literal("mlflow-run-older"), path: z.string() }),
  /** Several evaluations were written at once, without times. */
  z.strictObject({
    rule: z.literal("metrics-file-late"),
    path: z.string(),
    evaluationCount: z.number(),
    lateMs: z.number(),
  }),
  /** Times in the file that cannot be right: the time of writing was used instead. */
  z.strictObject({
    rule: z.literal("metrics-file-times-unused"),
    path: z.string(),
    reason: z.enum(["before-launch", "in-future", "backwards"]),
    count: z.number(),
  }),
  z.strictObject({
    rule: z.literal("metrics-header-changed"),
    path: z.string(),
    added: z.array(z.string()),
    removed: z.array(z.string()),
  }),
  /** A log and a table beside it contain the same training; one was imported. */
  z.strictObject({
    rule: z.literal("training-in-two-files"),
    used: z.string(),
    unused: z.string(),
    comparedCount: z.number(),
    differentCount: z.number(),
    /** The first values that differ, as written. */
    example: z
      .strictObject({ metric: z.string(), usedValue: z.string(), unusedValue: z.string() })
      .optional(),
  }),
  /** Rows with more or fewer cells than the header; they were not used. */
  z.strictObject({
    rule: z.literal("metrics-rows-uneven"),
    path: z.string(),
    count: z.number(),
    /** Of the first such row. */
    cellCount: z.number(),
    columnCount: z.number(),
  }),
  z.strictObject({
    rule: z.literal("metric-not-in-files"),
    metric: z.string(),
    /** Names that the files have. */
    names: z.array(z.string()),
    /** Longer names that end like the metric's. */
    longerNames: z.array(z.string()).optional(),
    /** The name to give instead. */
    suggestion: z.string().optional(),
  }),
  /** Two files have different values of a metric; those of `other` were not used. */
  z.strictObject({
    rule: z.literal("metrics-files-disagree"),
    metric: z.string(),
    used: z.string(),
    other: z.string(),
    step: z.number().optional(),
    usedValue: z.number(),
    otherValue: z.number(),
  }),
  z.strictObject({
    rule: z.literal("metric-steps-went-back"),
    metric: z.string(),
    path: z.string(),
    fromStep: z.number(),
    toStep: z.number(),
    count: z.number(),
  }),
] as const;
