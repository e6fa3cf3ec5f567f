import type { RunEvent } from "../../schema/run/events/run-event.ts";
import type { RunReport } from "../../schema/run/outcome/series-summary.ts";
import type { RunRecord, RunStore } from "../../store/records/run-store.ts";
import type { AttachEvent } from "../../workflows/control/attach-run.ts";
import { countOf } from "../../report/wording.ts";
import { type Call, defineCommand, exitCodes, type ExitCode } from "../command-table.ts";
import { homeOf } from "../open-store.ts";
import { ProgressView } from "../terminal/progress.ts";

export const attachCommand = defineCommand({
  name: "attach",
  summary: "Follow a run again, and take it over if its Pitwall has died",
  usage: "<run>",
  arguments: [{ name: "run", help: "any unambiguous part of the name of a run, or `last`" }],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall attach last",
      does: "after a crash or a closed laptop: read what its hosts have stored, follow it to its end, judge it",
    },
  ],
  options: {},
  exits: [
    { code: 0, when: "the run has ended, and the target was reached" },
    { code: 1, when: "the target was missed" },
    { code: 130, when: "Ctrl-C: the run goes on" },
  ],
  async act(call) {
    const {
      arguments: [text = ""],
      face,
      shared,
    } = call;
    const { findRun } = await import("../../workflows/control/find-run.ts");
    const { diskRunStore } = await import("../../store/records/disk-run-store.ts");
    const store = diskRunStore(await homeOf(face, shared));
    const record = await findRun(store, text);
    switch (record.state.kind) {
      case "finished":
        throw await endedError(record);
      case "running":
        return follow(store, record, call);
      case "abandoned":
        return takeOver(store, record, call);
    }
  },
});

async function endedError({ runId }: RunRecord): Promise<Error> {
  const { UserError } = await import("../../foundation/errors/user-error.ts");
  return new UserError("run-ended", `\`${runId}\` has ended`, {
    hint: `\`pitwall show ${runId}\` shows its result, \`pitwall show ${runId} --log\` its output`,
  });
}

type Attach = Pick<Call, "face" | "shared">;

/** The Pitwall process of the run is alive: shows what it writes. */
async function follow(store: RunStore, record: RunRecord, call: Attach): Promise<ExitCode> {
  const { face, shared } = call;
  const { followRun } = await import("../../workflows/control/follow-run.ts");
  const { pid, hostname } = record.request.owner;
  if (!shared.quiet)
    face.err.print(`following; process ${pid} on ${hostname} writes the record; Ctrl-C leaves\n`);
  for await (const event of followRun(store, record, face.interrupt)) {
    if (event.kind === "output") {
      if (!shared.json) writeOutput(event.bytes, face);
      continue;
    }
    const { request, result, state } = event.record;
    if (result !== undefined) return report({ request, result }, call);
    if (state.kind === "abandoned") return takeOver(store, event.record, call);
  }
  return exitCodes.interrupted;
}

/** The Pitwall process of the run has died: continues its record. */
async function takeOver(store: RunStore, record: RunRecord, call: Attach): Promise<ExitCode> {
  const { face, shared } = call;
  const { attachRun } = await import("../../workflows/control/attach-run.ts");
  const { localWorld } = await import("../../workflows/launch/targets/local-world.ts");
  const world = localWorld(face, await homeOf(face, shared));
  const view = new AttachView(call);
  try {
    for await (const event of attachRun(record, world, {
      leave: face.interrupt,
      restarts: world,
    })) {
      view.show(event);
      if (event.kind === "made-way") return exitCodes.interrupted;
      if (event.kind !== "finished") continue;
      view.clear();
      const { remainingRuns } = await import("../../workflows/control/remaining-runs.ts");
      const seeds = await remainingRuns(store, record.request);
      const exitCode = await report(event.report, call, seeds);
      if (seeds.length > 0 && !shared.quiet) face.err.print(seriesHint(record, seeds.length));
      return exitCode;
    }
  } finally {
    view.clear();
  }
  if (!shared.quiet)
    face.err.print(`the run goes on; \`pitwall attach ${record.runId}\` follows it again\n`);
  return exitCodes.interrupted;
}

/** Shows what is new since the record was taken over. */
class AttachView {
  readonly #call: Attach;
  readonly #progress: ProgressView | undefined;
  #isLive = false;

  constructor(call: Attach) {
    this.#call = call;
    const { face, shared } = call;
    this.#progress = shared.quiet ? undefined : new ProgressView(face.err, { showsOutput: false });
  }

  show(event: AttachEvent): void {
    if (event.kind === "attached") this.#progress?.note(attachedText(event));
    else if (event.kind === "caught-up") this.#isLive = true;
    else if (event.kind === "output") this.#output(event.bytes);
    else if (this.#isLive || !repeatedKinds.has(event.kind)) this.#progress?.show(event);
  }

  clear(): void {
    this.#progress?.clear();
  }

  #output(bytes: Uint8Array): void {
    const { face, shared } = this.#call;
    if (!this.#isLive || shared.json) return;
    this.clear();
    writeOutput(Buffer.from(bytes), face);
  }
}

/** These were shown when they happened. */
const repeatedKinds: ReadonlySet<RunEvent["kind"]> = new Set([
  "evaluation",
  "progress",
  "warning",
  "checklist",
]);

function attachedText({
  hasEnded,
  processCount,
  missing,
}: {
  hasEnded: boolean;
  processCount: number;
  missing: readonly string[];
}): string {
  if (missing.length > 0)
    return `took over the job; waiting for ${missing.join(", ")}, lost without an answer within the host timeout`;
  if (hasEnded) return "the job has ended; reading what it has printed";
  return `took over a job of ${countOf(processCount, "process")}; Ctrl-C leaves it running`;
}

function writeOutput(bytes: Buffer, { out }: Call["face"]): void {
  if (out.isTerminal) out.write(bytes.toString("utf8"));
  else out.writeBytes(bytes);
}

/** The launcher of a series starts its runs; the one that attached finishes only the run that was started. */
function seriesHint({ request }: RunRecord, count: number): string {
  const runs = count === 1 ? "1 run of the series was" : `${count} runs of the series were`;
  return `${runs} not started; \`pitwall run --resume ${request.series.id}\` continues it\n`;
}

async function report(
  ended: RunReport,
  { face, shared }: Attach,
  remaining: readonly number[] = [],
): Promise<ExitCode> {
  const { summariseSeries } = await import("../../score/series/summarise-series.ts");
  const summary = summariseSeries([ended], { isWholeSeries: false });
  if (shared.json) {
    const { writeJson } = await import("../terminal/atlas-screen.ts");
    const { runId } = ended.request;
    const remainingSeeds = remaining.length === 0 ? {} : { remainingSeeds: remaining };
    writeJson(face, "attach", { runId, result: ended.result, ...remainingSeeds });
  } else {
    const { resultCard } = await import("../../report/runs/card/result-card.ts");
    face.out.print(`${resultCard(summary, [ended], face.out.paint)}\n`);
  }
  return ended.result.outcome.kind === "reached" ? exitCodes.yes : exitCodes.no;
}
