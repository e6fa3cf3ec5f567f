import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReplayTrack } from "../../schema/atlas/results/replay.ts";
import type { RunCurve } from "../../schema/atlas/results/run-curve.ts";
import { evaluationsBetween, positionAt } from "./replay-tracks.ts";

function curve(series: RunCurve["series"], points: readonly [number, number, number?][]): RunCurve {
  const base = { rowId: "a/b", run: "result_0", series, metricName: "eval_accuracy" };
  return {
    ...base,
    clockMs: points.map(([clockMs]) => clockMs),
    value: points.map(([, value]) => value),
    ...(points.every(([, , samples]) => samples !== undefined)
      ? { samples: points.map(([, , samples]) => samples ?? 0) }
      : {}),
    pointCount: points.length,
  };
}

function track(curves: readonly RunCurve[]): ReplayTrack {
  return { title: "a run", timeToTrainMs: 1000, hasReachedTarget: true, curves };
}

describe("positionAt", () => {
  const one = track([
    curve("quality", [
      [200, 0.5, 64],
      [800, 0.7, 256],
      [1000, 0.91, 320],
    ]),
    curve("stepMs", [
      [10, 5],
      [500, 6],
    ]),
  ]);
  test.each([
    {
      name: "knows nothing before the first point",
      clockMs: 5,
      quality: undefined,
      stepMs: undefined,
    },
    { name: "holds the last value until the next", clockMs: 799, quality: 0.5, stepMs: 6 },
    { name: "takes a value at its very time", clockMs: 800, quality: 0.7, stepMs: 6 },
    { name: "does not change after the end", clockMs: 5000, quality: 0.91, stepMs: 6 },
  ])("$name", ({ clockMs, quality, stepMs }) => {
    expect(positionAt(one, clockMs)).toMatchObject({ quality, stepMs, loss: undefined });
  });

  test("takes the sample count from the furthest curve that has one", () => {
    expect(positionAt(one, 900).samples).toBe(256);
    expect(positionAt(track([curve("loss", [[1, 2]])]), 900).samples).toBeUndefined();
  });

  test("is finished at the end of the timed part", () => {
    expect(positionAt(one, 999)).toMatchObject({ isDone: false, doneFraction: 0.999 });
    expect(positionAt(one, 2000)).toMatchObject({ isDone: true, doneFraction: 1 });
  });
});

describe("evaluationsBetween", () => {
  test("reports each evaluation once, for any frame times", () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { maxLength: 40 });
    const frames = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 20 });
    fc.assert(
      fc.property(times, times, frames, (first, second, steps) => {
        const tracks = [first, second].map((each) =>
          track([
            curve(
              "quality",
              each.toSorted((a, b) => a - b).map((time) => [time, time / 1000]),
            ),
          ]),
        );
        const reported: number[] = [];
        let afterMs = -1;
        for (const untilMs of [
          ...steps.map((_, index) => sum(steps.slice(0, index + 1))),
          10_000,
        ]) {
          reported.push(
            ...evaluationsBetween(tracks, afterMs, untilMs).map(({ clockMs }) => clockMs),
          );
          afterMs = untilMs;
        }
        expect(reported).toEqual([...first, ...second].toSorted((a, b) => a - b));
      }),
    );
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
