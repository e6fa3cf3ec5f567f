import { UserError } from "../../foundation/errors/user-error.ts";
import { printAssumptions } from "../answers/print-assumptions.ts";
import { defineCommand, exitCodes } from "../command-table.ts";

const options = {
  check: {
    takes: "nothing",
    group: "Action",
    help: "list what is missing before the upload; nothing is changed or sent",
  },
  edition: {
    takes: "text",
    placeholder: "edition",
    group: "Rules",
    help: "the round's rules, `training-5.1`, `hpc-3.0`; default: as the path says, else the logs",
  },
} as const;

export const submitCommand = defineCommand({
  name: "submit",
  summary: "List what a submission is missing before its upload",
  usage: "--check <folder | archive>",
  arguments: [
    {
      name: "folder | archive",
      help: "a submitter's folder with `results`, `systems` and `benchmarks`, or the folder of a round",
    },
  ],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall submit --check training_v5.1/Acme",
      does: "what is missing, worst first, each with what to do",
    },
  ],
  options,
  exits: [
    { code: 0, when: "nothing blocks the upload" },
    { code: 1, when: "the official tools reject something, or the code is missing" },
    { code: 2, when: "there are no logs, or their round is not known" },
  ],
  async act({ arguments: [folder = "."], options: { check, edition }, face, shared }) {
    if (!check) {
      throw new UserError("submit-without-check", "`pitwall submit` requires `--check`", {
        hint: "Pitwall checks a submission; MLCommons' own upload page takes it",
      });
    }
    const { checkSubmission } = await import("../../workflows/submissions/check-submission.ts");
    const request = { folder, workingFolder: face.cwd, edition };
    const report = await checkSubmission(request, face.interrupt);
    if (!shared.quiet)
      await printAssumptions(report.assumedEditions ?? [], ["submit", "--check", folder], face);
    if (shared.json) {
      const document = { schemaVersion: 1, command: "submit", ok: true, result: report };
      face.out.write(`${JSON.stringify(document)}\n`);
    } else {
      const { submissionReport } = await import("../../report/logs/submission-report.ts");
      const text = submissionReport(report, face.out.paint);
      face.out.print(`${shared.quiet ? (text.split("\n", 1)[0] ?? "") : text}\n`);
    }
    const isBlocked = report.items.some(({ severity }) => severity === "blocking");
    return isBlocked ? exitCodes.no : exitCodes.yes;
  },
});
