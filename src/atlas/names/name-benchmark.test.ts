import { describe, expect, test } from "vitest";
import { readResultTables } from "../../store/results/naming-tables.ts";
import { nameBenchmark } from "./name-benchmark.ts";

const { compatibility } = await readResultTables();

describe("nameBenchmark", () => {
  test.each([
    { published: "ssd", round: "v1.1", expected: { benchmark: "ssd", compatibilityGroup: 2 } },
    {
      published: "ssd",
      round: "v2.0",
      expected: { benchmark: "retinanet", compatibilityGroup: 1 },
    },
    { published: "gnn", round: "v4.1", expected: { benchmark: "rgat", compatibilityGroup: 1 } },
    {
      published: "mask",
      round: "v0.6",
      expected: { benchmark: "maskrcnn", compatibilityGroup: 2 },
    },
    { published: "bert", round: "v0.7", expected: { benchmark: "bert", compatibilityGroup: 1 } },
    { published: "bert", round: "v1.0", expected: { benchmark: "bert", compatibilityGroup: 2 } },
    {
      published: "retinanet",
      round: "v9.0",
      expected: { benchmark: "retinanet", compatibilityGroup: 1 },
    },
    {
      published: "new_thing",
      round: "v6.1",
      expected: { benchmark: "new_thing", compatibilityGroup: 1 },
    },
  ])("$published of $round is $expected", ({ published, round, expected }) => {
    const place = { suite: "mlperf-training", round } as const;
    expect(nameBenchmark(published, place, compatibility)).toEqual(expected);
  });
});
