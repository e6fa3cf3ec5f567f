import { readdirSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { sizeOnDisk } from "../open-file.ts";
import { samplesDirectory } from "../records/record-files.ts";

/** Below this size, which takes about 0.1 s to read, threads are slower than the main thread. */
export const manySampleBytes = 30 * 1024 * 1024;

/** Whether a run has so many samples that reading them takes noticeable time. */
export function hasManySampleBytes(home: string, runId: string): boolean {
  const directory = join(home, "runs", runId, samplesDirectory);
  const bytes = namesIn(directory).reduce(
    (sum, name) => sum + sizeOnDisk(join(directory, name)),
    0,
  );
  return bytes >= manySampleBytes;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    // A run that was not launched has no samples.
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}
