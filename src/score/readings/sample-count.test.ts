import { expect, test } from "vitest";
import { SampleCounter } from "./sample-count.ts";

test.each([
  { name: "follows a count that grows", counts: [200, 400, 600], total: 600, last: "forward" },
  {
    name: "adds up epochs that count anew",
    counts: [200, 600, 200, 600, 200, 600],
    total: 1800,
    last: "forward",
  },
  { name: "says that counting began again", counts: [600, 200], total: 800, last: "restarted" },
  {
    name: "keeps the highest of counts that differ a little",
    counts: [600, 590],
    total: 600,
    last: "backward",
  },
])("$name", ({ counts, total, last }) => {
  const counter = new SampleCounter();
  const steps = counts.map((count) => counter.push(count));
  expect(counter.total).toBe(total);
  expect(steps.at(-1)).toBe(last);
});

test("knows no total before the first count", () => {
  expect(new SampleCounter().total).toBeUndefined();
});
