import type { OptionTable } from "./command-table.ts";

/** The flags of `pitwall run`. */
export const runOptions = {
  target: {
    takes: "text",
    placeholder: "bound",
    group: "Clock",
    help: "quality to reach: 'val_acc>=0.94', 'loss<=2.0'",
  },
  metric: {
    takes: "texts",
    placeholder: "name",
    group: "Clock",
    help: "metric to read, by name or pattern 'val_acc=(\\S+)'; default: the target's",
  },
  samples: {
    takes: "text",
    placeholder: "pattern",
    group: "Clock",
    help: "read the number of training samples seen so far",
  },
  clockStart: {
    takes: "text",
    placeholder: "pattern",
    group: "Clock",
    help: "start the clock at the first line that matches; default: at launch or `run_start`",
  },
  clock: {
    takes: "text",
    placeholder: "name",
    group: "Clock",
    help: "the program's own clock, by name or pattern: 'train_time:(\\d+)ms'",
  },
  stopAtTarget: {
    takes: "nothing",
    group: "Clock",
    help: "end the program once the target is met",
  },
  keepOnNan: {
    takes: "nothing",
    group: "Limits",
    help: "do not end a run whose metric is NaN three times in a row",
  },
  runs: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Runs",
    help: "number of runs, with consecutive seeds; 3 or more give a score [1]",
  },
  seed: {
    takes: "number",
    placeholder: "number",
    minimum: 0,
    group: "Runs",
    help: "seed of the first run; `{seed}` in the command [1]",
  },
  keepGoing: {
    takes: "nothing",
    group: "Runs",
    help: "start all runs, even if two in a row fail within seconds or with the same error",
  },
  workers: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Runs",
    help: "data-parallel workers of a built-in workload [1]",
  },
  resume: {
    takes: "text",
    placeholder: "series",
    group: "Runs",
    help: "run the remaining seeds of an interrupted series",
  },
  cwd: {
    takes: "text",
    placeholder: "folder",
    group: "Program",
    help: "folder to start the program in [the current one]",
  },
  env: {
    takes: "texts",
    placeholder: "K=V",
    group: "Program",
    help: "environment variable of the program; can be repeated",
  },
  stdin: {
    takes: "text",
    placeholder: "file",
    group: "Program",
    help: "file that the program reads on its standard input; default: none",
  },
  name: {
    takes: "text",
    placeholder: "name",
    group: "Runs",
    help: "name in lists; default: the name of the script, module or program",
  },
  tag: {
    takes: "texts",
    placeholder: "k=v",
    group: "Runs",
    help: "tag for filters, `lr=0.1` or `baseline`; can be repeated",
  },
  note: {
    takes: "text",
    placeholder: "text",
    group: "Runs",
    help: "description, shown by `pitwall show`",
  },
  maxTime: {
    takes: "text",
    placeholder: "20m",
    group: "Limits",
    help: "end a run as missed after this time from launch",
  },
  maxCost: {
    takes: "text",
    placeholder: "5usd",
    group: "Limits",
    help: "end a run as missed at this cost",
  },
  maxSamples: {
    takes: "text",
    placeholder: "1.5M",
    group: "Limits",
    help: "end a run as missed after this many samples",
  },
  price: {
    takes: "text",
    placeholder: "12.29/h",
    group: "Bill",
    help: "price per node; per accelerator: '2.49/h/accelerator'; from the catalog: aws/p5.48xlarge",
  },
  edition: {
    takes: "text",
    placeholder: "edition",
    group: "Rules",
    help: "rules to check the log against, `training-5.1`; default: the newest that apply",
  },
  sign: {
    takes: "nothing",
    group: "Record",
    help: "sign each record with your key (`pitwall keys create`)",
  },
  signKey: {
    takes: "text",
    placeholder: "name",
    group: "Record",
    help: "key to sign with; default: the only key",
  },
  showOutput: {
    takes: "nothing",
    group: "Output",
    help: "show what the program prints, on standard error",
  },
} as const satisfies OptionTable;
