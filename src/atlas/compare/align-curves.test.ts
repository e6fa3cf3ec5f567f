import { describe, expect, test } from "vitest";
import type { CompareSubject } from "../../schema/atlas/answers/comparison.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { alignCurves, placeCurves } from "./align-curves.ts";
import { measureRow } from "../rows/measures.ts";

const price = {
  accelerator: "chip",
  usdPerHour: 36,
  lowUsdPerHour: 36,
  highUsdPerHour: 36,
  providers: [],
  date: "2026",
  source: "made up",
  origin: "given" as const,
};
const rod = {
  prices: new Map([["chip", price]]),
  powerLimitWatts: new Map([["chip", 500]]),
};

function subject(name: string, more: Partial<ResultRow> = {}, samples?: number[]): CompareSubject {
  const row: ResultRow = {
    rowId: name,
    suite: "mlperf-training",
    round: "v5.0",
    submitter: "Made Up",
    system: "box",
    benchmark: "bert",
    benchmarkAsPublished: "bert",
    compatibilityGroup: 1,
    scaling: "strong",
    acceleratorCount: 2,
    accelerator: "chip",
    runCount: 1,
    convergedRunCount: 1,
    scoreMs: 100_000,
    scoreKind: "score",
    scalingFactor: 1,
    samplesUnit: "samples",
    source: "made up",
    ...more,
  };
  const curve = {
    rowId: name,
    run: "result_0",
    series: "quality" as const,
    metricName: "accuracy",
    clockMs: [0, 50_000, 100_000],
    value: [0.1, 0.5, 0.9],
    pointCount: 3,
    ...(samples === undefined ? {} : { samples }),
  };
  return { name, measured: measureRow(row, rod), runs: [], curves: [curve], target: undefined };
}

describe("placeCurves", () => {
  test("distributes cost evenly over time, up to the result's cost", () => {
    const [curve] = placeCurves([subject("a")], "dollars");
    expect(curve?.x.map((usd) => Number(usd.toFixed(9)))).toEqual([0, 1, 2]);
  });

  test("ends the energy axis at the result's energy", () => {
    const [curve] = placeCurves([subject("a", { energyJoules: 5000 })], "energy");
    expect(curve?.x).toEqual([0, 2500, 5000]);
  });

  test("excludes subjects without a price from the cost axis", () => {
    const subjects = [subject("a"), subject("b", { accelerator: "unheard-of" })];
    expect(placeCurves(subjects, "dollars").map(({ name }) => name)).toEqual(["a"]);
    expect(alignCurves(subjects, "dollars")).toBeUndefined();
  });

  test("does not align epochs with samples", () => {
    const subjects = [
      subject("a", {}, [0, 5, 10]),
      subject("b", { samplesUnit: "epochs" }, [0, 1, 2]),
      subject("c", {}, [0, 7, 14]),
    ];
    expect(placeCurves(subjects, "samples").map(({ name }) => name)).toEqual(["a", "c"]);
  });
});

describe("alignCurves", () => {
  test("reports the sample unit and interpolates between points", () => {
    const epochs = { samplesUnit: "epochs" as const };
    const aligned = alignCurves(
      [subject("a", epochs, [0, 5, 10]), subject("b", epochs, [0, 10, 20])],
      "samples",
    );
    expect(aligned).toMatchObject({
      axis: "samples",
      samplesUnit: "epochs",
      metricName: "accuracy",
    });
    expect(aligned?.x.at(-1)).toBe(20);
    expect(aligned?.lines[0]?.value[10]).toBeCloseTo(0.5);
    expect(aligned?.lines[0]?.value[30]).toBeUndefined();
    expect(aligned?.lines[1]?.value[10]).toBeCloseTo(0.3);
  });
});
