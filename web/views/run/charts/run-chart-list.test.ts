import { expect, test } from "vitest";
import type {
  SeriesBuckets,
  SeriesDescription,
} from "../../../../src/schema/dashboard/run-series.ts";
import { runCharts } from "./run-chart-list.ts";
import { sampleDetail } from "./sample-detail.ts";

const unit = "milliseconds";

function buckets(name: string, value: number): SeriesBuckets {
  const values = [value, value];
  return { name, unit, x: [0, 1], min: values, max: values, last: values, count: [1, 1] };
}

function chartsOf(names: readonly string[]) {
  const series: SeriesDescription[] = names.map((name) => ({
    name,
    unit,
    label: name,
    perRank: true,
  }));
  const byName = new Map(names.map((name, index) => [name, buckets(name, index + 1)]));
  return runCharts(sampleDetail({ series }), { xAxis: "clock", byName });
}

test("a program that reports the phases of its steps gets a chart of them, in their order", () => {
  const phases = ["dataWaitMs", "communicationMs", "forwardMs", "backwardMs", "optimizerMs"];
  const chart = chartsOf(phases).find(({ spec }) => spec.name === "step-phases");
  const lines = chart?.spec.marks.map((mark) => [mark.label, "y" in mark ? mark.y : undefined]);
  expect(lines).toEqual([
    ["data wait", [1, 1]],
    ["forward", [3, 3]],
    ["backward", [4, 4]],
    ["exposed communication", [2, 2]],
    ["optimizer", [5, 5]],
  ]);
});

test("a program that reports only the parts of its steps has no chart of phases", () => {
  const names = chartsOf(["computeMs", "communicationMs"]).map(({ spec }) => spec.name);
  expect(names).toContain("step-time");
  expect(names).not.toContain("step-phases");
});
