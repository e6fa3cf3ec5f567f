// Runs with real faults, performed by `bench/record-faults.js`: what their records show, with what was injected.
import { readFileSync } from "node:fs";

const file = new URL("./real-runs.jsonl", import.meta.url);

export function realCases() {
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const { about, target, expected, facts } = JSON.parse(line);
      const { lines, events, steps, stacks, dumps, ...known } = facts;
      return {
        source: `real runs, ${target}`,
        expected,
        about,
        ...known,
        lines: lines.map(([number, rank, text]) => ({ number, rank: rank ?? undefined, text })),
        events: events.map(([timeMs, event]) => ({ timeMs, ...event })),
        steps: new Map(
          steps.map(([rank, samples]) => [rank, samples.map((each) => sample(rank, each))]),
        ),
        readDumps: dumps.map((dump) => ({ ...dump, statuses: new Map(dump.statuses) })),
        stacks,
      };
    });
}

function sample(rank, [timeMs, step, stepCount, computeMs, dataWaitMs, communicationMs, loss]) {
  const parts = { computeMs, dataWaitMs, communicationMs };
  const known = { kind: "step", rank, step, stepCount, samplesCount: 0, timeMs, ...parts };
  return loss === null ? known : { ...known, loss };
}
