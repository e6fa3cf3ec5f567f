import type { Command } from "./command-table.ts";

/** Where each command is: a start loads the one that is called, and all of them only for the help. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./commands/run.ts")).runCommand,
  runs: async () => (await import("./commands/runs.ts")).runsCommand,
  show: async () => (await import("./commands/show.ts")).showCommand,
  serve: async () => (await import("./commands/serve.ts")).serveCommand,
  rerun: async () => (await import("./commands/rerun.ts")).rerunCommand,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  "export site": async () => (await import("./commands/export-site.ts")).exportSiteCommand,
  check: async () => (await import("./commands/check.ts")).checkCommand,
  log: async () => (await import("./commands/log.ts")).logCommand,
  score: async () => (await import("./commands/score.ts")).scoreCommand,
  results: async () => (await import("./commands/results.ts")).resultsCommand,
  "results import": async () => (await import("./commands/results-import.ts")).resultsImportCommand,
  compare: async () => (await import("./commands/compare.ts")).compareCommand,
  gains: async () => (await import("./commands/gains.ts")).gainsCommand,
  scaling: async () => (await import("./commands/scaling.ts")).scalingCommand,
  pareto: async () => (await import("./commands/pareto.ts")).paretoCommand,
  replay: async () => (await import("./commands/replay.ts")).replayCommand,
  sql: async () => (await import("./commands/sql.ts")).sqlCommand,
  workloads: async () => (await import("./commands/workloads.ts")).workloadsCommand,
  prices: async () => (await import("./commands/prices.ts")).pricesCommand,
  train: async () => (await import("./commands/train.ts")).trainCommand,
  schema: async () => (await import("./commands/schema.ts")).schemaCommand,
};

/** In the order of the help. */
export const commandNames: readonly string[] = Object.keys(loaders);

/** The command of this very name, if there is one. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  return Object.hasOwn(loaders, name) ? loaders[name]?.() : undefined;
}

/** Every command, in the order of the help. */
export async function loadCommands(): Promise<readonly Command[]> {
  return Promise.all(Object.values(loaders).map((load) => load()));
}
