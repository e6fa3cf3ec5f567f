import { defineCommand, exitCodes } from "../command-table.ts";
import { openStore } from "../open-store.ts";

export const doctorCommand = defineCommand({
  name: "doctor",
  summary: "Find what went wrong in a run, and which rank is to blame",
  usage: "<run | folder>",
  arguments: [
    {
      name: "run | folder",
      help: "a run or series, `last`, a record's folder, or a folder with Flight Recorder dumps, stacks and logs of ranks",
    },
  ],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    { command: "pitwall doctor last", does: "the newest run" },
    {
      command: "pitwall doctor dumps/",
      does: "a job that ran elsewhere, from the dumps of its ranks",
    },
    {
      command: "pitwall doctor last --bundle run.tar.gz",
      does: "what an archive without keys and tokens would hold, to send to others",
    },
    {
      command: "pitwall doctor last --json",
      does: "the causes with their evidence as one document",
    },
  ],
  options: {
    stacks: {
      takes: "nothing",
      group: "A run that goes on",
      help: "look at what its ranks do now, on their hosts; default: only if its program is silent",
    },
    bundle: {
      takes: "text",
      placeholder: "file.tar.gz",
      group: "Bundle",
      help: "list what a redacted archive of the run would hold; `--yes` writes it",
    },
    redactHosts: {
      takes: "nothing",
      group: "Bundle",
      help: "replace the names and addresses of hosts too",
    },
    yes: { takes: "nothing", group: "Bundle", help: "write the archive" },
  },
  exits: [
    { code: 0, when: "no fault was found" },
    { code: 0, when: "with --bundle: the archive was listed or written" },
    { code: 1, when: "a fault was found, or something is wrong and its cause is not certain" },
    { code: 2, when: "the run or folder does not exist or cannot be read" },
  ],
  async act({ arguments: [target = ""], options, face, shared }) {
    const store = await openStore(face, shared);
    if (options.bundle !== undefined || options.yes || options.redactHosts) {
      const { bundleAndReport } = await import("../answers/bundle-and-report.ts");
      return bundleAndReport(target, store, { ...options, face, shared });
    }
    const { diagnoseTarget } = await import("../../workflows/diagnose/diagnose-target.ts");
    const diagnoses = await diagnoseTarget(target, {
      store,
      cwd: face.cwd,
      env: face.env,
      nowMs: face.nowMs(),
      looksAtRanks: options.stacks,
    });
    const isHealthy = diagnoses.every(({ diagnosis }) => diagnosis.verdict.kind === "no-fault");
    const exitCode = isHealthy ? exitCodes.yes : exitCodes.no;
    if (shared.json) {
      const { writeJson } = await import("../terminal/atlas-screen.ts");
      writeJson(face, "doctor", { diagnoses });
      return exitCode;
    }
    const { diagnosisCard } = await import("../../report/diagnosis/diagnosis-card.ts");
    const cards = diagnoses.map(({ runId, directory, diagnosis }) =>
      diagnosisCard(diagnosis, {
        name: runId ?? target,
        runId,
        directory,
        paint: face.out.paint,
        isVerbose: shared.verbose,
      }),
    );
    face.out.print(`${cards.join("\n\n")}\n`);
    return exitCode;
  },
});
