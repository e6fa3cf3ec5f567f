import { z } from "zod";

/** What an agent reports about its host before a job. */
export const hostFacts = z.looseObject({
  hostname: z.string(),
  timeMs: z.number(),
  home: z.string(),
  /** Hosts with the same id share their home folder. */
  homeId: z.string(),
  python: z.string(),
  pythonVersion: z.string(),
  system: z.string(),
  operatingSystem: z.string(),
  cpuModel: z.string(),
  coreCount: z.number(),
  memoryBytes: z.number().nullable(),
  gpus: z.array(
    z.looseObject({
      index: z.number(),
      uuid: z.string(),
      name: z.string(),
      memoryBytes: z.number().nullable(),
      driver: z.string(),
    }),
  ),
  /** IPv4 addresses by interface. */
  interfaces: z.record(z.string(), z.string()),
  /** The address that the connection came to; null without ssh. */
  reachedAt: z.string().nullable(),
  /** A port that nothing listened on. */
  freePort: z.number(),
  /** Another one. */
  leasePort: z.number().optional(),
  /** Running processes by job of Pitwall; 0 where only the folder of a job is left. */
  jobs: z.record(z.string(), z.number()).optional(),
});
export type HostFacts = z.output<typeof hostFacts>;
