import { z } from "zod";
import { hostName } from "./host.ts";

/** How many ranks each host runs, and what starts them there. */
export const rankPlan = z.strictObject({
  /** `gpu` is one for each GPU of the host. */
  perHost: z.union([z.number().int().positive(), z.literal("gpu")]),
  /** `torchrun`, or Pitwall's agent with the same variables. */
  starter: z.enum(["torchrun", "direct"]),
  /** How torchrun finds the other hosts; default: `static`, with fixed numbers of the hosts. */
  rendezvous: z.enum(["static", "c10d"]).optional(),
});
export type RankPlan = z.output<typeof rankPlan>;

/** A host that OpenSSH reaches. */
export const sshHost = z.strictObject({
  /** In records and tables. */
  name: hostName,
  /** What `ssh` is given: a name of the user's ssh configuration, an address, or `user@address`. */
  destination: z.string(),
  port: z.number().int().positive().optional(),
  /** Ranks on this host; default: as on the others. */
  ranks: z.number().int().positive().optional(),
  /** Where the other hosts reach it; default: the address that ssh connected to. */
  address: z.string().optional(),
  /** The network switch that it is connected to, after those above it: `spine1/leaf2`. */
  switch: z.string().optional(),
});
export type SshHost = z.output<typeof sshHost>;

/** How hosts are reached with the user's own OpenSSH, and what is sent there. */
const overSsh = {
  /** Configuration file of ssh; default: the user's. */
  sshConfig: z.string().optional(),
  /** Files to send besides those that git tracks: paths and patterns relative to the program's folder. */
  sync: z.array(z.string()).optional(),
  /** A host that does not answer for this long is lost. */
  hostTimeoutMs: z.number().positive().optional(),
  /** A host that hears nothing of Pitwall and of the other hosts for this long ends its ranks; absent in older records. */
  leaseMs: z.number().positive().optional(),
  /** Shell command that runs once on each host before its first job with this code. */
  setUp: z.string().optional(),
};

const placement = {
  /** `topology`: hosts below the same network switch get consecutive ranks; default: in the order of the hosts. */
  rankOrder: z.enum(["given", "topology"]).optional(),
  /** At most this many hosts start in each second. */
  launchRate: z.number().positive().optional(),
};

/** Where and how a job is started; one variant for each row of `launch/launch-targets.ts`. */
export const launchTarget = z.discriminatedUnion("kind", [
  /** The host that Pitwall runs on. Without `ranks` the program is one process and starts its own ranks, if any. */
  z.strictObject({ kind: z.literal("local"), ranks: rankPlan.optional() }),
  /** Hosts that are reached with the user's own OpenSSH. */
  z.strictObject({
    kind: z.literal("ssh"),
    hosts: z.array(sshHost).min(1),
    ranks: rankPlan,
    ...overSsh,
    ...placement,
  }),
  /** Ranks that mpirun starts: on this machine, or on hosts that ssh reaches. */
  z.strictObject({
    kind: z.literal("mpi"),
    /** Absent: this machine. */
    hosts: z.array(sshHost).min(1).optional(),
    ranks: rankPlan,
    ...overSsh,
    /** Further options of mpirun: `--bind-to core`. */
    mpirun: z.array(z.string()).optional(),
  }),
  /** Nodes that Slurm assigns: one batch job per run. */
  z.strictObject({
    kind: z.literal("slurm"),
    nodes: z.number().int().positive(),
    /** Further nodes of the job, which replace those that are lost; only for a run that is restarted after failures. */
    spareNodes: z.number().int().positive().optional(),
    ranks: rankPlan,
    /** One or several with commas; default: that of the cluster. */
    partition: z.string().optional(),
    account: z.string().optional(),
    /** Time limit in the notation of Slurm: `2:00:00`. */
    time: z.string().optional(),
    constraint: z.string().optional(),
    /** Generic resources of each node: `gpu:4`. */
    gres: z.string().optional(),
    /** Further options of sbatch: `--mem=64G`. */
    sbatch: z.array(z.string()).optional(),
    /** The program's files are sent to the nodes, which do not share its folder. */
    sendsCode: z.boolean().optional(),
    /** Files to send besides those that git tracks; only with `sendsCode`, as is `setUp`. */
    sync: z.array(z.string()).optional(),
    /** Shell command that runs once on each node before its first job with this code. */
    setUp: z.string().optional(),
    ...placement,
  }),
  /** Nodes of a Ray cluster: one Ray job per run. */
  z.strictObject({
    kind: z.literal("ray"),
    /** Of the cluster's dashboard: `http://head:8265`. */
    address: z.string(),
    nodes: z.number().int().positive(),
    ranks: rankPlan.extend({ perHost: z.number().int().positive() }),
    /** Files to send besides those that git tracks. */
    sync: z.array(z.string()).optional(),
    /** Shell command that runs once on each node before its first job with this code. */
    setUp: z.string().optional(),
  }),
  /** Ranks that do not exist, for trying Pitwall itself at scale. */
  z.strictObject({
    kind: z.literal("simulated"),
    nodes: z.number().int().positive(),
    ranks: rankPlan,
  }),
]);
export type LaunchTarget = z.output<typeof launchTarget>;

/** Programs that run a job between Pitwall and its ranks, and can end it. */
export const schedulers = ["slurm", "mpirun", "ray"] as const;
export type Scheduler = (typeof schedulers)[number];

export type LaunchTargetKind = LaunchTarget["kind"];
/** The variants of some kinds; written as a mapped type so that tables by kind can be indexed with it. */
export type LaunchTargetOf<Kind extends LaunchTargetKind> = {
  [Each in Kind]: Extract<LaunchTarget, { kind: Each }>;
}[Kind];
