import { expect, test } from "vitest";
import { compareTimes, RecentTimes, timeOfLine } from "./time-of-line.ts";

const ofDay = (hours: number, minutes: number, seconds: number): number =>
  1000 * (3600 * hours + 60 * minutes + seconds);

test.each([
  ["2026-12-01 10:00:03,250 ERROR failed", Date.UTC(2026, 11, 1, 10, 0, 3, 250)],
  ["[2026/12/01T10:00:03Z] failed", Date.UTC(2026, 11, 1, 10, 0, 3)],
  ["E1201 10:00:03.614 main.cc:4] failed", ofDay(10, 0, 3) + 614],
  ["Dec 01 10:00:03 n1 kernel: failed", ofDay(10, 0, 3)],
  ["step 40 loss 2.1", undefined],
])("reads the time of %j", (text, time) => {
  expect(timeOfLine(text)).toBe(time);
});

test("compares times only if both or neither have a day", () => {
  expect(compareTimes(ofDay(1, 0, 0), ofDay(2, 0, 0))).toBeLessThan(0);
  expect(compareTimes(ofDay(1, 0, 0), Date.UTC(2026, 11, 1))).toBe(0);
});

test("takes the time of the nearest line before", () => {
  const recent = new RecentTimes();
  for (const text of ["10:00:01 a", "10:00:02 b", "Traceback", "KeyError: 1"])
    recent.push("log", text);
  expect(recent.last("log")).toBe(ofDay(10, 0, 2));
  expect(recent.last("other")).toBeUndefined();
});
