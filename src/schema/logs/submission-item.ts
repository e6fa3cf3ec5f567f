import { z } from "zod";
import type { JsonValue } from "../../foundation/json.ts";
import { logCause } from "./log-cause.ts";
import { logFinding } from "./log-verdict.ts";
import { packageFinding } from "./package-finding.ts";

const json: z.ZodType<JsonValue> = z.json();

const loggedName = z.strictObject({
  key: z.string(),
  value: z.string(),
  logCount: z.number().int(),
});

/** One thing to do before an upload. */
export const submissionItem = z.strictObject({
  /** `blocking`: the official tools reject the result. `warning`: they do not, or only note it. */
  severity: z.enum(["blocking", "warning"]),
  foundBy: z.enum(["official", "pitwall"]),
  /** The file or folder, relative to the argument. */
  place: z.string(),
  problem: z.discriminatedUnion("kind", [
    /** More runs fail the compliance rules than may be dropped, or as many as may. */
    z.strictObject({
      kind: z.literal("runs-fail"),
      failedCount: z.number().int(),
      allowedCount: z.number().int(),
      logs: z.array(z.string()),
      /** Of the first of these logs; absent if each of them has a cause that explains its findings. */
      finding: logFinding.optional(),
    }),
    z.strictObject({
      kind: z.literal("cause"),
      /** Of the first of these logs. */
      cause: logCause,
      /** Logs in `place` with this cause; absent if `place` is the only one. */
      logCount: z.number().int().min(2).optional(),
    }),
    z.strictObject({ kind: z.literal("package"), finding: packageFinding }),
    z.strictObject({
      kind: z.literal("converges-too-fast"),
      unit: z.string(),
      globalBatchSize: z.number(),
      mean: z.number().optional(),
      smallestAcceptableMean: z.number(),
    }),
    /** More runs ended without the target than may: such runs have no score. */
    z.strictObject({
      kind: z.literal("too-few-converged"),
      missedCount: z.number().int(),
      allowedCount: z.number().int(),
    }),
    z.strictObject({
      kind: z.literal("no-reference"),
      globalBatchSize: z.number(),
      /** Of all reference points of the benchmark, ascending. */
      referenceBatchSizes: z.array(z.number()),
      /** Hyperparameters of the reference at the nearest batch size. */
      nearest: z
        .strictObject({ globalBatchSize: z.number(), hyperparameters: z.record(z.string(), json) })
        .optional(),
    }),
    z.strictObject({ kind: z.literal("no-batch-size"), found: z.array(z.number()) }),
    z.strictObject({ kind: z.literal("scaling-file-missing"), factor: z.number() }),
    z.strictObject({
      kind: z.literal("division-differs"),
      logged: z.string(),
      described: z.string(),
    }),
    /** Logs of one result have different values of a `submission_…` key. */
    z.strictObject({
      kind: z.literal("names-differ"),
      key: z.string(),
      values: z.array(loggedName),
    }),
    z.strictObject({
      kind: z.literal("submitter-differs"),
      /** Name of the submitter's folder. */
      folder: z.string(),
      /** Of the system description. */
      described: z.string(),
    }),
    z.strictObject({
      kind: z.enum(["organization-differs", "accelerator-differs"]),
      logged: z.string(),
      /** Of the system description. */
      described: z.string(),
      logCount: z.number().int(),
    }),
    z.strictObject({
      kind: z.literal("count-differs"),
      logged: z.string(),
      /** Of the system description. */
      nodeCount: z.number().int(),
      acceleratorsPerNode: z.number().int(),
      logCount: z.number().int(),
    }),
    /** Power meters are read less often than once a second. */
    z.strictObject({ kind: z.literal("power-read-rarely"), readingIntervalMs: z.number() }),
    /** The value of the launch scripts was not replaced; accepted submissions contain such values. */
    z.strictObject({
      kind: z.literal("placeholder"),
      key: z.string(),
      value: z.string(),
      logCount: z.number().int(),
    }),
    z.strictObject({ kind: z.literal("code-missing") }),
    /** The logs are in a folder of any name, not in `<organization>/results/<system>/<benchmark>`. */
    z.strictObject({ kind: z.literal("not-in-submission") }),
    /** Files with nearly the name of a log. */
    z.strictObject({ kind: z.literal("logs-not-read"), names: z.array(z.string()) }),
    /** Logs in a folder without any log of the right name: the official tools find none. */
    z.strictObject({ kind: z.literal("logs-misnamed"), names: z.array(z.string()) }),
    /** Logs that are packed with gzip, whatever their names: the official tools read only text. */
    z.strictObject({ kind: z.literal("logs-packed"), names: z.array(z.string()) }),
    /** Symbolic links to files that are not part of the upload. */
    z.strictObject({ kind: z.literal("links-lead-out"), paths: z.array(z.string()) }),
  ]),
});
export type SubmissionItem = z.output<typeof submissionItem>;
