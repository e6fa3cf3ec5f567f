import { z } from "zod";

const logs = z.array(z.string());

/** A finding about the logs of one result together and their related files. */
export const packageFinding = z.discriminatedUnion("rule", [
  z.strictObject({
    rule: z.literal("run-count"),
    have: z.number().int(),
    need: z.number().int(),
  }),
  /** Two logs of one folder claim the same run. */
  z.strictObject({ rule: z.literal("result-number-repeated"), number: z.string(), logs }),
  z.strictObject({
    rule: z.literal("benchmarks-differ"),
    benchmarks: z.array(z.strictObject({ benchmark: z.string(), logs })),
  }),
  z.strictObject({
    rule: z.literal("folder-names-another-benchmark"),
    folder: z.string(),
    logged: z.string(),
  }),
  z.strictObject({
    rule: z.literal("benchmark-not-in-edition"),
    benchmark: z.string(),
    edition: z.string(),
    nearest: z.string().optional(),
  }),
  /** Logs without a seed: all of the result, or those listed while others have one. */
  z.strictObject({ rule: z.literal("seed-missing"), scope: z.enum(["all", "some"]), logs }),
  /** Each run must use a different seed. */
  z.strictObject({ rule: z.literal("seed-repeated"), seed: z.string(), logs }),
  z.strictObject({
    rule: z.literal("hyperparameter-differs"),
    key: z.string(),
    values: z.array(z.strictObject({ value: z.string(), logs })),
  }),
  z.strictObject({
    rule: z.literal("system-file-missing"),
    path: z.string(),
    nearest: z.string().optional(),
  }),
  z.strictObject({
    rule: z.literal("system-file-invalid"),
    path: z.string(),
    reason: z.string(),
    /** Starts at 1; absent if unknown. */
    line: z.number().int().optional(),
  }),
  z.strictObject({
    rule: z.literal("system-fields-missing"),
    path: z.string(),
    fields: z.array(
      z.strictObject({
        field: z.string(),
        /** An unknown field of the file with a similar name. */
        writtenAs: z.string().optional(),
      }),
    ),
  }),
  z.strictObject({
    rule: z.literal("system-value-odd"),
    path: z.string(),
    field: z.string(),
    seen: z.string(),
    allowed: z.array(z.string()),
    nearest: z.string().optional(),
  }),
  /** There is a folder of power logs, and none in it for these runs. */
  z.strictObject({ rule: z.literal("power-missing"), logs }),
  z.strictObject({
    rule: z.literal("power-files-differ"),
    counts: z.array(z.strictObject({ nodeFiles: z.number().int(), logs })),
  }),
  /** Files of the submitter that the upload, a Git repository, does not take well: official since round 2.0. */
  z.strictObject({ rule: z.literal("names-unsuitable"), count: z.number().int(), paths: logs }),
  z.strictObject({
    rule: z.literal("files-too-large"),
    count: z.number().int(),
    limitBytes: z.number().int(),
    files: z.array(z.strictObject({ path: z.string(), bytes: z.number().int() })),
  }),
  z.strictObject({ rule: z.literal("links-broken"), count: z.number().int(), paths: logs }),
  z.strictObject({ rule: z.literal("power-of-no-run"), folders: z.array(z.string()) }),
]);
export type PackageFinding = z.output<typeof packageFinding>;

/** One folder of logs. */
export const checkedPackage = z.strictObject({
  argument: z.string(),
  /** From the argument on; `.` for the argument itself. */
  path: z.string(),
  /** `submitter`: all files of an organization. `submission`: it is in `<organization>/results/<system>/<benchmark>`, so it is checked as a whole result. */
  kind: z.enum(["submission", "folder", "submitter"]),
  organisation: z.string().optional(),
  system: z.string().optional(),
  benchmark: z.string().optional(),
  runCount: z.number().int(),
  requiredRunCount: z.number().int().optional(),
  findings: z.array(packageFinding),
});
export type CheckedPackage = z.output<typeof checkedPackage>;

/** The kind of a log folder, determined by its path. */
export type PackageLocation =
  | {
      kind: "submission";
      organisation: string;
      organisationPath: string;
      /** The system's folder, after which its description is named. */
      system: string;
      benchmark: string;
      /** HPC's weak scaling trains as many models as the system holds: more than required is right. */
      scaling: "strong" | "weak";
    }
  | { kind: "folder"; benchmark: undefined };

/** A system description on disk. Paths are relative to the organization's folder. */
export type SystemFileText =
  | { kind: "missing"; path: string; others: readonly string[] }
  | { kind: "text"; path: string; text: string }
  | { kind: "unreadable"; path: string; code: string };

/** The power logs of a result: folder name, which is the run's, to its count of node files. */
export type PowerFolder =
  | { kind: "none" }
  | { kind: "runs"; nodeFileCounts: ReadonlyMap<string, number> };
