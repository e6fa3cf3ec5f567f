import { describe, expect, test } from "vitest";
import {
  benchmarkChoices,
  chooseRows,
  commandOf,
  fieldChoices,
  nextSort,
  readAtlasView,
  readIds,
  writeIds,
} from "./atlas-view.ts";
import { measured } from "./sample-results.ts";

const rows = [
  measured("Fast", { scoreMs: 60_000, acceleratorCount: 64 }),
  measured("Slow", { scoreMs: 900_000, round: "v4.1", acceleratorFamily: "A100" }),
  measured("Failed", { scoreMs: undefined, round: "v4.1" }),
  measured("Other", { benchmark: "resnet" }),
  measured("Mine", { suite: "own", round: "own", benchmark: "digits" }),
];

describe("readAtlasView", () => {
  test("selects the benchmark with the most results in the newest round by default", () => {
    const older = Array.from({ length: 5 }, (_, index) =>
      measured(`Old ${index}`, { benchmark: "retired", round: "v0.5" }),
    );
    const view = readAtlasView({}, [...older, ...rows]);
    expect(view).toMatchObject({ benchmark: "bert", measure: "system", sort: "time" });
    expect(view.withFront).toBe(true);
  });

  test("reads the address and ignores unknown values", () => {
    const view = readAtlasView(
      { benchmark: "resnet", per: "kwh", sort: "-round", front: "no", division: "", row: "x" },
      rows,
    );
    expect(view).toMatchObject({
      measure: "kwh",
      sort: "round",
      isDescending: true,
      withFront: false,
      rowId: "x",
      filter: { benchmark: "resnet" },
    });
    expect(readAtlasView({ per: "beer", sort: "color" }, rows)).toMatchObject({
      measure: "system",
      sort: "time",
    });
  });

  test("ids with commas can be written to and read from the address", () => {
    const ids = ["a/b,c", "d/e"];
    expect(readIds(writeIds(ids))).toEqual(ids);
    expect(readIds("a,,a,b")).toEqual(["a", "b"]);
    expect(readIds(undefined)).toEqual([]);
  });
});

describe("chooseRows", () => {
  const names = (query: Record<string, string>): unknown => {
    const chosen = chooseRows(rows, readAtlasView(query, rows), []);
    return chosen.kind === "chosen" ? chosen.rows.map(({ row }) => row.submitter) : chosen;
  };

  test.each([
    {
      name: "fastest first, results without a time last",
      query: {},
      expected: ["Fast", "Slow", "Failed"],
    },
    {
      name: "slowest first, results without a time last",
      query: { sort: "-time" },
      expected: ["Slow", "Fast", "Failed"],
    },
    { name: "a pattern for rounds", query: { round: "v4.*" }, expected: ["Slow", "Failed"] },
    {
      name: "several families",
      query: { accelerator: "A100,H100" },
      expected: ["Fast", "Slow", "Failed"],
    },
    { name: "cheapest first", query: { per: "dollar" }, expected: ["Fast", "Slow", "Failed"] },
  ])("$name", ({ query, expected }) => {
    expect(names({ benchmark: "bert", ...query })).toEqual(expected);
  });

  test("an unknown value is an error with the closest known value", () => {
    expect(names({ benchmark: "bert", round: "v4.2" })).toMatchObject({
      kind: "unknown",
      message: "No result has the round v4.2",
      hint: expect.stringContaining("v4.1"),
    });
  });
});

describe("choices", () => {
  test("lists own benchmarks after published ones", () => {
    expect(benchmarkChoices(rows).map(({ name, count }) => [name, count])).toEqual([
      ["bert", 3],
      ["resnet", 1],
      ["digits", 1],
    ]);
  });

  test("lists values of the benchmark, newest round first", () => {
    expect(fieldChoices(rows, "bert", "round")).toEqual(["v5.0", "v4.1"]);
    expect(fieldChoices(rows, "bert", "accelerator")).toEqual(["A100", "H100"]);
    expect(fieldChoices(rows, "resnet", "submitter")).toEqual(["Other"]);
  });
});

describe("commandOf", () => {
  test("is the command for the same rows, with shell quotes where needed", () => {
    const view = readAtlasView({ benchmark: "bert", round: "v4.*", per: "chip" }, rows);
    const command = "pitwall results --benchmark bert --round 'v4.*' --per chip";
    expect(commandOf(view, rows.slice(0, 1))).toBe(command);
    expect(commandOf(view, rows)).toBe(`${command} --own`);
  });
});

describe("nextSort", () => {
  test("reverses the order of the sorted column", () => {
    const view = readAtlasView({ sort: "chip" }, rows);
    expect(nextSort(view, "chip")).toBe("-chip");
    expect(nextSort(view, "cost")).toBe("cost");
    expect(nextSort(readAtlasView({ sort: "-chip" }, rows), "chip")).toBe("chip");
  });
});
