import type { Accelerator } from "../../schema/catalogue.ts";

/** Gigabytes of a data sheet are powers of two, and the driver keeps half a percent: an 80 GB H100 shows 79.6 GiB. */
const usableFraction = 0.995;

/** Memory of one accelerator that programs can use, bytes: what its driver reports, or estimated from its name. */
export function capacityBytes(accelerator: Accelerator): number {
  return (
    accelerator.reportedMemoryBytes ?? (accelerator.memoryBytes / 1e9) * 2 ** 30 * usableFraction
  );
}
