import { expect, test } from "vitest";
import { resultOf } from "../../../tests/support/result-rows.ts";
import { underNewestRules } from "./newest-rules.ts";

test.each([
  { name: "keeps all of one group", groups: [1, 1], own: [], kept: [true, true] },
  {
    name: "keeps those of the highest group",
    groups: [1, 3, 2, 3],
    own: [],
    kept: [false, true, false, true],
  },
  {
    name: "keeps own runs, whose group says nothing",
    groups: [2, 9, 1],
    own: [1],
    kept: [true, true, false],
  },
  { name: "keeps own runs alone", groups: [1, 1], own: [0, 1], kept: [true, true] },
])("underNewestRules $name", ({ groups, own, kept }) => {
  const rows = groups.map((compatibilityGroup, index) =>
    resultOf({ compatibilityGroup, suite: own.includes(index) ? "own" : "mlperf-training" }),
  );
  expect(rows.map(underNewestRules(rows))).toEqual(kept);
});
