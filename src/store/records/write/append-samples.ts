import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StepSample } from "../../../schema/run/measured/telemetry-sample.ts";
import { sampleFileName } from "../record-files.ts";

/**
 * Lets a training program add its ranks' telemetry to the record of its run. Does nothing if the
 * program was not started by Pitwall. If the record cannot be written, samples are lost, but
 * training continues.
 *
 * @param runDirectory the value of `PITWALL_RUN_DIR`
 */
export function sampleAppender(runDirectory: string | undefined): (sample: StepSample) => void {
  if (runDirectory === undefined) return () => undefined;
  let hasFailed = false;
  return (sample) => {
    if (hasFailed) return;
    const path = join(runDirectory, sampleFileName(`rank-${sample.rank}`));
    try {
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, `${JSON.stringify(sample)}\n`);
    } catch {
      // The record's own writer gets the same disk error and reports it to the user.
      hasFailed = true;
    }
  };
}
