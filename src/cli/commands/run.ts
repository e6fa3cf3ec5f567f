import { UserError } from "../../foundation/user-error.ts";
import type { Startable } from "../../schema/run-request.ts";
import type { WorkloadFile } from "../../schema/workload-file.ts";
import type { PlanWarning } from "../../workflows/find-workload.ts";
import type { Asked, SeriesPlan } from "../../workflows/plan-series.ts";
import { defineCommand, type Call } from "../command-table.ts";
import { runAndTell } from "../run-and-tell.ts";

const options = {
  target: {
    takes: "text",
    placeholder: "metric>=value",
    group: "Clock",
    help: "quality to reach: 'val_acc>=0.94', 'loss<=2.0'",
  },
  metric: {
    takes: "texts",
    placeholder: "pattern",
    group: "Clock",
    help: "reads a metric from the output: 'val_acc=([0-9.]+)'",
  },
  samples: {
    takes: "text",
    placeholder: "pattern",
    group: "Clock",
    help: "reads the training samples seen so far",
  },
  clockStart: {
    takes: "text",
    placeholder: "pattern",
    group: "Clock",
    help: "starts the clock at this line; else at launch, or at `run_start`",
  },
  stopAtTarget: {
    takes: "nothing",
    group: "Clock",
    help: "end the program once the target is met",
  },
  runs: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Runs",
    help: "how many runs, seeds counting up; 3 or more give a score [1]",
  },
  seed: {
    takes: "number",
    placeholder: "number",
    minimum: 0,
    group: "Runs",
    help: "seed of the first run; `{seed}` in the command [1]",
  },
  workers: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Runs",
    help: "data-parallel workers of an embedded workload [1]",
  },
  name: {
    takes: "text",
    placeholder: "name",
    group: "Runs",
    help: "what to call it in lists; else after the program",
  },
  maxTime: {
    takes: "text",
    placeholder: "20m",
    group: "Limits",
    help: "end a run as missed after this long, from launch",
  },
  maxCost: {
    takes: "text",
    placeholder: "5usd",
    group: "Limits",
    help: "end a run as missed at this bill",
  },
  maxSamples: {
    takes: "text",
    placeholder: "1.5M",
    group: "Limits",
    help: "end a run as missed after so many samples",
  },
  price: {
    takes: "text",
    placeholder: "12.29/h",
    group: "Bill",
    help: "per node; '2.49/h/accelerator', or of the catalogue: aws/p5.48xlarge",
  },
  showOutput: {
    takes: "nothing",
    group: "Output",
    help: "show what the program prints, on standard error",
  },
} as const;

type RunCall = Call<typeof options>;

export const runCommand = defineCommand({
  name: "run",
  summary: "Train to a quality target, against the clock, and say what it cost",
  usage: "[workload | file.yaml] [-- program…]",
  arguments: [
    { name: "workload", help: "an embedded workload (`pitwall workloads`), or a workload file" },
    { name: "program…", help: "any program and its arguments, behind `--`" },
  ],
  argumentCount: { least: 0, most: 1 },
  takesProgram: true,
  examples: [
    {
      command: "pitwall run digits --workers 2 --runs 5 --seed 1",
      does: "a network learns handwritten digits, five seeds, scored as MLPerf does",
    },
    {
      command:
        "pitwall run --metric 'val_acc=([0-9.]+)' --target 'val_acc>=0.94' --runs 5 -- python train.py --seed {seed}",
      does: "any program, unchanged; one that prints `:::MLLOG` lines needs no --metric",
    },
    {
      command: "pitwall run my-workload.yaml --price aws/p4d.24xlarge",
      does: "the same from a file, with the bill",
    },
  ],
  options,
  exits: [
    { code: 0, when: "the target was reached (of three runs or more: there is a score)" },
    { code: 1, when: "the target was missed" },
  ],
  async act(call) {
    const { plan, warnings } = await planOf(call);
    return runAndTell(plan, { warnings, call, showsOutput: call.options.showOutput });
  },
});

async function planOf(call: RunCall): Promise<{ plan: SeriesPlan; warnings: PlanWarning[] }> {
  const { planSeries } = await import("../../workflows/plan-series.ts");
  const { findPrice } = await import("../../workflows/find-price.ts");
  const { workerWarning, seedWarning } = await import("../../workflows/find-workload.ts");
  const file = await fileOf(call);
  const startable = await startableOf(call, file);
  const asked = askedOf(call, file?.content);
  const priceText = call.options.price ?? file?.content.price;
  const price = priceText === undefined ? undefined : await findPrice(priceText, call.face.nowMs());
  const plan = planSeries(asked, startable, price);
  const warnings = [workerWarning(startable), seedWarning(startable, asked.runs)];
  return { plan, warnings: warnings.filter((warning) => warning !== undefined) };
}

async function fileOf(call: RunCall): Promise<{ content: WorkloadFile; path: string } | undefined> {
  const [subject] = call.arguments;
  if (subject === undefined || !/\.(?:ya?ml|json)$/u.test(subject)) return undefined;
  const { readWorkloadFile } = await import("../../store/read-workload-file.ts");
  return { content: await readWorkloadFile(subject), path: subject };
}

async function startableOf(
  call: RunCall,
  file: { content: WorkloadFile; path: string } | undefined,
): Promise<Startable> {
  const { embeddedStartable, commandStartable, fileStartable } =
    await import("../../workflows/find-workload.ts");
  const [subject] = call.arguments;
  const { workers, name } = call.options;
  if (call.program !== undefined) {
    if (subject !== undefined) throw bothGiven(subject, call.program);
    refuseWorkers(workers);
    return commandStartable(call.program, call.face.cwd, name);
  }
  if (file !== undefined) {
    if (file.content.command !== undefined) refuseWorkers(workers);
    return fileStartable(file.content, file.path, workers);
  }
  if (subject === undefined) throw nothingGiven();
  if (call.options.metric.length > 0) {
    throw new UserError(
      "option-unused",
      "`--metric` is for programs: an embedded workload logs its own",
      {
        hint: `\`pitwall run ${subject}\` is enough`,
      },
    );
  }
  return embeddedStartable(subject, workers ?? 1);
}

/** Options on the command line win over the file. */
function askedOf({ options: given }: RunCall, file: WorkloadFile | undefined): Asked {
  const fileMetrics = typeof file?.metric === "string" ? [file.metric] : (file?.metric ?? []);
  const fileSamples = file?.maxSamples;
  return {
    metrics: given.metric.length > 0 ? given.metric : fileMetrics,
    samples: given.samples ?? file?.samples,
    clockStart: given.clockStart ?? file?.clockStart,
    target: given.target ?? file?.target,
    stopAtTarget: given.stopAtTarget || file?.stopAtTarget === true,
    runs: given.runs ?? file?.runs ?? 1,
    seed: given.seed ?? file?.seed ?? 1,
    maxTime: given.maxTime ?? file?.maxTime,
    maxCost: given.maxCost ?? file?.maxCost,
    maxSamples: given.maxSamples ?? (fileSamples === undefined ? undefined : String(fileSamples)),
  };
}

function refuseWorkers(workers: number | undefined): void {
  if (workers === undefined) return;
  throw new UserError(
    "option-unused",
    "`--workers` is for embedded workloads: a program starts its own",
    {
      hint: "put the number into the program's own arguments",
    },
  );
}

function bothGiven(subject: string, program: readonly string[]): UserError {
  return new UserError(
    "argument-unexpected",
    `both a workload \`${subject}\` and a program are given`,
    {
      saw: `\`-- ${program.join(" ")}\``,
      hint: "give one of them; `--name` names a program's runs",
    },
  );
}

function nothingGiven(): UserError {
  return new UserError("argument-missing", "`pitwall run` needs something to run", {
    hint: "`pitwall run digits`, `pitwall run my-workload.yaml`, or `pitwall run --metric … --target … -- python train.py`",
  });
}
