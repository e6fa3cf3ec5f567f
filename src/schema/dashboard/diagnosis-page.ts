import { z } from "zod";
import { diagnosis } from "../diagnosis/diagnosis.ts";
import { ledger } from "../run/measured/ledger.ts";

/** What `pitwall doctor` says about a run, as of now. */
export const diagnosisDocument = z.object({
  runId: z.string(),
  name: z.string(),
  state: z.enum(["running", "finished", "abandoned"]),
  rankCount: z.number().int().positive(),
  /** Absent for a run that was not launched. */
  launchedMs: z.number().optional(),
  /** From the launch to the end, or until now. */
  durationMs: z.number().nonnegative(),
  /** Each start of its job; milliseconds since the launch. */
  attempts: z.array(
    z.object({
      fromMs: z.number().nonnegative(),
      /** Its failure, or its end. */
      toMs: z.number().nonnegative(),
      /** What ended it, of an attempt that failed. */
      fault: z.string().optional(),
    }),
  ),
  diagnosis,
  /** Of a finished run that could restart. */
  ledger: ledger.optional(),
});
export type DiagnosisDocument = z.output<typeof diagnosisDocument>;
