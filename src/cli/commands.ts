import type { Command } from "./command-table.ts";
import { checkCommand } from "./commands/check.ts";
import { exportCommand } from "./commands/export.ts";
import { logCommand } from "./commands/log.ts";
import { pricesCommand } from "./commands/prices.ts";
import { rerunCommand } from "./commands/rerun.ts";
import { runCommand } from "./commands/run.ts";
import { runsCommand } from "./commands/runs.ts";
import { schemaCommand } from "./commands/schema.ts";
import { scoreCommand } from "./commands/score.ts";
import { showCommand } from "./commands/show.ts";
import { trainCommand } from "./commands/train.ts";
import { workloadsCommand } from "./commands/workloads.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  runCommand,
  runsCommand,
  showCommand,
  rerunCommand,
  exportCommand,
  checkCommand,
  logCommand,
  scoreCommand,
  workloadsCommand,
  pricesCommand,
  trainCommand,
  schemaCommand,
];
