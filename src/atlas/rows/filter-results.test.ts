import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resultOf, someGroups } from "../../../tests/support/result-rows.ts";
import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import { filterResults, type ResultFilter } from "./filter-results.ts";
import { matchesGlob } from "../names/glob-pattern.ts";

const rows = [
  resultOf({ round: "v4.1", submitter: "NVIDIA", system: "a" }),
  resultOf({ round: "v4.1", submitter: "Azure+NVIDIA", system: "b", acceleratorCount: 64 }),
  resultOf({ round: "v5.0", submitter: "Google", system: "c", benchmark: "rgat" }),
  resultOf({ round: "v5.0", submitter: "Intel", system: "d", acceleratorCount: undefined }),
  resultOf({
    round: "v10.0",
    submitter: "AMD",
    system: "e",
    accelerator: "mi300x",
    acceleratorFamily: "MI300X",
  }),
];

describe("filterResults", () => {
  const systems = (filter: ResultFilter): string => {
    const outcome = filterResults(rows, filter, someGroups);
    return outcome.kind === "filtered"
      ? outcome.rows.map(({ system }) => system).join("")
      : outcome.kind;
  };

  test.each([
    { name: "keeps all without a filter", filter: {}, kept: "abcde" },
    { name: "takes a pattern", filter: { round: "v4.*" }, kept: "ab" },
    { name: "does not take a dot for any letter", filter: { round: "v?.0" }, kept: "cd" },
    { name: "takes a round without its v", filter: { round: "5.0" }, kept: "cd" },
    { name: "takes several with commas", filter: { round: "v4.1, v10.0" }, kept: "abe" },
    { name: "finds a submitter among several", filter: { submitter: "nvidia" }, kept: "ab" },
    { name: "finds a benchmark by the name of its time", filter: { benchmark: "gnn" }, kept: "c" },
    { name: "takes the family for the accelerator", filter: { accelerator: "h100" }, kept: "abcd" },
    {
      name: "leaves out uncounted systems where counts matter",
      filter: { maxAccelerators: 1000 },
      kept: "abce",
    },
    {
      name: "counts both ends in",
      filter: { minAccelerators: 8, maxAccelerators: 63 },
      kept: "ace",
    },
    { name: "takes an exact count", filter: { accelerators: 64 }, kept: "b" },
    {
      name: "gives none where filters exclude each other",
      filter: { round: "v4.1", benchmark: "rgat" },
      kept: "",
    },
  ])("$name", ({ filter, kept }) => {
    expect(systems(filter)).toBe(kept);
  });

  test.each([
    { field: "benchmark", wanted: "brt", nearest: "bert" },
    { field: "accelerator", wanted: "h10O", nearest: "H100" },
    { field: "submitter", wanted: "Gogle", nearest: "Google" },
    { field: "round", wanted: "v4.2", nearest: "v4.1" },
  ] as const)("names the nearest $field for $wanted", ({ field, wanted, nearest }) => {
    expect(filterResults(rows, { [field]: wanted }, someGroups)).toMatchObject({
      kind: "unknown",
      field,
      wanted,
      nearest,
    });
  });

  describe("a name that was used for two benchmarks", () => {
    const twoMeanings = [
      resultOf({ round: "v1.1", system: "a", benchmark: "ssd", benchmarkAsPublished: "ssd" }),
      resultOf({ round: "v3.1", system: "b", benchmark: "retinanet", benchmarkAsPublished: "ssd" }),
    ];
    const groups: readonly CompatibilityGroup[] = [
      {
        suite: "mlperf-training",
        benchmark: "retinanet",
        aliases: ["ssd"],
        group: 1,
        firstRound: "v2.0",
        lastRound: "v5.1",
        source: "a test",
      },
    ];
    const alias = { wanted: "ssd", benchmark: "retinanet", rounds: ["v3.1"] };

    test.each([
      { name: "means the later one in its rounds", round: "v3.1", kept: "b", kind: "shown" },
      { name: "means the earlier one otherwise", round: undefined, kept: "a", kind: "left-out" },
      { name: "means the only one in older rounds", round: "v1.1", kept: "a", kind: undefined },
    ])("$name", ({ round, kept, kind }) => {
      const outcome = filterResults(twoMeanings, { benchmark: "ssd", round }, groups);
      expect(outcome).toMatchObject({
        kind: "filtered",
        rows: [{ system: kept }],
        aliases: kind === undefined ? [] : [{ kind, ...alias }],
      });
    });
  });

  test("refuses an unknown value even next to a known one", () => {
    expect(filterResults(rows, { round: "v5.0,v9.9" }, someGroups).kind).toBe("unknown");
  });
});

describe("matchesGlob", () => {
  test("agrees with a regular expression on any text and pattern", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "?"), maxLength: 10 });
    const texts = fc.string({ unit: fc.constantFrom("a", "B", "."), maxLength: 10 });
    fc.assert(
      fc.property(texts, letters, (text, pattern) => {
        const source = pattern.replaceAll(".", "\\.").replaceAll("*", ".*").replaceAll("?", ".");
        const expected = new RegExp(`^${source}$`, "iu").test(text);
        expect(matchesGlob(text, pattern)).toBe(expected);
      }),
    );
  });

  test("does not take exponential time on many stars", () => {
    expect(matchesGlob("a".repeat(5000), `${"*a".repeat(200)}b`)).toBe(false);
  });
});
