import { expect, test } from "vitest";
import { sparkline } from "./sparkline.ts";

test.each([
  { name: "rises from the least to the most", values: [0, 1, 2, 3, 4, 5, 6, 7], bars: "▁▂▃▄▅▆▇█" },
  { name: "draws what does not change in the middle", values: [3, 3, 3], bars: "▄▄▄" },
  { name: "is no longer than there are values", values: [1, 0], bars: "█▁" },
  {
    name: "joins values by their mean where there is no room",
    values: [0, 0, 9, 9, 0, 0, 9, 9, 0, 0, 9, 9, 0, 0, 9, 9],
    bars: "▁█▁█▁█▁█",
  },
  { name: "draws nothing of nothing", values: [], bars: "" },
])("$name", ({ values, bars }) => {
  expect(sparkline(values, 8)).toBe(bars);
});
