import { z } from "zod";
import { hostLink } from "../measured/telemetry-sample.ts";

const gpu = z.looseObject({
  index: z.number(),
  uuid: z.string(),
  name: z.string(),
  powerWatts: z.number().nullable(),
  utilization: z.number().nullable(),
  usedBytes: z.number().nullable(),
});

/** A sample of one host as its agent takes it, once a second. Counters are cumulative. */
export const agentSample = z.looseObject({
  /** CPU time of the job's processes, those that have ended included. */
  cpuSeconds: z.number(),
  memoryBytes: z.number(),
  processCount: z.number(),
  /** Energy counters by zone, since an unknown moment. */
  joules: z.record(z.string(), z.number()),
  gpus: z.array(gpu),
  /** Of the whole host, since it started; only what it shows. */
  machine: z
    .looseObject({
      /** CPU time of the agent itself. */
      agentSeconds: z.number().optional(),
      /** CPU time of all processes, and what all cores had. */
      busySeconds: z.number().optional(),
      totalSeconds: z.number().optional(),
      /** How often cores lowered their frequency because of their temperature. */
      thermalThrottleCount: z.number().optional(),
    })
    .optional(),
  /** To other hosts of the job. */
  links: z.record(z.string(), hostLink).optional(),
  /** Of each rank: how often it was seen running, in a futex, asleep, and in another system call. */
  ranks: z.record(z.string(), z.tuple([z.number(), z.number(), z.number(), z.number()])).optional(),
  /** Bytes received and sent by each interface since the host started. */
  network: z.record(z.string(), z.tuple([z.number(), z.number()])),
});
export type AgentSample = z.output<typeof agentSample>;

/** A sample with its host and its time by the launching host's clock. */
export type PlacedAgentSample = AgentSample & { host: string; timeMs: number; hostMs?: number };
