import { z } from "zod";
import { priceEntry } from "../catalogue.ts";
import { metricTarget } from "../run/outcome/metric-target.ts";

/** `prices`: entries of the price catalog. */
export const pricesDocument = z.array(priceEntry);

const workloadFields = {
  name: z.string(),
  area: z.string(),
  title: z.string(),
  target: metricTarget,
};

/** `workloads`: the workloads that are part of Pitwall. */
export const workloadsDocument = z.array(
  z.discriminatedUnion("runtime", [
    z.strictObject({
      runtime: z.literal("built-in"),
      ...workloadFields,
      globalBatchSize: z.number().int(),
      maxSamples: z.number().int(),
      data: z.unknown(),
    }),
    z.strictObject({
      runtime: z.literal("torch"),
      ...workloadFields,
      /** Its workload file, next to its program. */
      path: z.string(),
    }),
  ]),
);

/** `schema`: the names, or one schema. */
export const schemaDocument = z.union([
  z.strictObject({ files: z.array(z.string()), commands: z.array(z.string()) }),
  z.strictObject({ name: z.string(), schema: z.record(z.string(), z.unknown()) }),
]);

export const completionDocument = z.strictObject({
  shell: z.enum(["bash", "zsh", "fish"]),
  script: z.string(),
});

/** `serve`: printed when the server is ready; the command keeps running. */
export const serveDocument = z.strictObject({
  url: z.string(),
  /** Present if clients need the token. */
  tokenPath: z.string().optional(),
  /** With `--tunnel`: the command that brings the dashboard to another machine. */
  tunnel: z.string().optional(),
});
