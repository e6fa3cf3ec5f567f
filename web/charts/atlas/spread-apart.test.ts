import { expect, test } from "vitest";
import { spreadApart } from "./spread-apart.ts";

test("labels that are far apart stay, and close ones move down by as much as they need", () => {
  expect(spreadApart([100, 0, 103], 12)).toEqual([0, 0, 9]);
  expect(spreadApart([5, 5, 5], 12)).toEqual([0, 12, 24]);
  expect(spreadApart([], 12)).toEqual([]);
});
