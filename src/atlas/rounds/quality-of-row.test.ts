import { expect, test } from "vitest";
import type { BenchmarkFacts } from "../../schema/atlas/rounds/benchmark-facts.ts";
import { qualityOfRow } from "./quality-of-row.ts";

const facts: BenchmarkFacts[] = [
  {
    suite: "mlperf-training",
    benchmark: "bert",
    name: "BERT",
    task: "language",
    metric: "accuracy",
    targets: [
      { firstRound: "v0.7", target: ">= 0.712" },
      { firstRound: "v1.0", target: ">= 0.72" },
    ],
    source: "rules",
  },
];
const suite = "mlperf-training" as const;

test.each([
  { round: "v0.7", target: ">= 0.712" },
  { round: "v1.1", target: ">= 0.72" },
  { round: "v5.0", target: ">= 0.72" },
])("the target of bert in $round is $target", ({ round, target }) => {
  const quality = qualityOfRow({ suite, benchmark: "bert", round }, facts);
  expect(quality).toEqual({ metric: "accuracy", target });
});

test("a benchmark or a round without facts has no target", () => {
  expect(qualityOfRow({ suite, benchmark: "gpt3", round: "v4.0" }, facts)).toBeUndefined();
  expect(qualityOfRow({ suite, benchmark: "bert", round: "v0.5" }, facts)).toBeUndefined();
});
