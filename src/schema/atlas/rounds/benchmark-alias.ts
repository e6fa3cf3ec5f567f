import { z } from "zod";

/**
 * A benchmark name in a filter that rounds have used for another benchmark. `shown`: the results of `benchmark` are
 * selected; `left-out`: those of the benchmark with this current name are, and `benchmark` is not.
 */
export const benchmarkAlias = z.strictObject({
  kind: z.enum(["shown", "left-out"]),
  /** As in the filter: `ssd`. */
  wanted: z.string(),
  /** The current name: `retinanet`. */
  benchmark: z.string(),
  /** Rounds among the candidates whose results are shown or left out. */
  rounds: z.array(z.string()),
});
export type BenchmarkAlias = z.output<typeof benchmarkAlias>;
