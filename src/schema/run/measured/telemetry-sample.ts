import { z } from "zod";
import { hostName } from "../hosts/host.ts";
import { launchingHost } from "../hosts/launching-host.ts";
import { rankNumber } from "../hosts/rank.ts";

/** The time by the clock of the sample's own host; absent on the launching machine. */
const rawTime = { hostMs: z.number().optional() };

/** A step that was computed several times from the same state. */
export const verifiedStep = z.strictObject({
  step: z.number().int().nonnegative(),
  /** `transient`: two executions have equal results, another one differs; `persistent`: all differ from each other. */
  outcome: z.enum(["equal", "transient", "persistent"]),
  /** Whether what this rank computed differs, or only what it has after exchanging gradients; absent if nothing does. */
  where: z.enum(["computation", "after-exchange", "unknown"]).optional(),
});
export type VerifiedStep = z.output<typeof verifiedStep>;

/** One telemetry point of one rank: how its last steps spent their time. */
export const stepSample = z.strictObject({
  kind: z.literal("step"),
  /** Milliseconds since the epoch, the launching host's clock. */
  timeMs: z.number(),
  ...rawTime,
  rank: rankNumber,
  step: z.number().int().nonnegative(),
  /** Training samples seen so far by all ranks together. */
  samplesCount: z.number().nonnegative(),
  /** Steps that the times below cover. */
  stepCount: z.number().int().positive(),
  computeMs: z.number().nonnegative(),
  /** Waiting for other ranks; communication that overlaps with computation is not included. */
  communicationMs: z.number().nonnegative(),
  dataWaitMs: z.number().nonnegative(),
  loss: z.number().optional(),
  /** Instead of `loss`, which is a finite number. */
  nonFiniteLoss: z.enum(["nan", "inf", "-inf"]).optional(),
  /** Of the parameters of this rank after a step: replicas have the same. */
  parameterChecksums: z
    .array(z.strictObject({ step: z.number().int().nonnegative(), checksum: z.string() }))
    .optional(),
  /** Steps that were computed several times, to compare the results bit by bit. */
  verifiedSteps: z.array(verifiedStep).optional(),
  /** Parts of the computation, if the program reports them separately. */
  forwardMs: z.number().nonnegative().optional(),
  backwardMs: z.number().nonnegative().optional(),
  optimizerMs: z.number().nonnegative().optional(),
});

/** How one host reaches another of its job, by TCP. */
export const hostLink = z.object({
  /** The round trip of opening the last connection between the agents. */
  connectMs: z.number().nonnegative().optional(),
  /** Segments with data, and how many of them were sent again, on the connections that are open now. */
  sentSegments: z.number().nonnegative(),
  resentSegments: z.number().nonnegative(),
});
export type HostLink = z.output<typeof hostLink>;

/** How often the main thread of a rank was seen running, waiting for other threads in a futex, asleep, and in another system call. */
export const rankWaits = z.strictObject({
  running: z.number().int().nonnegative(),
  futex: z.number().int().nonnegative(),
  sleep: z.number().int().nonnegative(),
  otherCall: z.number().int().nonnegative(),
});

/** The run's processes and the meters of one host. Counters are cumulative since launch. */
export const hostSample = z.strictObject({
  kind: z.literal("host"),
  host: hostName.default(launchingHost),
  timeMs: z.number(),
  ...rawTime,
  /** CPU time of the run's processes on the host. */
  cpuSeconds: z.number().nonnegative(),
  /** Resident memory of these processes now. */
  memoryBytes: z.number().nonnegative(),
  processCount: z.number().int().nonnegative(),
  /** What the host has, in its first sample; absent on the launching machine. Energy is estimated from it. */
  capacity: z
    .strictObject({
      coreCount: z.number().int().positive(),
      memoryBytes: z.number().nonnegative(),
    })
    .optional(),
  /** Energy by meter since launch; only meters that exist. */
  measuredJoules: z.record(z.string(), z.number()).optional(),
  accelerators: z
    .array(
      z.strictObject({
        index: z.number().int().nonnegative(),
        name: z.string(),
        powerWatts: z.number().optional(),
        utilisationFraction: z.number().optional(),
        memoryBytes: z.number().optional(),
      }),
    )
    .optional(),
  /** To other hosts of the job. */
  links: z.record(z.string(), hostLink).optional(),
  /** Of each rank of the host; absent where its kernel does not show them. */
  ranks: z.record(z.string(), rankWaits).optional(),
  /** Bytes of each network interface since the host started; of all processes. */
  network: z
    .record(
      z.string(),
      z.strictObject({
        receivedBytes: z.number().nonnegative(),
        sentBytes: z.number().nonnegative(),
      }),
    )
    .optional(),
});

export const telemetrySample = z.discriminatedUnion("kind", [stepSample, hostSample]);
export type StepSample = z.output<typeof stepSample>;
export type HostSample = z.output<typeof hostSample>;
export type TelemetrySample = z.output<typeof telemetrySample>;
