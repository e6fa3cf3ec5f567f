import type { LifecycleEventBody } from "../../../schema/run/events/lifecycle-event.ts";
import { sampleToken } from "../../../schema/run/events/sample-token.ts";
import type { RunWriter } from "../../../store/records/run-store.ts";

/**
 * Stores the step samples among printed lines in the record and returns all other bytes.
 *
 * @param options `clockOffsetMs`: added to the times of samples from a host with another clock; absent on the launching machine
 */
export async function storePrintedSamples(
  bytes: Buffer,
  writer: Pick<RunWriter, "appendSample"> & {
    appendEvent(body: LifecycleEventBody, timeMs: number): Promise<unknown>;
  },
  { clockOffsetMs }: { clockOffsetMs?: number | undefined } = {},
): Promise<Buffer> {
  if (!bytes.includes(sampleToken)) return bytes;
  const { findSampleLines } = await import("../../../mllog/output/find-sample-lines.ts");
  const rest: Buffer[] = [];
  let keptTo = 0;
  // One character per byte, so that positions in the text are positions in the bytes.
  for (const { sample, start, end } of findSampleLines(bytes.toString("latin1"))) {
    rest.push(bytes.subarray(keptTo, start));
    keptTo = end;
    const placed =
      clockOffsetMs === undefined
        ? sample
        : { ...sample, timeMs: rounded(sample.timeMs + clockOffsetMs), hostMs: sample.timeMs };
    await writer.appendSample(`rank-${sample.rank}`, placed);
    for (const { outcome, ...verified } of sample.verifiedSteps ?? []) {
      if (outcome === "equal") continue;
      const { rank } = sample;
      await writer.appendEvent({ kind: "step-differs", ...verified, outcome, rank }, placed.timeMs);
    }
  }
  return Buffer.concat([...rest, bytes.subarray(keptTo)]);
}

/** Samples are read fastest with at most 15 digits. */
function rounded(timeMs: number): number {
  return Math.round(timeMs * 100) / 100;
}
