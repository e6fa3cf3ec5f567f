import type { Command } from "./command-table.ts";
import { checkCommand } from "./commands/check.ts";
import { compareCommand } from "./commands/compare.ts";
import { exportCommand } from "./commands/export.ts";
import { exportSiteCommand } from "./commands/export-site.ts";
import { gainsCommand } from "./commands/gains.ts";
import { logCommand } from "./commands/log.ts";
import { paretoCommand } from "./commands/pareto.ts";
import { pricesCommand } from "./commands/prices.ts";
import { replayCommand } from "./commands/replay.ts";
import { rerunCommand } from "./commands/rerun.ts";
import { resultsCommand } from "./commands/results.ts";
import { resultsImportCommand } from "./commands/results-import.ts";
import { runCommand } from "./commands/run.ts";
import { runsCommand } from "./commands/runs.ts";
import { scalingCommand } from "./commands/scaling.ts";
import { schemaCommand } from "./commands/schema.ts";
import { scoreCommand } from "./commands/score.ts";
import { serveCommand } from "./commands/serve.ts";
import { showCommand } from "./commands/show.ts";
import { sqlCommand } from "./commands/sql.ts";
import { trainCommand } from "./commands/train.ts";
import { workloadsCommand } from "./commands/workloads.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  runCommand,
  runsCommand,
  showCommand,
  serveCommand,
  rerunCommand,
  exportCommand,
  exportSiteCommand,
  checkCommand,
  logCommand,
  scoreCommand,
  resultsCommand,
  resultsImportCommand,
  compareCommand,
  gainsCommand,
  scalingCommand,
  paretoCommand,
  replayCommand,
  sqlCommand,
  workloadsCommand,
  pricesCommand,
  trainCommand,
  schemaCommand,
];
