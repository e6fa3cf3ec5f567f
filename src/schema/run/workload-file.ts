import { z } from "zod";

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
  stdin: z
    .string()
    .optional()
    .describe("File that the program reads on its standard input, relative to this file"),
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
});

/**
 * A workload file: what `pitwall run my-workload.yaml` reads. Exactly one of `workload` (an embedded
 * one) and `command` (any program) is given.
 */
export const workloadFile = fields
  .refine((file) => (file.workload === undefined) !== (file.command === undefined), {
    message: "specify either `workload` or `command`",
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
});
export type DefaultsFile = z.output<typeof defaultsFile>;
