import { setTimeout } from "node:timers/promises";
import { parseDurationMs } from "../../foundation/numbers/units.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { ReplayEvent } from "../../workflows/results/replay-results.ts";
import { type Call, defineCommand, exitCodes, type Face } from "../command-table.ts";

const options = {
  in: {
    takes: "text",
    placeholder: "10s",
    default: "10s",
    group: "Pace",
    help: "how long it takes on the screen, whatever it took then; 0s shows all at once",
  },
  run: {
    takes: "text",
    placeholder: "result_3",
    group: "Selection",
    help: "which run of the result. Default: the middle one of those that count",
  },
  against: {
    takes: "texts",
    placeholder: "result",
    group: "Selection",
    help: "another result or an own run, on the same clock beside it; may be repeated",
  },
} as const;

export const replayCommand = defineCommand({
  name: "replay",
  summary: "Replay a published training run as if it were live",
  usage: "<result>",
  arguments: [
    {
      name: "<result>",
      help: "a row of `pitwall results`, by as much of its id as no other has; an own run; a folder of logs",
    },
  ],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall replay 'v3.1 gpt3 10752 eos*'",
      does: "GPT-3 on 10,752 accelerators, in ten seconds",
    },
    {
      command: "pitwall replay 'v5.0 tinybox_green retinanet' --against last --in 5s",
      does: "a published run and your own last one, on one clock",
    },
  ],
  options,
  exits: [
    { code: 0, when: "replayed" },
    { code: 2, when: "unknown result, or no curve is stored for it" },
  ],
  async act(call) {
    const { arguments: names, options: given, face, shared } = call;
    const { loadAtlas } = await import("../../workflows/results/load-atlas.ts");
    const { replayResults } = await import("../../workflows/results/replay-results.ts");
    const { homeOf, openStore } = await import("../open-store.ts");
    const atlas = await loadAtlas({ home: await homeOf(face, shared) });
    const store = await openStore(face, shared);
    const events = replayResults(
      { names: [...names, ...given.against], run: given.run, durationMs: durationOf(given.in) },
      { atlas, store, cwd: face.cwd, signal: face.interrupt },
      {
        nowMs: () => face.nowMs(),
        sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
      },
    );
    await (shared.json ? printJson(events, face) : playOnScreen(events, call));
    return exitCodes.yes;
  },
});

function durationOf(text: string): number {
  const ms = /^0+ ?(?:ms|s|min|m)?$/u.test(text.trim()) ? 0 : parseDurationMs(text);
  if (ms !== undefined) return ms;
  throw new UserError("bad-value", `invalid duration \`${text}\` for \`--in\``, {
    hint: "use for example `10s`, `2min` or `0s`",
  });
}

async function printJson(events: AsyncIterable<ReplayEvent>, face: Face): Promise<void> {
  const { writeJson } = await import("../terminal/atlas-screen.ts");
  const kept: ReplayEvent[] = [];
  for await (const event of events) if (event.kind !== "frame") kept.push(event);
  writeJson(face, "replay", { events: kept });
}

async function playOnScreen(
  events: AsyncIterable<ReplayEvent>,
  { face, shared }: Pick<Call, "face" | "shared">,
): Promise<void> {
  const page = await import("../../report/atlas/replay-page.ts");
  const { RedrawnBlock } = await import("../terminal/redrawn-block.ts");
  const { printProblems } = await import("../terminal/atlas-screen.ts");
  const { err, out } = face;
  const block = new RedrawnBlock(err);
  let tracks: Parameters<typeof page.replayEnd>[0] = [];
  for await (const event of events) {
    switch (event.kind) {
      case "opened":
        tracks = event.runs.map(({ track }) => track);
        await printProblems(event.problems, face, shared);
        break;
      case "evaluation":
        if (!err.isTerminal && !shared.quiet)
          err.write(`${page.evaluationLine(tracks, event.evaluation)}\n`);
        break;
      case "frame": {
        if (!err.isTerminal || shared.quiet) break;
        const { clockMs, positions } = event;
        const view = { clockMs, width: err.columns, paint: err.paint };
        block.draw(page.replayFrame(tracks, positions, view));
        break;
      }
      case "finished":
        out.write(`${page.replayEnd(tracks, out.paint)}\n`);
        break;
    }
  }
}
