import { z } from "zod";

const gpu = z.looseObject({
  index: z.string(),
  name: z.string(),
  driver: z.string(),
  memoryMib: z.string(),
  usedMib: z.string(),
  eccErrors: z.string(),
  slowdown: z.string(),
  thermal: z.string(),
});

const programPython = z.looseObject({
  python: z.string().optional(),
  torch: z.string().nullish(),
  cuda: z.string().nullish(),
  nccl: z.string().nullish(),
  torchError: z.string().optional(),
  error: z.string().optional(),
});

/** What `agent/host_check.py` finds on a host. */
export const hostCheckFacts = z.looseObject({
  hostname: z.string(),
  /** The interpreter of the program; null if none was to be checked. */
  program: programPython.nullable(),
  /** Free bytes by folder; null where the folder is missing. */
  freeBytes: z.record(z.string(), z.number().nullable()),
  sharedMemoryBytes: z.number().nullable(),
  /** What its own name resolves to; null if it does not. */
  ownAddresses: z.array(z.string()).nullable(),
  /** Null is no limit. */
  limits: z.strictObject({ nofile: z.number().nullable(), memlock: z.number().nullable() }),
  hasRsync: z.boolean(),
  /** A text if nvidia-smi fails, null without it. */
  gpus: z.union([z.array(gpu), z.string(), z.null()]),
  /** Errors of the NVIDIA driver; null if the kernel's log cannot be read. */
  xids: z.array(z.string()).nullable(),
  /** Running processes by job of Pitwall. */
  otherJobs: z.record(z.string(), z.number()),
});

/** The network from one host to another. */
export const linkTest = z.strictObject({
  from: z.string(),
  to: z.string(),
  roundTripMs: z.number().optional(),
  bytesPerSecond: z.number().optional(),
  /** Why there is no connection. */
  error: z.string().optional(),
});
export type LinkTest = z.output<typeof linkTest>;

/** Communication of torch.distributed between two or more hosts. */
export const ringTest = z.strictObject({
  hosts: z.array(z.string()).min(2),
  backend: z.enum(["gloo", "nccl"]),
  /** The shortest all-reduce of one number. */
  roundTripMs: z.number().optional(),
  /** Of an all-reduce of 8 MiB, independent of the number of hosts: bytes x 2 (n - 1) / n / time. */
  bytesPerSecond: z.number().optional(),
  /** Why they could not communicate. */
  error: z.string().optional(),
});
export type RingTest = z.output<typeof ringTest>;

/** One host as it was found. */
export const checkedHost = z.strictObject({
  host: z.string(),
  facts: hostCheckFacts,
  /** Its clock against that of this machine, and how exactly that is known, milliseconds. */
  clock: z.strictObject({ offsetMs: z.number(), roundTripMs: z.number() }).optional(),
  home: z.string(),
  /** Hosts with the same id share their home folder. */
  homeId: z.string(),
});
export type CheckedHost = z.output<typeof checkedHost>;

/** Something that breaks a job, or may. */
export const hostFinding = z.strictObject({
  code: z.string(),
  /** `breaks`: a job would fail. */
  weight: z.enum(["breaks", "doubtful"]),
  hosts: z.array(z.string()),
  message: z.string(),
  hint: z.string(),
});
export type HostFinding = z.output<typeof hostFinding>;
