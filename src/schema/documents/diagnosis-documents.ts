import { z } from "zod";
import { diagnosis } from "../diagnosis/diagnosis.ts";

/** What `--bundle` puts into an archive. */
const bundlePreview = z.strictObject({
  file: z.string(),
  isWritten: z.boolean(),
  files: z.array(
    z.strictObject({
      name: z.string(),
      bytes: z.number().int().nonnegative(),
      /** Passwords, keys and tokens that were replaced. */
      secrets: z.number().int().nonnegative(),
      /** Names and addresses of hosts that were replaced. */
      hosts: z.number().int().nonnegative(),
      /** Bytes in the middle of the file that were left out. */
      cutBytes: z.number().int().nonnegative(),
    }),
  ),
  /** Files of the record that are left out, and why. */
  leftOut: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
});
export type BundlePreview = z.output<typeof bundlePreview>;

/** The `result` of the JSON document of `doctor`: one entry for a run or a folder, several for a series. */
export const doctorDocument = z.strictObject({
  /** Present instead of diagnoses with `--bundle`. */
  bundle: bundlePreview.optional(),
  diagnoses: z.array(
    z.strictObject({ runId: z.string().optional(), directory: z.string(), diagnosis }),
  ),
});
