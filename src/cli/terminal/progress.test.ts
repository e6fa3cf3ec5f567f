import { expect, test } from "vitest";
import type { RunEvent } from "../../schema/run/events/run-event.ts";
import { ProgressView } from "./progress.ts";
import { screenOf } from "./terminal.ts";

type EvaluationEvent = Extract<RunEvent, { kind: "evaluation" }>;

function evaluation(timeMs: number, value: number): EvaluationEvent {
  const of = { timeMs, clockMs: timeMs, value };
  return { kind: "evaluation", runId: "r", metric: "acc", evaluation: of };
}

/** What a pipe receives. */
async function printed(events: readonly RunEvent[]): Promise<string> {
  const written: unknown[] = [];
  const pipe = {
    isTTY: false,
    columns: 80,
    write: (part: unknown) => written.push(part) > 0,
  };
  const view = new ProgressView(await screenOf(pipe, "auto", {}), { showsOutput: false });
  for (const event of events) view.show(event);
  return written.join("");
}

const reached = {
  kind: "target-reached",
  runId: "r",
  value: 0.98,
  samplesCount: undefined,
} as const;

test("without a terminal, one evaluation per second is printed", async () => {
  const events = [evaluation(1100, 0.1), evaluation(1300, 0.2), evaluation(2200, 0.3)];
  expect(await printed(events)).toBe("  1.10 s: 0.1000\n  2.20 s: 0.3000\n");
});

test("the evaluation that reaches the target is printed even if it comes soon after another", async () => {
  const events = [evaluation(1100, 0.1), evaluation(1300, 0.98), reached, evaluation(2200, 0.99)];
  expect(await printed(events)).toBe("  1.10 s: 0.1000\n  1.30 s: 0.9800\n  2.20 s: 0.9900\n");
});

test("the evaluation that reaches the target is printed once", async () => {
  expect(await printed([evaluation(1100, 0.98), reached])).toBe("  1.10 s: 0.9800\n");
});
