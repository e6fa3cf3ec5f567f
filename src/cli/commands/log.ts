import type { TargetRequest } from "../../schema/run/outcome/metric-target.ts";
import type { TrainingLog } from "../../workflows/check/show-training-log.ts";
import { type Call, defineCommand, type ExitCode, exitCodes } from "../command-table.ts";
import { openStore } from "../open-store.ts";
import { runOptions } from "../options/run-options.ts";

const options = {
  target: {
    takes: "texts",
    placeholder: "bound",
    group: "Metrics",
    help: "find where a log without MLPerf lines met this: 'val_acc>=0.94'; if repeated, all at once",
  },
  targetMean: { ...runOptions.targetMean, group: "Metrics" },
  targetTimes: { ...runOptions.targetTimes, group: "Metrics" },
  run: {
    takes: "text",
    placeholder: "id",
    group: "Metrics",
    help: "the run of an MLflow store with several runs, by id or name",
  },
  edition: {
    takes: "text",
    placeholder: "edition",
    group: "Rules",
    help: "the round's rules, `training-5.1`, `hpc-3.0`; default: as the log or its path says",
  },
  "as-published": {
    takes: "nothing",
    group: "Rules",
    help: "the rules as they were applied at the round",
  },
} as const;

export const logCommand = defineCommand({
  name: "log",
  summary: "Show one log: an MLPerf log with findings, or any metrics",
  usage: "<log>",
  arguments: [
    {
      name: "log",
      help: "an MLPerf log, packed or not; a training's text log, TensorBoard event file, offline W&B run or MLflow store (`mlruns`, `mlflow.db`); a run of `pitwall runs`",
    },
  ],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall log Acme/results/node8/llama2_70b_lora/result_0.txt --edition 5.1",
      does: "the course of the run, and the rule findings",
    },
    {
      command: "pitwall log result_0.txt.gz --json",
      does: "the same for another program",
    },
    {
      command: "pitwall log train.log --target 'val_acc>=0.94'",
      does: "the metrics of any training's log, and where it met the target",
    },
  ],
  options,
  exits: [
    { code: 0, when: "the log obeys the rules, or its edition is not known" },
    { code: 1, when: "the log breaks the rules" },
    { code: 2, when: "there is no such log" },
  ],
  async act(call) {
    const { options, face, shared } = call;
    const [named = ""] = call.arguments;
    const { showLog } = await import("../../workflows/check/show-log.ts");
    const { logOfRun } = await import("../../workflows/read-run/reader/log-of-run.ts");
    const ownLog = await logOfRun(named, face.cwd, await openStore(face, shared));
    const path = ownLog ?? named;
    const { edition, "as-published": asPublished } = options;
    const { showTrackedRun } = await import("../../workflows/check/show-training-log.ts");
    const tracked = await showTrackedRun(path, {
      workingFolder: face.cwd,
      targets: await targetsIn(options),
      run: options.run,
    });
    if (tracked !== undefined) return printed(tracked, call);
    const log = await showLog({ path, workingFolder: face.cwd, edition, asPublished });
    const { eventCount, unreadableCount } = log.timeline;
    const causes = log.verdict?.causes ?? [];
    if (eventCount + unreadableCount + causes.length === 0) {
      const exit = await printTrainingLog(path, call);
      if (exit !== undefined) return exit;
    }
    if (shared.json) {
      const document = { schemaVersion: 1, command: "log", ok: true, result: log };
      face.out.write(`${JSON.stringify(document)}\n`);
    } else {
      const { logPage } = await import("../../report/logs/log-page.ts");
      const { columns, paint } = face.out;
      face.out.write(`${logPage(log, paint, { showsAll: shared.verbose, columns })}\n`);
    }
    return log.verdict?.verdict === "fail" ? exitCodes.no : exitCodes.yes;
  },
});

type LogCall = Call<typeof options>;

/** The metrics of a log that MLPerf's rules do not apply to; undefined if it has none. */
async function printTrainingLog(path: string, call: LogCall): Promise<ExitCode | undefined> {
  const { options: given, face } = call;
  const { showTrainingLog } = await import("../../workflows/check/show-training-log.ts");
  const targets = await targetsIn(given);
  const log = await showTrainingLog(path, { workingFolder: face.cwd, targets });
  return log === undefined ? undefined : printed(log, call);
}

async function printed(log: TrainingLog, { face, shared }: LogCall): Promise<ExitCode> {
  if (shared.json) {
    const document = { schemaVersion: 1, command: "log", ok: true, result: log };
    face.out.write(`${JSON.stringify(document)}\n`);
  } else {
    const { trainingLogPage } = await import("../../report/logs/training-log-page.ts");
    face.out.write(`${trainingLogPage(log, face.out.paint, { showsAll: shared.verbose })}\n`);
  }
  const isMissed = log.target !== undefined && log.target.reached === undefined;
  return isMissed ? exitCodes.no : exitCodes.yes;
}

async function targetsIn(given: LogCall["options"]): Promise<TargetRequest> {
  const { planTargets } = await import("../../workflows/launch/targets/plan-targets.ts");
  return planTargets(given);
}
