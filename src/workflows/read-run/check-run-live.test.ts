import fc from "fast-check";
import { expect, test } from "vitest";
import { exampleRequest } from "../../../tests/support/example-run.ts";
import { parseLog } from "../../mllog/parse-log.ts";
import { LiveRules } from "./check-run-live.ts";
import { RunRulesCheck } from "./check-run-rules.ts";

const request = exampleRequest({ runId: "toy-1" });

function line(key: string, value: unknown, metadata: object = {}): string {
  const namespace = "";
  return `:::MLLOG ${JSON.stringify({ namespace, time_ms: 1000, event_type: "POINT_IN_TIME", key, value, metadata })}`;
}

const anyLine = fc.constantFrom(
  "plain",
  "",
  "a bar at 10 %\rand at 20 %",
  "naïve ::: text",
  line("init_start", null),
  line("run_start", null),
  line("eval_accuracy", 0.5),
  line("block_start", null),
  line("run_stop", null),
  line("submission_benchmark", "toy"),
  ":::MLLOG {broken",
);
const anyEnd = fc.constantFrom("\n", "\r\n");
const anyLog = fc
  .array(fc.tuple(anyLine, anyEnd), { maxLength: 30 })
  .map((lines) => lines.map(([text, end]) => text + end).join(""));

test("a log that comes in pieces gets the verdict of the whole, line numbers and offsets included", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyLog,
      fc.array(fc.nat(2000), { maxLength: 12 }),
      fc.nat(12),
      async (log, cuts, startAt) => {
        const whole = new RunRulesCheck({ request });
        whole.push(parseLog(Buffer.from(log)).lines);
        const live = new LiveRules({ request });
        const bytes = Buffer.from(log);
        const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length];
        let start = 0;
        for (const [index, end] of ends.toSorted((a, b) => a - b).entries()) {
          if (index === startAt) live.start();
          const piece = bytes.subarray(start, end);
          if (piece.length > 0) live.log(piece, piece.toString("utf8"));
          start = end;
        }
        expect(await live.finish()).toEqual(await whole.finish());
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

test("a checklist is told when it changes, and no more than four times a second", async () => {
  const live = new LiveRules({ request });
  const log = (text: string): void => live.log(Buffer.from(`${text}\n`), `${text}\n`);
  log(line("run_start", null));
  live.start();
  let first = live.news(0);
  // The rules come from disk, in their own time.
  while (first === undefined) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
    first = live.news(0);
  }
  expect(first.items).toContainEqual({ name: "run_start", state: "met" });
  expect(first.items).toContainEqual({ name: "run_stop", state: "waiting" });
  log(line("eval_accuracy", 0.5));
  expect(live.news(249)).toBeUndefined();
  expect(live.news(250)?.items).toContainEqual({ name: "eval_accuracy", state: "met" });
  log(line("eval_accuracy", 0.6));
  expect(live.news(1000)).toBeUndefined();
  log(line("run_stop", null));
  expect(live.news(2000)?.findings).toMatchObject([{ rule: "check-failed", key: "run_stop" }]);
});
