import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Evaluation } from "../../schema/run/outcome/run-result.ts";
import { ThinnedEvaluations } from "./thinned-evaluations.ts";

function evaluationAt(index: number, value: number): Evaluation {
  return { timeMs: 1000 + index, clockMs: index, value };
}

function thinned(values: readonly number[], maximum?: number, pins: readonly number[] = []) {
  const series = new ThinnedEvaluations(maximum);
  for (const [index, value] of values.entries()) {
    series.push(evaluationAt(index, value));
    if (pins.includes(index)) series.pinNewest();
  }
  return series;
}

const anyValues = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 600 });

describe("ThinnedEvaluations", () => {
  test("keeps all of a thousand evaluations", () => {
    const values = Array.from({ length: 1000 }, (_, index) => Math.sin(index));
    expect(thinned(values).kept.map(({ value }) => value)).toEqual(values);
  });

  test("keeps the first, the last, the first of the best and pinned ones, in order and within the limit", () => {
    fc.assert(
      fc.property(
        anyValues,
        fc.integer({ min: 4, max: 40 }),
        fc.array(fc.nat(599), { maxLength: 3 }),
        (values, maximum, pins) => {
          const series = thinned(values, maximum, pins);
          const kept = new Set(series.kept.map(({ clockMs }) => clockMs));
          const wanted = [
            0,
            values.length - 1,
            values.indexOf(Math.min(...values)),
            values.indexOf(Math.max(...values)),
            ...pins.filter((pin) => pin < values.length),
          ];
          expect(wanted.filter((index) => !kept.has(index))).toEqual([]);
          expect([...kept]).toEqual([...kept].toSorted((a, b) => a - b));
          expect(series.kept.every(({ clockMs, value }) => values[clockMs] === value)).toBe(true);
          expect(series.kept.length).toBeLessThanOrEqual(maximum + new Set(pins).size);
          expect(series.count).toBe(values.length);
        },
      ),
      { seed: 5 },
    );
  });

  test("keeps the first, minimum, maximum and last of each bucket", () => {
    fc.assert(
      fc.property(anyValues, fc.integer({ min: 4, max: 40 }), (values, maximum) => {
        const series = thinned(values, maximum);
        const { bucketSize } = series;
        const expected = new Set<number>();
        for (let start = 0; start < values.length; start += bucketSize) {
          const bucket = values.slice(start, start + bucketSize);
          const extremes = [Math.min(...bucket), Math.max(...bucket)];
          for (const value of extremes) expected.add(start + bucket.indexOf(value));
          expected.add(start).add(start + bucket.length - 1);
        }
        const kept = series.kept.map(({ clockMs }) => clockMs);
        expect(kept).toEqual([...expected].toSorted((a, b) => a - b));
      }),
      { seed: 6 },
    );
  });

  test("never keeps an evaluation that it did not keep before", () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        const series = new ThinnedEvaluations(8);
        let before = new Set<Evaluation>();
        let mergeCount = 0;
        let settled: readonly Evaluation[] = [];
        for (const [index, value] of values.entries()) {
          const added = evaluationAt(index, value);
          series.push(added);
          expect(series.kept.filter((each) => each !== added && !before.has(each))).toEqual([]);
          const isUnmerged = series.mergeCount === mergeCount;
          expect(isUnmerged ? series.kept.slice(0, settled.length) : settled).toEqual(settled);
          before = new Set(series.kept);
          mergeCount = series.mergeCount;
          settled = series.kept.slice(0, series.settledCount);
        }
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  test("gives the kept evaluations after a number", () => {
    const series = thinned([5, 4, 3, 2, 1, 0, 9, 8], 4);
    const all = series.keptAfter(0);
    expect(all.map(({ evaluation }) => evaluation)).toEqual(series.kept);
    expect(all.map(({ number, evaluation }) => number - evaluation.clockMs)).toEqual(
      all.map(() => 1),
    );
    expect(series.keptAfter(6).every(({ number }) => number > 6)).toBe(true);
  });

  test("merges buckets a number of times that grows with the logarithm of the count", () => {
    const series = new ThinnedEvaluations();
    for (let index = 0; index < 1_000_000; index++)
      series.push(evaluationAt(index, (index * 7919) % 10_007));
    expect(series.count).toBe(1_000_000);
    expect(series.kept.length).toBeLessThanOrEqual(1000);
    expect(series.kept.length).toBeGreaterThan(250);
    expect(series.mergeCount).toBeLessThanOrEqual(13);
  });
});
