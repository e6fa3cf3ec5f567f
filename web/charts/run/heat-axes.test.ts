import { expect, test } from "vitest";
import type { HeatmapDocument } from "../../../src/schema/dashboard/run-series.ts";
import { cellText, rankOfCell } from "../../views/run/heat-map/heat-map-model.ts";
import { heatAxes } from "./heat-axes.ts";

const zero = { atMs: 1_000_000, label: "clock" };
const heat: HeatmapDocument = {
  runId: "a",
  metric: "stepMs",
  unit: "milliseconds",
  fromMs: 1_000_000,
  toMs: 1_060_000,
  rankOrder: "rank",
  columns: 2,
  rows: 2,
  values: [117, 90, null, 95],
  peakRanks: [5, 2, -1, 9],
  ranksPerRow: [
    [0, 1, 2, 3, 4, 5],
    [6, 7, 8, 9],
  ],
};

test("labels ranks by row, and times by the clock of the run", () => {
  const axes = heatAxes(heat, zero);
  expect(axes.ranks).toEqual([
    { at: 0.25, text: "0-5" },
    { at: 0.75, text: "6-9" },
  ]);
  expect([axes.timeLabel, axes.rankLabel]).toEqual(["clock (s)", "rank"]);
  expect(axes.times.map(({ text }) => text)).toEqual(["0", "10", "20", "30", "40", "50", "60"]);
  expect(axes.times.map(({ at }) => at).at(-1)).toBe(1);
});

test("chooses the unit of times by the longest time before or after the clock's start", () => {
  const { timeLabel, times } = heatAxes(heat, { atMs: heat.toMs, label: "clock" });
  expect([timeLabel, times.at(0)?.text, times.at(-1)?.text]).toEqual(["clock (s)", "-60", "0"]);
});

test("a cell of several ranks is that of the slowest one, which a click selects", () => {
  expect(rankOfCell({ row: 0, column: 0 }, heat)).toBe(5);
  expect(cellText({ row: 0, column: 0 }, heat, zero)).toBe(
    "rank 5, clock 0 s: 117 ms, the largest of ranks 0-5",
  );
  expect(cellText({ row: 1, column: 0 }, heat, zero)).toBe("rank 6-9, clock 0 s: no data");
});
