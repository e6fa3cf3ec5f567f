import { expect, test } from "vitest";
import { parseMetricPattern } from "./metric-pattern.ts";
import { readProgramClock } from "./program-clock.ts";
import { readPairs } from "../pairs/read-pairs.ts";
import type { WantedMetric } from "./wanted-metric.ts";

function byPattern(text: string): WantedMetric {
  const parsed = parseMetricPattern(text);
  if (parsed.kind !== "pattern") throw new Error(`${text}: ${parsed.kind}`);
  return { kind: "pattern", ...parsed.pattern };
}

const elapsed: WantedMetric = { kind: "name", metric: "elapsed" };

test.each([
  { line: "step 3 elapsed: 1.5 min, loss: 0.5", clock: elapsed, seconds: 90 },
  { line: "step 3 elapsed: 0:01:30, loss: 0.5", clock: elapsed, seconds: 90 },
  { line: "elapsed=01:30 loss=0.5", clock: elapsed, seconds: 90 },
  { line: "ETA: 0:10:00 elapsed:0:01:30", clock: elapsed, seconds: 90 },
  { line: "loss=0.5 | elapsed 1 day, 0:00:01", clock: elapsed, seconds: 86_401 },
  { line: "train_time:812ms", clock: byPattern(String.raw`train_time:(\d+)ms`), seconds: 0.812 },
  { line: "took 0:01:30 so far", clock: byPattern(String.raw`took (\S+)`), seconds: 90 },
  { line: "took 0:01:30 so far", clock: byPattern(String.raw`took (\d+)`), seconds: 90 },
  { line: "elapsed: nan", clock: elapsed, seconds: undefined },
  { line: "2031-02-03 00:01:30 loss: 0.5", clock: elapsed, seconds: undefined },
])("readProgramClock reads $seconds s in `$line`", ({ line, clock, seconds }) => {
  const ms = readProgramClock(clock, { line, pairs: readPairs(line), commaStyle: undefined });
  expect(ms).toBe(seconds === undefined ? undefined : seconds * 1000);
});
