import { defineCommand, exitCodes } from "../command-table.ts";
import { openStore } from "../open-store.ts";

const options = {
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
  summary: "Show one MLPerf log: timeline, evaluations, findings",
  usage: "<log>",
  arguments: [
    {
      name: "log",
      help: "a log of any name, packed with gzip or not; or a run of `pitwall runs`",
    },
  ],
  argumentCount: { least: 1, most: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall log Acme/results/node8/llama2_70b_lora/result_0.txt --edition 5.1",
      does: "how the run went, and what the rules have to say",
    },
    {
      command: "pitwall log result_0.txt.gz --json",
      does: "the same for another program",
    },
  ],
  options,
  exits: [
    { code: 0, when: "the log obeys the rules, or its edition is not known" },
    { code: 1, when: "the log breaks the rules" },
    { code: 2, when: "there is no such log" },
  ],
  async act({ arguments: [named = ""], options, face, shared }) {
    const { showLog } = await import("../../workflows/check/show-log.ts");
    const { logOfRun } = await import("../../workflows/read-run/log-of-run.ts");
    const ownLog = await logOfRun(named, face.cwd, await openStore(face, shared));
    const path = ownLog ?? named;
    const { edition, "as-published": asPublished } = options;
    const log = await showLog({ path, workingFolder: face.cwd, edition, asPublished });
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
