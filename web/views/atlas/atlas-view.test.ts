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
import { measured } from "./made-up-results.ts";

const rows = [
  measured("Fast", { scoreMs: 60_000, acceleratorCount: 64 }),
  measured("Slow", { scoreMs: 900_000, round: "v4.1", acceleratorFamily: "A100" }),
  measured("Failed", { scoreMs: undefined, round: "v4.1" }),
  measured("Other", { benchmark: "resnet" }),
  measured("Mine", { suite: "own", round: "own", benchmark: "digits" }),
];

describe("readAtlasView", () => {
  test("the benchmark with the most results is shown where the address names none", () => {
    const view = readAtlasView({}, rows);
    expect(view).toMatchObject({ benchmark: "bert", measure: "system", sort: "time" });
    expect(view.withFront).toBe(true);
  });

  test("what the address says is read, and what nobody knows is left", () => {
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
    expect(readAtlasView({ per: "beer", sort: "colour" }, rows)).toMatchObject({
      measure: "system",
      sort: "time",
    });
  });

  test("ids survive the address, with commas in them", () => {
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
      name: "the fastest first, those without a time last",
      query: {},
      expected: ["Fast", "Slow", "Failed"],
    },
    {
      name: "the other way round leaves those without a time last",
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

  test("what nobody has is said, with the nearest that there is", () => {
    expect(names({ benchmark: "bert", round: "v4.2" })).toMatchObject({
      kind: "unknown",
      message: "No result has the round v4.2",
      hint: expect.stringContaining("v4.1"),
    });
  });
});

describe("choices", () => {
  test("own benchmarks stand behind the published ones", () => {
    expect(benchmarkChoices(rows).map(({ name, count }) => [name, count])).toEqual([
      ["bert", 3],
      ["resnet", 1],
      ["digits", 1],
    ]);
  });

  test("the newest round first, and only what the benchmark has", () => {
    expect(fieldChoices(rows, "bert", "round")).toEqual(["v5.0", "v4.1"]);
    expect(fieldChoices(rows, "bert", "accelerator")).toEqual(["A100", "H100"]);
    expect(fieldChoices(rows, "resnet", "submitter")).toEqual(["Other"]);
  });
});

describe("commandOf", () => {
  test("says what a terminal needs for the same rows, quoted where a shell would read it otherwise", () => {
    const view = readAtlasView({ benchmark: "bert", round: "v4.*", per: "chip" }, rows);
    const command = "pitwall results --benchmark bert --round 'v4.*' --per chip";
    expect(commandOf(view, rows.slice(0, 1))).toBe(command);
    expect(commandOf(view, rows)).toBe(`${command} --own`);
  });
});

describe("nextSort", () => {
  test("turns round what is sorted already", () => {
    const view = readAtlasView({ sort: "chip" }, rows);
    expect(nextSort(view, "chip")).toBe("-chip");
    expect(nextSort(view, "cost")).toBe("cost");
    expect(nextSort(readAtlasView({ sort: "-chip" }, rows), "chip")).toBe("chip");
  });
});
