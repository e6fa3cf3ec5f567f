import { defineCommand } from "../command-table.ts";
import { notifyOf } from "../calls/notify-of-call.ts";
import { runOptions } from "../options/run-options.ts";
import { signingKeyOf } from "../signing-key.ts";

export const runCommand = defineCommand({
  name: "run",
  summary: "Train to a quality target and report time, cost and energy",
  usage: "[workload | file.yaml] [-- program…]",
  arguments: [
    { name: "workload", help: "a workload (`pitwall workloads`) or a workload file" },
    { name: "program…", help: "any program and its arguments, after `--`" },
  ],
  argumentCount: { minimum: 0, maximum: 1 },
  takesProgram: true,
  examples: [
    {
      command: "pitwall run --target 'val_acc>=0.94' --runs 5 -- python train.py --seed {seed}",
      does: "time any program to a quality target, with five seeds",
    },
    {
      command: "pitwall run digits --workers 2 --runs 5 --seed 1",
      does: "train a built-in workload with five seeds, scored like MLPerf",
    },
    {
      command: "pitwall run my-workload.yaml --price aws/p4d.24xlarge",
      does: "read the settings from a file, and compute the cost",
    },
  ],
  options: runOptions,
  exits: [
    { code: 0, when: "the target was reached (of three runs or more: there is a score)" },
    { code: 1, when: "the target was missed" },
    { code: 3, when: "a run died, and no cause is certain" },
    {
      code: 4,
      when: "a diagnosed fault ended the last run: a crash, a kill, a full disk, NaN; `pitwall doctor` shows it",
    },
  ],
  async act(call) {
    const { runAndReport } = await import("../answers/run-and-report.ts");
    const { showOutput: showsOutput, sign, signKey, yes } = call.options;
    const signingKey = await signingKeyOf(call.face.env, { sign, signKey });
    const notify = await notifyOf(call.options.notify, call.face);
    const shown = { call, showsOutput, signingKey, notify, asksFirst: !yes };
    if (call.options.resume !== undefined) {
      const { planResumeCall } = await import("../calls/plan-resume-call.ts");
      const plan = await planResumeCall(call, call.options.resume);
      return runAndReport(plan, { command: "run", warnings: [], ...shown });
    }
    const { planRunCall } = await import("../calls/plan-run-call.ts");
    const { plan, warnings } = await planRunCall(call);
    if (call.options.dryRun) {
      const { previewAndReport } = await import("../answers/preview-and-report.ts");
      return previewAndReport(plan, warnings, call);
    }
    return runAndReport(plan, { command: "run", warnings, ...shown });
  },
});
