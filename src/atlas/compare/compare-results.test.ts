import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { h100Rod, resultOf, someGroups } from "../../../tests/support/result-rows.ts";
import type { CompareSubject } from "../../schema/atlas/answers/comparison.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { RunCurve } from "../../schema/atlas/results/run-curve.ts";
import type { ResultRun } from "../../schema/atlas/results/result-run.ts";
import { compareResults } from "./compare-results.ts";
import { measureRow } from "../rows/measures.ts";
import { splitRatio } from "./split-ratio.ts";

function subject(fields: Partial<ResultRow>, more: Partial<CompareSubject> = {}): CompareSubject {
  const row = resultOf(fields);
  return {
    name: row.rowId,
    measured: measureRow(row, h100Rod),
    runs: [],
    curves: [],
    target: undefined,
    ...more,
  };
}

const run = (
  name: string,
  minutes: number | undefined,
  more: Partial<ResultRun> = {},
): ResultRun => ({
  rowId: "r",
  run: name,
  fate: "counted",
  timeToTrainMs: minutes === undefined ? undefined : minutes * 60_000,
  ...more,
});

/** From 0 at the start to 1 at the end. */
const curve = (name: string, longestMs: number): RunCurve => ({
  rowId: "r",
  run: name,
  series: "quality",
  metricName: "accuracy",
  clockMs: [0, longestMs],
  value: [0, 1],
  pointCount: 2,
});

describe("compareResults", () => {
  test("lists only differing fields", () => {
    const { differences } = compareResults(
      [subject({}), subject({ system: "other", globalBatchSize: 64 })],
      someGroups,
    );
    expect(differences).toEqual([
      { field: "system", values: ["node", "other"] },
      { field: "globalBatchSize", values: [undefined, 64] },
    ]);
  });

  test.each<{ name: string; a: Partial<ResultRow>; b: Partial<ResultRow>; kinds: string[] }>([
    { name: "nothing within a group", a: {}, b: { round: "v5.0" }, kinds: [] },
    { name: "different benchmarks", a: {}, b: { benchmark: "rgat" }, kinds: ["benchmarks-differ"] },
    {
      name: "different groups",
      a: { round: "v0.7" },
      b: { round: "v1.0", compatibilityGroup: 2 },
      kinds: ["groups-differ"],
    },
    { name: "different suites", a: {}, b: { suite: "dawnbench" }, kinds: ["suites-differ"] },
    {
      name: "weak beside strong scaling",
      a: {},
      b: { scaling: "weak" },
      kinds: ["scaling-differs"],
    },
    {
      name: "nothing of an own run of the same name",
      a: { suite: "own" },
      b: { compatibilityGroup: 2 },
      kinds: [],
    },
  ])("refuses $name", ({ a, b, kinds }) => {
    const { refusals } = compareResults([subject(a), subject(b)], someGroups);
    expect(refusals.map(({ kind }) => kind)).toEqual(kinds);
  });

  test("explains with the table's text why groups differ", () => {
    const subjects = [
      subject({ round: "v0.7" }),
      subject({ round: "v1.0", compatibilityGroup: 2 }),
    ];
    expect(compareResults(subjects, someGroups).refusals).toEqual([
      {
        kind: "groups-differ",
        benchmark: "bert",
        groups: [1, 2],
        reasons: ["since v1.0: higher target"],
      },
    ]);
  });

  test("refuses own runs with different targets", () => {
    const a = subject({ suite: "own" }, { target: "accuracy >= 0.9" });
    const b = subject({ suite: "own" }, { target: "accuracy >= 0.99" });
    expect(compareResults([a, b], []).refusals).toMatchObject([{ kind: "targets-differ" }]);
  });

  test("warns about mixed terms, own runs and mixed meters", () => {
    const a = subject({ energyJoules: 1, energyLabel: "measured" });
    const b = subject({ division: "open", availability: "preview", suite: "own" });
    const kinds = compareResults([a, b], someGroups).warnings.map(({ kind }) => kind);
    expect(kinds).toEqual([
      "divisions-mixed",
      "availabilities-mixed",
      "own-beside-published",
      "energy-labels-mixed",
    ]);
  });

  test("tests run times; ranks runs that missed the target last and excludes broken runs", () => {
    const a = subject({}, { runs: [run("0", 1), run("1", 2), run("2", 3)] });
    const runs = [
      run("0", 4),
      run("1", undefined, { fate: "failed", failure: "not-converged" }),
      run("2", 9, { fate: "failed", failure: "run_start" }),
      run("3", 5, { fate: "slowest" }),
    ];
    const [pair] = compareResults([a, subject({ system: "b" }, { runs })], someGroups).pairs;
    expect(pair?.test).toMatchObject({
      kind: "tested",
      counts: [3, 3],
      missedCounts: [0, 1],
      excludedCounts: [0, 1],
      method: "exact",
    });
    expect(pair?.test.kind === "tested" && pair.test.pValue).toBeCloseTo(0.1, 12);
  });

  test("does not test one run against many", () => {
    const [pair] = compareResults(
      [subject({}, { runs: [run("0", 1)] }), subject({ system: "b" })],
      [],
    ).pairs;
    expect(pair?.test).toMatchObject({ kind: "too-few-runs", counts: [1, 0] });
  });

  test("aligns the curves of the median runs on one axis", () => {
    const a = subject(
      {},
      { runs: [run("0", 3), run("1", 1), run("2", 2)], curves: [curve("0", 99), curve("2", 20)] },
    );
    const b = subject({ system: "b" }, { curves: [curve("0", 40)] });
    const curves = compareResults([a, b], []).curves;
    expect(curves?.lines.map((line) => line.run)).toEqual(["2", "0"]);
    expect([curves?.x[0], curves?.x.at(-1)]).toEqual([0, 40]);
    const [first, second] = curves?.lines ?? [];
    expect([first?.value[10], first?.value.at(-1), second?.value.at(-1)]).toEqual([
      0.5,
      undefined,
      1,
    ]);
  });

  test("does not align curves of different metrics", () => {
    const a = subject({}, { curves: [curve("0", 1)] });
    const b = subject({ system: "b" }, { curves: [{ ...curve("0", 1), metricName: "other" }] });
    expect(compareResults([a, b], []).curves).toBeUndefined();
  });
});

describe("splitRatio", () => {
  const timed = fc.record({
    unscaledMs: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
    scalingFactor: fc.double({ min: 1, max: 2, noNaN: true }),
    samplesToConverge: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
    acceleratorCount: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }),
  });

  test("gives factors that multiply to the total", () => {
    fc.assert(
      fc.property(timed, timed, (a, b) => {
        const row = (fields: typeof a): ResultRow =>
          resultOf({ ...fields, scoreMs: fields.unscaledMs * fields.scalingFactor });
        const split = splitRatio(row(a), row(b));
        if (split.kind === "implausible") return;
        if (split.kind !== "split") throw new Error(split.reason);
        const product = split.factors.reduce((total, { ratio }) => total * ratio, 1);
        expect(product / split.totalRatio).toBeCloseTo(1, 9);
        expect(split.totalRatio).toBe(
          (a.unscaledMs * a.scalingFactor) / (b.unscaledMs * b.scalingFactor),
        );
      }),
    );
  });

  test("reports a factor that cannot be right instead of using it", () => {
    const split = splitRatio(resultOf({ samplesToConverge: 1 }), resultOf({ scoreMs: 300_000 }));
    expect(split).toEqual({
      kind: "implausible",
      totalRatio: 2,
      factor: "samples",
      ratio: 1 / 1000,
    });
  });

  test("names the result that was penalized for early convergence", () => {
    const split = splitRatio(resultOf({}), resultOf({ scoreMs: 1_200_000, scalingFactor: 2 }));
    expect(split.kind === "split" && split.factors.at(-1)).toEqual({
      factor: "scaling-factor",
      ratio: 0.5,
    });
  });

  test.each([
    { name: "no score", fields: { scoreMs: undefined }, reason: "no-score" },
    { name: "no samples", fields: { samplesToConverge: undefined }, reason: "no-samples" },
    { name: "other units", fields: { samplesUnit: "epochs" as const }, reason: "units-differ" },
  ])("does not split the ratio if there is $name", ({ fields, reason }) => {
    expect(splitRatio(resultOf({}), resultOf(fields))).toMatchObject({ kind: "no-split", reason });
    expect(splitRatio(resultOf({ scoreMs: 8 }), resultOf({ scoreMs: 2, ...fields }))).toMatchObject(
      {
        totalRatio: reason === "no-score" ? undefined : 4,
      },
    );
  });
});
