import type { Command } from "./command-table.ts";

/** The headings of `pitwall --help`, in order. */
export const commandGroups = ["Plan", "Run", "Watch", "Judge", "Compare", "In and out"] as const;

export interface CommandEntry {
  group: (typeof commandGroups)[number];
  /** The command's own summary, repeated here so that `pitwall --help` loads no command. */
  summary: string;
  load: () => Promise<Command>;
}

/** Every command, in the order of the help. */
export const commandEntries: Readonly<Record<string, CommandEntry>> = {
  fits: {
    group: "Plan",
    summary: "Tell whether a training fits into the memory of GPUs",
    load: async () => (await import("./commands/fits.ts")).fitsCommand,
  },
  plan: {
    group: "Plan",
    summary: "Plan a training: machines, time, cost, energy and their odds",
    load: async () => (await import("./commands/plan.ts")).planCommand,
  },
  prices: {
    group: "Plan",
    summary: "List machine prices, cheapest accelerator-hour first",
    load: async () => (await import("./commands/prices.ts")).pricesCommand,
  },
  predict: {
    group: "Plan",
    summary: "Predict step times from a model, a machine and a layout",
    load: async () => (await import("./commands/predict.ts")).predictCommand,
  },
  run: {
    group: "Run",
    summary: "Train to a quality target and report time, cost and energy",
    load: async () => (await import("./commands/run.ts")).runCommand,
  },
  race: {
    group: "Run",
    summary: "Race ways to train: which is faster, with statistics",
    load: async () => (await import("./commands/race.ts")).raceCommand,
  },
  rerun: {
    group: "Run",
    summary: "Repeat a recorded run with the same command and seed",
    load: async () => (await import("./commands/rerun.ts")).rerunCommand,
  },
  workloads: {
    group: "Run",
    summary: "List the workloads that are part of Pitwall",
    load: async () => (await import("./commands/workloads.ts")).workloadsCommand,
  },
  attach: {
    group: "Run",
    summary: "Follow a run again, and take it over if its Pitwall has died",
    load: async () => (await import("./commands/attach.ts")).attachCommand,
  },
  stop: {
    group: "Run",
    summary: "Stop a run on all of its hosts",
    load: async () => (await import("./commands/stop.ts")).stopCommand,
  },
  exec: {
    group: "Run",
    summary: "Run a command on all hosts of a run, beside its ranks",
    load: async () => (await import("./commands/exec.ts")).execCommand,
  },
  ssh: {
    group: "Run",
    summary: "Open a shell where a rank runs, in its folder and environment",
    load: async () => (await import("./commands/ssh.ts")).sshCommand,
  },
  fetch: {
    group: "Run",
    summary: "Copy the files that a run wrote on its hosts to this machine",
    load: async () => (await import("./commands/fetch.ts")).fetchCommand,
  },
  "hosts check": {
    group: "Run",
    summary: "Check hosts and their network before a job runs there",
    load: async () => (await import("./commands/hosts-check.ts")).hostsCheckCommand,
  },
  "hosts exclude": {
    group: "Run",
    summary: "Leave a host out of later runs",
    load: async () => (await import("./commands/hosts-exclude.ts")).hostsExcludeCommand,
  },
  "hosts allow": {
    group: "Run",
    summary: "Test an excluded host, and use it again",
    load: async () => (await import("./commands/hosts-exclude.ts")).hostsAllowCommand,
  },
  "hosts list": {
    group: "Run",
    summary: "List the hosts that runs leave out, and why",
    load: async () => (await import("./commands/hosts-exclude.ts")).hostsListCommand,
  },
  preflight: {
    group: "Run",
    summary: "The same as `hosts check`",
    load: async () => (await import("./commands/hosts-check.ts")).preflightCommand,
  },
  train: {
    group: "Run",
    summary: "Train a built-in workload and print only its MLLOG lines",
    load: async () => (await import("./commands/train.ts")).trainCommand,
  },
  serve: {
    group: "Watch",
    summary: "Serve the dashboard: live runs, results, comparisons",
    load: async () => (await import("./commands/serve.ts")).serveCommand,
  },
  runs: {
    group: "Watch",
    summary: "List recorded runs, newest last",
    load: async () => (await import("./commands/runs.ts")).runsCommand,
  },
  "runs label": {
    group: "Watch",
    summary: "Change tags and notes of recorded runs, or archive them",
    load: async () => (await import("./commands/runs-label.ts")).runsLabelCommand,
  },
  show: {
    group: "Watch",
    summary: "Show a recorded run, a series of runs, or a race",
    load: async () => (await import("./commands/show.ts")).showCommand,
  },
  doctor: {
    group: "Watch",
    summary: "Find what went wrong in a run, and which rank is to blame",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand,
  },
  verify: {
    group: "Judge",
    summary: "Check that records are intact, and who signed them",
    load: async () => (await import("./commands/verify.ts")).verifyCommand,
  },
  check: {
    group: "Judge",
    summary: "Check logs against the MLPerf rules",
    load: async () => (await import("./commands/check.ts")).checkCommand,
  },
  rules: {
    group: "Judge",
    summary: "Show the MLPerf rules: their version, and what logs must hold",
    load: async () => (await import("./commands/rules.ts")).rulesCommand,
  },
  score: {
    group: "Judge",
    summary: "Score a round, a submission or a benchmark by the rules",
    load: async () => (await import("./commands/score.ts")).scoreCommand,
  },
  submit: {
    group: "Judge",
    summary: "List what a submission is missing before its upload",
    load: async () => (await import("./commands/submit.ts")).submitCommand,
  },
  rcp: {
    group: "Judge",
    summary: "Show reference convergence points, and results beside them",
    load: async () => (await import("./commands/rcp.ts")).rcpCommand,
  },
  log: {
    group: "Judge",
    summary: "Show one log: an MLPerf log with findings, or any metrics",
    load: async () => (await import("./commands/log.ts")).logCommand,
  },
  results: {
    group: "Compare",
    summary: "List published results and your own",
    load: async () => (await import("./commands/results.ts")).resultsCommand,
  },
  compare: {
    group: "Compare",
    summary: "Compare results side by side, with significance tests",
    load: async () => (await import("./commands/compare.ts")).compareCommand,
  },
  gains: {
    group: "Compare",
    summary: "Show speedups over the rounds, against Moore's law",
    load: async () => (await import("./commands/gains.ts")).gainsCommand,
  },
  scaling: {
    group: "Compare",
    summary: "Show time and efficiency by number of accelerators",
    load: async () => (await import("./commands/scaling.ts")).scalingCommand,
  },
  pareto: {
    group: "Compare",
    summary: "Show Pareto-optimal results in time, cost and energy",
    load: async () => (await import("./commands/pareto.ts")).paretoCommand,
  },
  rounds: {
    group: "Compare",
    summary: "List the rounds: submitters, records, what was new",
    load: async () => (await import("./commands/rounds.ts")).roundsCommand,
  },
  benchmarks: {
    group: "Compare",
    summary: "List the benchmarks: targets, rounds, successors",
    load: async () => (await import("./commands/benchmarks.ts")).benchmarksCommand,
  },
  replay: {
    group: "Compare",
    summary: "Replay a published training run as if it were live",
    load: async () => (await import("./commands/replay.ts")).replayCommand,
  },
  sql: {
    group: "Compare",
    summary: "Query results and runs with SQL",
    load: async () => (await import("./commands/sql.ts")).sqlCommand,
  },
  import: {
    group: "In and out",
    summary: "Make records of trainings that ran elsewhere, from their logs",
    load: async () => (await import("./commands/import.ts")).importCommand,
  },
  export: {
    group: "In and out",
    summary: "Export runs as an MLPerf submission or for other programs",
    load: async () => (await import("./commands/export.ts")).exportCommand,
  },
  "export site": {
    group: "In and out",
    summary: "Export the results as a static website",
    load: async () => (await import("./commands/export-site.ts")).exportSiteCommand,
  },
  "results import": {
    group: "In and out",
    summary: "Import rounds, a submission or a table of results",
    load: async () => (await import("./commands/results-import.ts")).resultsImportCommand,
  },
  keys: {
    group: "In and out",
    summary: "List the keys that sign and verify records",
    load: async () => (await import("./commands/keys.ts")).keysCommand,
  },
  "keys create": {
    group: "In and out",
    summary: "Generate an Ed25519 key pair to sign records with",
    load: async () => (await import("./commands/keys.ts")).keysCreateCommand,
  },
  "keys export": {
    group: "In and out",
    summary: "Print a public key in PEM, for others to trust",
    load: async () => (await import("./commands/keys.ts")).keysExportCommand,
  },
  "keys trust": {
    group: "In and out",
    summary: "Trust a public key, so that `verify` names its owner",
    load: async () => (await import("./commands/keys.ts")).keysTrustCommand,
  },
  schema: {
    group: "In and out",
    summary: "Print the JSON Schema of a file or of a --json document",
    load: async () => (await import("./commands/schema.ts")).schemaCommand,
  },
  completion: {
    group: "In and out",
    summary: "Print a completion script for bash, zsh or fish",
    load: async () => (await import("./commands/completion.ts")).completionCommand,
  },
};

export const commandNames: readonly string[] = Object.keys(commandEntries);

/** The command with exactly this name, if it exists. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  return Object.hasOwn(commandEntries, name) ? commandEntries[name]?.load() : undefined;
}

/** Every command, in the order of the help. */
export async function loadCommands(): Promise<readonly Command[]> {
  return Promise.all(Object.values(commandEntries).map(({ load }) => load()));
}
