import { describe, expect, test } from "vitest";
import { visibleWidth } from "../../../foundation/tables/text-table.ts";
import type { RunProgress } from "../../../schema/run/run-progress.ts";
import { plainPaint } from "../../paint.ts";
import { progressLine } from "./progress-line.ts";

const progress: RunProgress = {
  runId: "digits-1",
  name: "digits",
  series: { index: 2, count: 5 },
  phase: "training",
  launchedForMs: 9000,
  clockMs: 7340,
  target: { metric: "accuracy", direction: "at-least", value: 0.985 },
  best: 0.9783,
  loss: 0.0812,
  samplesCount: 91_000,
  samplesPerSecond: 12_397.6,
  costUsd: 0.00031,
  energy: { kind: "estimated", joules: 41.2, formula: "f", covers: "processors", intervalMs: 9000 },
  predicted: { kind: "reaches", remainingMs: 3000, lowMs: 2000, highMs: 5200 },
};

describe("progressLine", () => {
  test("shows run, time, quality against target, loss, rate, dollars, joules, and time to the target", () => {
    expect(progressLine(progress, 200, plainPaint)).toBe(
      "digits  run 2/5  7.34 s  accuracy 0.9783 → >= 0.985  loss 0.0812  12,398 samples/s  $0.000310  41.2 J est.  ~3.00 s to target (2.00 s … 5.20 s)",
    );
  });

  test.each([
    {
      width: 100,
      line: "digits  run 2/5  7.34 s  accuracy 0.9783 → >= 0.985  $0.000310  ~3.00 s to target (2.00 s … 5.20 s)",
    },
    { width: 60, line: "run 2/5  7.34 s  accuracy 0.9783 → >= 0.985" },
    { width: 20, line: "7.34 s" },
  ])("drops the least important parts first: $width columns", ({ width, line }) => {
    expect(progressLine(progress, width, plainPaint)).toBe(line);
  });

  test("says where a curve levels off below its target, instead of a time", () => {
    const levels = {
      ...progress,
      predicted: { kind: "levels-off" as const, lowValue: 0.912, highValue: 0.9304 },
    };
    expect(progressLine(levels, 200, plainPaint)).toMatch(
      /not expected to reach 0\.985; best fit levels off at 0\.912 to 0\.930$/u,
    );
  });

  test("fits any width", () => {
    for (let width = 10; width < 180; width++) {
      expect(visibleWidth(progressLine(progress, width, plainPaint))).toBeLessThanOrEqual(width);
    }
  });

  test("shows the duration of initialization before the clock starts", () => {
    const initialising = {
      ...progress,
      phase: "initialising" as const,
      clockMs: undefined,
      predicted: undefined,
    };
    expect(progressLine(initialising, 60, plainPaint)).toContain("initializing 9.00 s");
  });

  test("leaves a measured energy without a label", () => {
    const energy = {
      kind: "measured" as const,
      joules: 500,
      meter: "rapl",
      covers: "processors",
      intervalMs: 1,
    };
    expect(progressLine({ ...progress, energy }, 200, plainPaint)).toContain("  500 J  ");
  });
});
