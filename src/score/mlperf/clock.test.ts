import { describe, expect, test } from "vitest";
import { OfficialClock } from "./clock.ts";

function line(key: string, timeMs: number | undefined) {
  return { key, timeMs };
}

describe("OfficialClock", () => {
  test.each([
    {
      name: "takes the last start and the first stop if every rank logs both",
      lines: [line("run_start", 1), line("run_start", 2), line("run_stop", 8), line("run_stop", 9)],
      expected: { start: 2, stop: 8 },
    },
    {
      name: "ignores a start after the clock has stopped",
      lines: [line("run_start", 1), line("run_stop", 8), line("run_start", 9)],
      expected: { start: 1, stop: 8 },
    },
    {
      name: "takes the last stop if there was no start before",
      lines: [line("run_stop", 7), line("run_stop", 8), line("run_start", 9), line("run_stop", 10)],
      expected: { start: 9, stop: 8 },
    },
    {
      name: "does not stop at a line without a usable time",
      lines: [line("run_start", 1), line("run_stop", undefined), line("run_stop", 9)],
      expected: { start: 1, stop: 9 },
    },
    {
      name: "has no stop for a run that never logs one",
      lines: [line("run_start", 1), line("eval_accuracy", 2)],
      expected: { start: 1, stop: undefined },
    },
  ])("$name", ({ lines, expected }) => {
    const clock = new OfficialClock();
    for (const { key, timeMs } of lines) clock.push(key, timeMs);
    const { start, stop } = clock;
    expect({ start, stop }).toEqual(expected);
  });
});
