import type { StoppedRun } from "../../workflows/control/stop-everywhere.ts";
import { countOf } from "../../report/wording.ts";
import { describeEnd } from "../../report/runs/facts/describe-outcome.ts";
import { defineCommand, exitCodes, type Face } from "../command-table.ts";
import { openStore } from "../open-store.ts";

export const stopCommand = defineCommand({
  name: "stop",
  summary: "Stop a run on all of its hosts",
  usage: "<run>",
  arguments: [{ name: "run", help: "any unambiguous part of the name of a run, or `last`" }],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall stop last",
      does: "end the processes of the newest run, wherever they are, and close its record",
    },
  ],
  options: {},
  exits: [
    { code: 0, when: "no process of the run is left" },
    { code: 1, when: "a host did not answer: repeat the command when it does" },
    { code: 2, when: "the run is not running" },
  ],
  async act({ arguments: [text = ""], face, shared }) {
    const { findRun } = await import("../../workflows/control/find-run.ts");
    const { stopEverywhere } = await import("../../workflows/control/stop-everywhere.ts");
    const { openTarget } = await import("../../workflows/launch/targets/target-worlds.ts");
    const store = await openStore(face, shared);
    const record = await findRun(store, text);
    const stopped = await stopEverywhere(record, {
      store,
      nowMs: () => face.nowMs(),
      env: face.env,
      openTarget: (target) => openTarget(target, face),
    });
    const isWhole = stopped.unreachable.length === 0;
    if (shared.json) {
      const { runId, endedCount, result, unreachable, recordError } = stopped;
      const outcome = result?.outcome.kind;
      const document = {
        runId,
        endedCount,
        ...(outcome === undefined ? {} : { outcome }),
        unreachable,
        ...(recordError === undefined ? {} : { recordError: recordError.message }),
      };
      const { writeJson } = await import("../terminal/atlas-screen.ts");
      writeJson(face, "stop", document);
    } else printStopped(stopped, face);
    return isWhole ? exitCodes.yes : exitCodes.no;
  },
});

function printStopped(stopped: StoppedRun, face: Face): void {
  const { runId, endedCount, result, unreachable, recordError } = stopped;
  const { paint } = face.out;
  const closed = result === undefined ? "" : `; ${describeEnd(result, paint)}`;
  const count = countOf(endedCount, "process");
  face.out.print(`${paint.name(runId)}: ended ${count}${closed}\n`);
  for (const { host, reason } of unreachable)
    face.err.print(`${paint.warn(`host ${paint.name(host)} did not answer`)}: ${reason}\n`);
  if (unreachable.length > 0)
    face.err.print(
      `ranks may still run there: \`pitwall stop ${runId}\` ends them once it answers\n`,
    );
  if (recordError !== undefined)
    face.err.print(
      `${paint.warn("its record was not closed")}: ${recordError.message}\n\`pitwall attach ${runId}\` closes it if its output is still there\n`,
    );
}
