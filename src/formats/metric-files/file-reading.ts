import type { PrintedValue } from "../../schema/run/events/observation.ts";

/** The requested values of one row, line or record of a file. */
export interface FileReading {
  step: number | undefined;
  /** As the file states it, milliseconds since the epoch. */
  timeMs: number | undefined;
  metrics: readonly PrintedValue[];
  samplesCount: number | undefined;
  /** The reading of the program's own clock, in milliseconds. */
  clockMs: number | undefined;
}

/** Identifies a reading by its content, so that it is recognized where a file repeats it. */
export function readingKey(reading: FileReading, index: number): number {
  const { step, metrics, samplesCount, clockMs } = reading;
  const values = metrics.map(({ metric, value }) => `${metric}=${value}`).join(" ");
  // Without a step, the position in the file identifies a row.
  return hashOf(`${step ?? `#${index}`} ${values} ${samplesCount ?? ""} ${clockMs ?? ""}`);
}

/** 53 bits of two FNV-1a hashes: equal hashes of different readings are practically impossible. */
function hashOf(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + 0x9e37), 0x85ebca6b);
  }
  return ((high >>> 0) & 0x1fffff) * 2 ** 32 + (low >>> 0);
}
