import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StepSample } from "../../schema/run/telemetry-sample.ts";
import { sampleFileName } from "./record-files.ts";

/**
 * Lets a training program add its ranks' telemetry to the record of the run it belongs to; there is
 * nothing to add to where it was started by hand. A record that can't be written to costs samples,
 * never the training.
 *
 * @param runDirectory what `PITWALL_RUN_DIR` says
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
      // The record's own writer meets the same disk and tells the user.
      hasFailed = true;
    }
  };
}
