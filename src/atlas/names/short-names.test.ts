import { describe, expect, test } from "vitest";
import { shortNames } from "./short-names.ts";

describe("shortNames", () => {
  test.each([
    { name: "nothing of nothing", ids: [], short: [] },
    { name: "the end of a lone id", ids: ["s/v5.0/Dell/XE/bert"], short: ["bert"] },
    {
      name: "what is shared at both ends is left out",
      ids: ["s/v4.1/Dell/XE/bert", "s/v5.0/Dell/XE/bert"],
      short: ["v4.1/Dell/XE", "v5.0/Dell/XE"],
    },
    {
      name: "other benchmarks keep theirs",
      ids: ["s/v5.0/Dell/XE/bert", "s/v5.0/Dell/XE/resnet"],
      short: ["bert", "resnet"],
    },
    {
      name: "ids of other depth",
      ids: ["own/20260101", "s/v5.0/Dell/XE/bert"],
      short: ["own/20260101", "s/v5.0/Dell/XE/bert"],
    },
    { name: "the same id twice stays whole", ids: ["s/a", "s/a"], short: ["s/a", "s/a"] },
  ])("$name", ({ ids, short }) => {
    expect(shortNames(ids)).toEqual(short);
  });
});
