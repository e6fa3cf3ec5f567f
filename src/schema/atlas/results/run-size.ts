import { z } from "zod";

/** The nodes that the runs of a result used, where its description has those of the whole cluster. */
export const runSize = z.strictObject({
  /** The result's row. */
  rowId: z.string(),
  nodeCount: z.number().int().positive(),
  acceleratorsPerNode: z.number().int().positive(),
  /** The published configuration that states it. */
  source: z.string(),
});
export type RunSize = z.output<typeof runSize>;
export const runSizeList = z.strictObject({ entries: z.array(runSize) });
export type RunSizeList = z.output<typeof runSizeList>;
