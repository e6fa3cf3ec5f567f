import { expect, test } from "vitest";
import { mostRanks, ranksBelow } from "./ranks-below.ts";

test.each([
  [0, []],
  [3, [0, 1, 2]],
  // A number of a broken line or dump: as many ranks would fill the memory.
  [mostRanks + 1, []],
  [4_294_967_290, []],
])("a job of %d ranks has the ranks %j", (count, ranks) => {
  expect(ranksBelow(count)).toEqual(ranks);
});
