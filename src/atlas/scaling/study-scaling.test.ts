import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resultOf } from "../../../tests/support/result-rows.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { studyScaling } from "./study-scaling.ts";

/** A system that follows the scaling laws exactly: S(B) = base + perBatch x B, R(n) = n^exponent, batch 4 n. */
function lawful(count: number, exponent: number, { base = 1000, perBatch = 1 } = {}): ResultRow {
  const globalBatchSize = 4 * count;
  const samplesToConverge = base + perBatch * globalBatchSize;
  const unscaledMs = (1000 * samplesToConverge) / count ** exponent;
  return resultOf({
    system: `n${count}`,
    acceleratorCount: count,
    globalBatchSize,
    samplesToConverge,
    unscaledMs,
    scoreMs: unscaledMs,
  });
}
function studied(rows: readonly ResultRow[]) {
  const outcome = studyScaling(rows);
  if (outcome.kind !== "studied") throw new Error(outcome.kind);
  return outcome.study;
}
const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

describe("studyScaling", () => {
  test("recovers the scaling laws of synthetic systems", () => {
    const { samplesFit, throughputFit } = studied(sizes.map((count) => lawful(count, 0.9)));
    expect(samplesFit).toMatchObject({ kind: "fitted", batchSizeCount: 11 });
    expect(
      samplesFit.kind === "fitted" &&
        [samplesFit.base, samplesFit.perBatch, samplesFit.criticalBatchSize].map((one) =>
          Math.round(one ?? 0),
        ),
    ).toEqual([1000, 1, 1000]);
    expect(throughputFit.kind === "fitted" && throughputFit.exponent).toBeCloseTo(0.9, 9);
  });

  test("is robust to one outlier and reports its deviation", () => {
    const rows = sizes.map((count) => lawful(count, 0.9));
    const slowedBy = (row: ResultRow, factor: number): ResultRow =>
      Object.assign({}, row, {
        unscaledMs: (row.unscaledMs ?? 0) * factor,
        scoreMs: (row.scoreMs ?? 0) * factor,
      });
    const wild = rows.map((row) => slowedBy(row, row.acceleratorCount === 64 ? 10 : 1));
    const { throughputFit, points } = studied(wild);
    expect(throughputFit.kind === "fitted" && throughputFit.exponent).toBeCloseTo(0.9, 2);
    expect(
      points.find(({ acceleratorCount }) => acceleratorCount === 64)?.throughputResidual,
    ).toBeCloseTo(-0.9, 2);
  });

  test("splits efficiency into factors whose product is the efficiency", () => {
    const row = fc.record({
      unscaledMs: fc.double({ min: 1, max: 1e6, noNaN: true }),
      samplesToConverge: fc.double({ min: 1, max: 2, noNaN: true }),
      factor: fc.double({ min: 1, max: 2, noNaN: true }),
      acceleratorCount: fc.integer({ min: 1, max: 9999 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(row, {
          minLength: 2,
          maxLength: 6,
          selector: (one) => one.acceleratorCount,
        }),
        (some) => {
          const { points } = studied(
            some.map(({ factor, ...fields }) =>
              resultOf({ ...fields, scoreMs: fields.unscaledMs * factor }),
            ),
          );
          for (const { efficiency, parts, implausible } of points) {
            const { samples = 0, throughput = 0, scalingFactor = 0 } = parts ?? {};
            const isSplit = parts !== undefined && efficiency !== undefined;
            expect(isSplit).toBe(implausible.length === 0);
            const product = isSplit ? (samples * throughput * scalingFactor) / efficiency : 1;
            expect(product).toBeCloseTo(1, 9);
          }
        },
      ),
    );
  });

  test("attributes the loss to batch size if samples grow and to throughput if it drops", () => {
    const last = (rows: readonly ResultRow[]) => studied(rows).points.at(-1)?.parts;
    const batch = last(sizes.map((count) => lawful(count, 1)));
    const throughput = last(sizes.map((count) => lawful(count, 0.8, { perBatch: 0 })));
    expect([batch?.samples ?? 1, batch?.throughput ?? 0]).toEqual([
      expect.closeTo(1004 / 5096, 9),
      expect.closeTo(1, 9),
    ]);
    expect([throughput?.samples, throughput?.throughput ?? 1]).toEqual([
      1,
      expect.closeTo(1024 ** -0.2, 9),
    ]);
  });

  test("reports the size where a doubling gains too little", () => {
    // (1000 + 4n) / n halves with each doubling until 4n is near 1000: 1.5x at n = 125... where 2(1000+4n)/(1000+8n) = 1.5.
    const { stopsPaying } = studied(sizes.map((count) => lawful(count, 1)));
    expect(stopsPaying.kind).toBe("at");
    expect(
      stopsPaying.kind === "at" && Math.abs(Math.log2(stopsPaying.acceleratorCount / 125)),
    ).toBeLessThan(0.126);
  });

  test("reports that every doubling gains enough", () => {
    expect(
      studied(sizes.map((count) => lawful(count, 0.9, { perBatch: 0 }))).stopsPaying,
    ).toMatchObject({
      kind: "pays-throughout",
      largest: 1024,
      doublingSpeedup: expect.closeTo(2 ** 0.9, 9),
    });
  });

  test("uses the fastest result of each size", () => {
    const slower = { ...lawful(8, 0.5), system: "slow" };
    const { points, leftOutCount } = studied([slower, ...sizes.map((count) => lawful(count, 0.9))]);
    expect(points.map(({ row }) => row.system)).not.toContain("slow");
    expect(leftOutCount).toBe(1);
  });

  test("reports which fits have too few points", () => {
    const { samplesFit, throughputFit, stopsPaying } = studied([lawful(1, 1), lawful(2, 1)]);
    expect(samplesFit).toEqual({ kind: "too-few-points", have: 2, need: 3 });
    expect(throughputFit).toEqual({ kind: "too-few-points", have: 2, need: 3 });
    expect(stopsPaying).toEqual({ kind: "not-known", reason: "too-few-points" });
  });

  test("reports figures that cannot be right instead of using them", () => {
    const placeholder = { ...lawful(8, 0.9), samplesToConverge: 1 };
    const rows = sizes.map((count) => (count === 8 ? placeholder : lawful(count, 0.9)));
    const { points, throughputFit } = studied(rows);
    const point = points.find(({ acceleratorCount }) => acceleratorCount === 8);
    expect(point?.parts).toBeUndefined();
    expect(point?.implausible).toEqual([{ figure: "samples", value: 1004 }]);
    expect(throughputFit).toMatchObject({ kind: "fitted", pointCount: 10 });
  });

  test("reports an efficiency above 150 % instead of using it", () => {
    const slow = { ...lawful(1, 1), scoreMs: 8_000_000, unscaledMs: 8_000_000 };
    const [, second] = studied([slow, lawful(2, 1)]).points;
    expect(second).toMatchObject({ efficiency: undefined, parts: undefined });
    expect(second?.implausible.map(({ figure }) => figure)).toEqual(["efficiency", "throughput"]);
  });

  test("fits no law that contradicts itself, and estimates nothing from it", () => {
    const falling = studied(sizes.map((count) => lawful(count, 0.9, { perBatch: -0.1 })));
    expect(falling.samplesFit).toMatchObject({ kind: "implausible", reason: "falling" });
    expect(falling.stopsPaying).toEqual({ kind: "not-known", reason: "implausible-fit" });
    const negative = studied([8, 9, 10, 11].map((count) => lawful(count, 1, { base: -5 })));
    expect(negative.samplesFit).toMatchObject({ kind: "implausible", reason: "negative-base" });
    const superlinear = studied([1, 2, 4].map((count) => lawful(count, 1.2)));
    expect(superlinear.throughputFit).toMatchObject({
      kind: "implausible",
      reason: "superlinear",
    });
  });

  test("takes a slight fall of samples with the batch as no growth", () => {
    const { samplesFit } = studied(
      [1, 2, 4, 8].map((count) => lawful(count, 0.9, { perBatch: -0.5 })),
    );
    expect(samplesFit).toMatchObject({ perBatch: 0, criticalBatchSize: undefined });
  });

  test("requires two sizes with a score and an accelerator count", () => {
    const rows = [
      lawful(4, 1),
      lawful(4, 0.9),
      resultOf({ acceleratorCount: undefined }),
      resultOf({ scoreMs: undefined, acceleratorCount: 9 }),
    ];
    expect(studyScaling(rows)).toEqual({ kind: "too-few-sizes", sizes: [4] });
  });
});
