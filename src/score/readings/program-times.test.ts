import { describe, expect, test } from "vitest";
import { programTimes } from "./program-times.ts";

const at = (timeMs: number, programMs?: number) => ({
  timeMs,
  ...(programMs === undefined ? {} : { programMs }),
});

describe("programTimes", () => {
  test("is the reading at an evaluation, and lies on a line in between", () => {
    const read = programTimes([at(1500, 60), at(2000, 260), at(3000, 360)]);
    expect([1500, 1750, 2000, 2500, 3000].map((timeMs) => read?.(timeMs))).toEqual([
      60, 160, 260, 310, 360,
    ]);
  });

  test("goes on at the speed of time outside of the evaluations, and not below 0", () => {
    const read = programTimes([at(1500, 60), at(2000, 260)]);
    expect([1000, 1470, 2100].map((timeMs) => read?.(timeMs))).toEqual([0, 30, 360]);
  });

  test("takes the newest of readings that arrived together, and leaves out values without one", () => {
    const read = programTimes([at(1000, 10), at(2000, 50), at(2000, 90), at(2500), at(3000, 190)]);
    expect([2000, 2500].map((timeMs) => read?.(timeMs))).toEqual([90, 140]);
  });

  test("is undefined without readings", () => {
    expect(programTimes([at(1000)])).toBeUndefined();
  });
});
