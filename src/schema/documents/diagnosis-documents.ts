import { z } from "zod";
import { diagnosis } from "../diagnosis/diagnosis.ts";

/** The `result` of the JSON document of `doctor`: one entry for a run or a folder, several for a series. */
export const doctorDocument = z.strictObject({
  diagnoses: z.array(
    z.strictObject({ runId: z.string().optional(), directory: z.string(), diagnosis }),
  ),
});
