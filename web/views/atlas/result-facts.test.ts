import { describe, expect, test } from "vitest";
import type { ResultRun } from "../../../src/schema/atlas/results/result-run.ts";
import type { CurveSeries } from "../../../src/schema/atlas/results/run-curve.ts";
import { measured } from "./sample-results.ts";
import { curveCharts, leadText, resultFacts, runLines } from "./result-facts.ts";

describe("resultFacts", () => {
  test("omits missing values", () => {
    const facts = Object.fromEntries(resultFacts(measured("A")));
    expect(facts).toMatchObject({
      size: "8 x h100-sxm on 1 node",
      cost: "$4.00",
      energy: "3.36 MJ (933 Wh) (estimated)",
    });
    expect(facts).not.toHaveProperty("batch size");
    expect(facts).not.toHaveProperty("scaling factor");
    expect(facts["price"]).toContain("median of 2 providers");
  });

  test("marks a layout from a configuration file", () => {
    const row = { tensorParallel: 4, pipelineParallel: 8, layoutSource: "configuration" } as const;
    expect(Object.fromEntries(resultFacts(measured("A", row)))["layout"]).toBe(
      "tp 4, pp 8 (from its configuration)",
    );
  });

  test("leads with the reason if there is no score", () => {
    expect(leadText(measured("A", { scoreMs: undefined }))).toBe("no score");
    expect(leadText(measured("A"))).toBe("10.00 min");
    expect(leadText(measured("A", { scoreKind: "middle-run" }))).toBe("10.00 min (middle run)");
  });
});

const run = (name: string, more: Partial<ResultRun>): ResultRun => ({
  rowId: "r",
  run: name,
  fate: "counted",
  ...more,
});

describe("runLines", () => {
  test("contain the outcome of each run", () => {
    const lines = runLines([
      run("result_0", { timeToTrainMs: 600_000, samplesToConverge: 3_000_000, seed: 7 }),
      run("result_1", { fate: "failed", failure: "not-converged" }),
      run("result_2", { fate: "slowest", timeToTrainMs: 700_000 }),
    ]);
    expect(lines).toEqual([
      ["result_0", "10.00", "counted", "3,000,000", "7"],
      ["result_1", "-", "failed: not-converged", "-", "-"],
      ["result_2", "11.67", "dropped, slowest", "-", "-"],
    ]);
  });
});

describe("curveCharts", () => {
  const curve = (name: string, series: CurveSeries) => ({
    rowId: "r",
    run: name,
    series,
    metricName: series === "quality" ? "eval_accuracy" : "train_step_time",
    clockMs: [0, 1000],
    value: [0.1, 0.9],
    pointCount: 2,
  });

  test("has a chart per series and draws the median run last", () => {
    const runs = [
      run("result_0", { timeToTrainMs: 3000 }),
      run("result_1", { timeToTrainMs: 1000 }),
      run("result_2", { timeToTrainMs: 2000 }),
    ];
    const curves = [
      curve("result_0", "quality"),
      curve("result_2", "quality"),
      curve("result_1", "quality"),
      curve("result_0", "stepMs"),
      Object.assign(curve("result_0", "samplesPerSecond"), { clockMs: [9], value: [9] }),
    ];
    const [quality, steps, ...others] = curveCharts(runs, curves);
    expect(others).toEqual([]);
    expect(quality?.title).toBe("eval accuracy");
    expect(quality?.marks.map((mark) => (mark.kind === "line" ? mark.label : ""))).toEqual([
      "result_0",
      "result_1",
      "result_2, median",
    ]);
    expect(steps?.y.unit).toBe("milliseconds");
    expect(steps?.marks).toHaveLength(1);
  });

  test("names a loss as its benchmark does, and draws the target of its round", () => {
    const curves = [curve("result_0", "quality"), curve("result_0", "stepMs")];
    const quality = { metric: "log perplexity", target: "<= 2.69" };
    const [loss, steps] = curveCharts([], curves, quality);
    expect([loss?.title, loss?.y.label]).toEqual(["log perplexity", "log perplexity"]);
    expect(loss?.marks.at(-1)).toEqual({ kind: "level", label: "target ≤ 2.69", y: 2.69 });
    expect(steps?.marks.map(({ kind }) => kind)).toEqual(["line"]);
  });

  test("keeps the names of the log if a benchmark has several metrics", () => {
    const box = { ...curve("result_0", "quality"), metricName: "BBOX" };
    const quality = { metric: "box and mask mAP", target: "box >= 0.377, mask >= 0.339" };
    const titles = (curves: Parameters<typeof curveCharts>[1]) =>
      curveCharts([], curves, quality).map(({ title, marks }) => [title, marks.length]);
    expect(titles([box, { ...box, metricName: "SEGM" }])).toEqual([
      ["BBOX", 1],
      ["SEGM", 1],
    ]);
    expect(titles([box])).toEqual([["box and mask mAP", 1]]);
  });
});
