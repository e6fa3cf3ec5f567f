import { screenWidth } from "../atlas-screen.ts";
import { defineCommand, exitCodes } from "../command-table.ts";
import { homeOf, openStore } from "../open-store.ts";

const options = {
  workload: {
    takes: "text",
    placeholder: "name",
    group: "Selection",
    help: "only runs of this workload",
  },
  last: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Selection",
    help: "only so many, the newest",
  },
} as const;

export const runsCommand = defineCommand({
  name: "runs",
  summary: "List recorded runs, newest last",
  usage: "",
  arguments: [],
  argumentCount: { minimum: 0, maximum: 0 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall runs --workload digits --last 10",
      does: "the ten newest runs of `digits`",
    },
  ],
  options,
  exits: [{ code: 0, when: "always, also for none" }],
  async act({ options: { workload, last }, face, shared }) {
    const store = await openStore(face, shared);
    const all = await store.list();
    const chosen = all
      .filter(
        (run) =>
          workload === undefined ||
          (run.kind === "readable" && run.request.startable.name === workload),
      )
      .slice(last === undefined ? 0 : -last);
    if (shared.json) {
      face.out.write(
        `${JSON.stringify({ schemaVersion: 1, command: "runs", ok: true, result: chosen })}\n`,
      );
      return exitCodes.yes;
    }
    const { paint } = face.out;
    if (chosen.length === 0) {
      if (!shared.quiet)
        face.err.write(
          `no runs on record in ${paint.name(await homeOf(face, shared))}\n\nnext: ${paint.name("pitwall run digits --workers 2")}\n`,
        );
      return exitCodes.yes;
    }
    const { runTable } = await import("../../report/runs/run-table.ts");
    const look = { nowMs: face.nowMs(), width: screenWidth(face), paint };
    face.out.print(`${runTable(chosen, look)}\n`);
    return exitCodes.yes;
  },
});
