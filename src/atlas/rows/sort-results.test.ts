import { describe, expect, test } from "vitest";
import { h100Rod, resultOf } from "../../../tests/support/result-rows.ts";
import { measureRow } from "./measures.ts";
import { compareRoundNames, sortResults } from "./sort-results.ts";

const rows = [
  resultOf({ system: "a", round: "v1.1", scoreMs: 3, acceleratorCount: 1, accelerator: "ipu" }),
  resultOf({ system: "b", round: "v10.0", scoreMs: 2, acceleratorCount: 9 }),
  resultOf({ system: "c", round: "v1.1", scoreMs: 1, acceleratorCount: 20 }),
  resultOf({ system: "d", round: "v9.0", scoreMs: undefined, acceleratorCount: 5 }),
].map((row) => measureRow(row, h100Rod));

describe("sortResults", () => {
  test.each([
    { key: "time", order: "cbad" },
    { key: "chip", order: "abcd" },
    { key: "accelerators", order: "adbc" },
    { key: "round", order: "cadb" },
    { key: "cost", order: "bcad" },
  ] as const)("by $key, what has none last", ({ key, order }) => {
    expect(
      sortResults(rows, key)
        .map(({ row }) => row.system)
        .join(""),
    ).toBe(order);
  });
});

describe("sortResults with `isReversed`", () => {
  test.each([
    { key: "time", order: "abcd" },
    { key: "accelerators", order: "cbda" },
    { key: "round", order: "bdca" },
  ] as const)("sorts by $key the largest first, what has none last", ({ key, order }) => {
    const sorted = sortResults(rows, key, { isReversed: true });
    expect(sorted.map(({ row }) => row.system).join("")).toBe(order);
  });
});

describe("sortResults by figures of different sources", () => {
  const mixed = [
    resultOf({ system: "computed", scoreMs: 1 }),
    resultOf({ system: "cheap", statedCostUsd: 5, energyJoules: 9e9, energyLabel: "measured" }),
    resultOf({ system: "dear", statedCostUsd: 9 }),
  ].map((row) => measureRow(row, h100Rod));
  const names = (key: "cost" | "energy", isReversed: boolean) =>
    sortResults(mixed, key, { isReversed }).map(({ row }) => row.system);

  test("never ranks a computed cost among stated ones", () => {
    expect(names("cost", false)).toEqual(["cheap", "dear", "computed"]);
    expect(names("cost", true)).toEqual(["dear", "cheap", "computed"]);
  });

  test("never ranks an estimated energy among measured ones", () => {
    expect(names("energy", false)).toEqual(["cheap", "computed", "dear"]);
  });
});

describe("compareRoundNames", () => {
  test("compares numerically and puts rounds without a number first", () => {
    const names = ["v10.0", "v2.1", "own", "v2.0", "2017-2020"];
    expect(names.toSorted(compareRoundNames)).toEqual([
      "2017-2020",
      "own",
      "v2.0",
      "v2.1",
      "v10.0",
    ]);
  });
});
