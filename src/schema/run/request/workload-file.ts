import { z } from "zod";
import { planExpectation } from "../../plan/plan-expectation.ts";

const quantity = (what: string, example: string) =>
  z.string().describe(`${what}, with its unit: \`${example}\``);

const patterns = z.union([z.string(), z.array(z.string()).min(1)]);

const fields = z.strictObject({
  name: z
    .string()
    .min(1)
    .optional()
    .describe("Name in lists and run ids; the file's name if absent"),
  tags: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe("Tags by key, for filters: `{ lr: 0.1, data: small }`"),
  note: z.string().optional().describe("A description of the runs"),
  workload: z.string().optional().describe("An embedded workload: `pitwall workloads` lists them"),
  workers: z.int().positive().optional().describe("Data-parallel workers of an embedded workload"),
  command: z
    .union([z.string().min(1), z.array(z.string()).min(1)])
    .optional()
    .describe(
      "Program and arguments. A list is started as it is, a text through `sh -c`. `{seed}` stands for the seed",
    ),
  cwd: z
    .string()
    .optional()
    .describe("Directory to start in, relative to this file; this file's if absent"),
  env: z.record(z.string(), z.string()).optional().describe("Environment variables to add"),
  on: z
    .enum(["local", "ssh", "slurm", "mpi", "ray", "simulated"])
    .optional()
    .describe("Where to start the program"),
  nproc: z
    .union([z.int().positive(), z.literal("gpu")])
    .optional()
    .describe("Ranks per host, or `gpu` for one per GPU"),
  hosts: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe("Hosts for ssh and mpirun: names, or a file of hosts"),
  nodes: z
    .int()
    .positive()
    .optional()
    .describe("Number of Slurm or Ray nodes; with `hosts`, use only the first"),
  launcher: z.enum(["torchrun", "direct"]).optional().describe("What starts the ranks"),
  rendezvous: z.enum(["static", "c10d"]).optional().describe("How torchrun finds the other hosts"),
  rankOrder: z
    .enum(["given", "topology"])
    .optional()
    .describe("`topology`: consecutive ranks below the same network switch"),
  launchRate: z.number().positive().optional().describe("Start at most this many hosts per second"),
  sync: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Files to send to the hosts besides those that git tracks"),
  sendCode: z
    .boolean()
    .optional()
    .describe("Send the program's files to Slurm nodes that do not share its folder"),
  data: patterns
    .optional()
    .describe(
      "Data to put on each host before a run, not timed: `source` or `source=/path/on/hosts`; sources are relative to the folder that Pitwall is started in",
    ),
  setUp: z
    .string()
    .min(1)
    .optional()
    .describe("Shell command to run once per host and version of the code"),
  partition: z.string().min(1).optional().describe("Slurm partition; the cluster's if absent"),
  account: z.string().min(1).optional().describe("Slurm account"),
  time: z
    .union([z.int().positive(), z.string().min(1)])
    .optional()
    .describe("Time limit of the Slurm job: minutes, or `2:00:00` in quotes"),
  constraint: z.string().min(1).optional().describe("Features that the Slurm nodes must have"),
  gres: z.string().min(1).optional().describe("Resources of each Slurm node: `gpu:4`"),
  sbatch: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Further options of sbatch: `--mem=64G`"),
  mpirun: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Further options of mpirun: `--bind-to core`"),
  rayAddress: z
    .string()
    .min(1)
    .optional()
    .describe("Address of the Ray cluster's dashboard: `http://head:8265`"),
  stdin: z
    .string()
    .optional()
    .describe("File that the program reads on its standard input, relative to this file"),
  settings: z
    .record(z.string(), z.json())
    .optional()
    .describe("Settings of the program, of any form: it gets them as JSON in `PITWALL_SETTINGS`"),
  metric: patterns
    .optional()
    .describe("Regular expression(s) whose first group reads a number: `val_acc=([0-9.]+)`"),
  samples: z.string().optional().describe("Regular expression that reads the samples seen so far"),
  metricsFrom: patterns
    .optional()
    .describe(
      "File(s) or folder(s) that the program writes its metrics to, relative to its folder: `metrics.csv`, `runs/`",
    ),
  clockStart: z
    .string()
    .optional()
    .describe("Regular expression of the line that ends initialisation and starts the clock"),
  clock: z
    .string()
    .optional()
    .describe(
      "Name of the program's own clock, or a regular expression whose group is its time: `train_time:(\\d+)ms`",
    ),
  target: patterns
    .optional()
    .describe("Quality to reach: `val_acc >= 0.94` or `loss <= 2.0`. Of a list, all at once"),
  targetMean: z
    .int()
    .min(2)
    .optional()
    .describe("Compare the mean of this many evaluations with each target"),
  targetTimes: z
    .int()
    .min(2)
    .optional()
    .describe("Require this many consecutive evaluations to meet each target"),
  stopAtTarget: z.boolean().optional().describe("End the program once the target is met"),
  keepOnNan: z
    .boolean()
    .optional()
    .describe("Do not end a run whose metric is NaN three times in a row"),
  observe: z
    .enum(["all", "none"])
    .optional()
    .describe("none: read only the output; no samples of the machines and of steps, no energy"),
  keepGoing: z
    .boolean()
    .optional()
    .describe("Start all runs, even after two that died at once or with the same error"),
  warmup: z
    .int()
    .nonnegative()
    .optional()
    .describe("How many runs to start before the series; they are recorded and not counted"),
  retries: z
    .int()
    .nonnegative()
    .optional()
    .describe("How many times a run that dies is started again with the same seed"),
  maxRestarts: z
    .int()
    .nonnegative()
    .optional()
    .describe("How many times the job is started again after a failure, in the same run"),
  restartBudget: z
    .record(z.string(), z.int().nonnegative())
    .optional()
    .describe("Restarts after each kind of fault: `out-of-memory: 1`"),
  hangTimeout: z
    .string()
    .optional()
    .describe("A job that prints nothing for this long has failed: `10m`"),
  spares: z
    .int()
    .nonnegative()
    .optional()
    .describe("How many of the last ssh hosts are kept as replacements for lost ones"),
  minNodes: z
    .int()
    .positive()
    .optional()
    .describe("Continue without lost ssh hosts, on this many at least"),
  verifyStep: z
    .int()
    .min(2)
    .optional()
    .describe("Steps between those that `pitwall.py` computes again, to compare the bits"),
  prepare: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Shell command to run before each run; it is not timed. `{seed}` stands for the seed",
    ),
  runs: z.int().positive().optional().describe("How many runs, with seeds counting up"),
  seed: z.int().nonnegative().optional().describe("Seed of the first run"),
  maxTime: quantity("Longest time of one run", "20m").optional(),
  maxCost: quantity("Highest cost of one run", "5usd").optional(),
  maxSamples: z
    .union([z.int().positive(), z.string()])
    .optional()
    .describe("Most training samples of one run: `50000` or `1.5M`"),
  price: z
    .string()
    .optional()
    .describe("`12.29/h`, `2.49/h/accelerator`, or a catalogue entry such as `aws/p4d.24xlarge`"),
  plan: planExpectation
    .optional()
    .describe(
      "What a plan expects of each run, as `pitwall plan --yaml` writes it; the record keeps it, and `pitwall show` compares",
    ),
});

/**
 * A workload file: what `pitwall run my-workload.yaml` reads. Exactly one of `workload` (an embedded
 * one) and `command` (any program) is given.
 */
export const workloadFile = fields
  .refine((file) => (file.workload === undefined) !== (file.command === undefined), {
    message: "specify either `workload` or `command`",
  })
  .refine((file) => file.settings === undefined || file.command !== undefined, {
    message: "`settings` requires `command`: built-in workloads have no settings",
  })
  .describe("A Pitwall workload");
export type WorkloadFile = z.output<typeof workloadFile>;

/** A file of defaults, `pitwall.yaml`: the settings of a workload file, without what to start. */
export const defaultsFile = fields.omit({
  name: true,
  workload: true,
  workers: true,
  command: true,
  cwd: true,
  stdin: true,
  settings: true,
  verifyStep: true,
  plan: true,
});
export type DefaultsFile = z.output<typeof defaultsFile>;
