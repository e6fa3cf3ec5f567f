import { expect, test } from "vitest";
import { sparkline } from "./sparkline.ts";

test.each([
  {
    name: "rises from the minimum to the maximum",
    values: [0, 1, 2, 3, 4, 5, 6, 7],
    bars: "▁▂▃▄▅▆▇█",
  },
  { name: "draws a constant series at half height", values: [3, 3, 3], bars: "▄▄▄" },
  { name: "has at most one bar per value", values: [1, 0], bars: "█▁" },
  {
    name: "averages values when there are more values than columns",
    values: [0, 0, 9, 9, 0, 0, 9, 9, 0, 0, 9, 9, 0, 0, 9, 9],
    bars: "▁█▁█▁█▁█",
  },
  { name: "returns an empty string for no values", values: [], bars: "" },
])("$name", ({ values, bars }) => {
  expect(sparkline(values, 8)).toBe(bars);
});
