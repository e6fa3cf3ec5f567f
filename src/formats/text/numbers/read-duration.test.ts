import { expect, test } from "vitest";
import { readDurationMs } from "./read-duration.ts";
import { nextNumber } from "./read-number.ts";

test.each([
  { name: "a unit behind the number", line: "train_time:812ms step_avg:1.2ms", ms: 812 },
  { name: "a unit behind a space", line: "elapsed 2.5 min", ms: 150_000 },
  { name: "a unit in words", line: "took 3 hours", ms: 10_800_000 },
  { name: "seconds by default", line: "time=0.8 loss=3", ms: 800 },
  { name: "a name behind the number, not a unit", line: "time 4 s:1", ms: 4000 },
  { name: "a unit in the name", line: "t=812", metric: "train_time_ms", ms: 812 },
  {
    name: "the unit behind the number before that of the name",
    line: "t=2s",
    metric: "x_ms",
    ms: 2000,
  },
])("readDurationMs reads $name", ({ line, ms, metric = "train_time" }) => {
  const number = nextNumber(line, 0, undefined);
  if (number === undefined) throw new Error("the line has no number");
  expect(readDurationMs(line, number, metric)).toBe(ms);
});
