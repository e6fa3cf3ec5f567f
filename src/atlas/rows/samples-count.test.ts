import { describe, expect, test } from "vitest";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import { samplesCountOf, samplesCountsOf, samplesFieldsOf } from "./samples-count.ts";

function reference(
  edition: string,
  benchmark: string,
  { unit, logField }: Pick<ReferenceConvergence, "unit" | "logField">,
): ReferenceConvergence {
  return {
    edition,
    benchmark,
    name: "",
    globalBatchSize: 1,
    unit,
    logField,
    convergence: [1],
    hyperparameters: {},
    creator: null,
    when: null,
    platform: null,
    precision: null,
  };
}

const references = [
  reference("training-4.0", "bert", { unit: "epochs", logField: "epoch_num" }),
  reference("training-4.1", "bert", { unit: "samples", logField: "samples_count" }),
  reference("training-5.0", "llama31_405b", { unit: "samples", logField: "samples_count" }),
];

describe("samplesCountsOf", () => {
  test.each([
    { name: "uses the round's own reference", edition: "training-4.0", unit: "epochs" },
    {
      name: "uses the newest reference if the round has none",
      edition: "training-3.0",
      unit: "samples",
    },
  ] as const)("$name", ({ edition, unit }) => {
    expect(samplesCountOf(samplesCountsOf(edition, references), "bert").unit).toBe(unit);
  });

  test("counts epochs for benchmarks without references", () => {
    const counts = samplesCountsOf("training-4.0", references);
    expect(samplesCountOf(counts, "minigo")).toEqual({ unit: "epochs", fields: ["epoch_num"] });
  });

  test("also reads `step` of language models that count samples", () => {
    const counts = samplesCountsOf("training-5.0", references);
    expect(samplesCountOf(counts, "llama31_405b").fields).toEqual(["samples_count", "step"]);
    expect(samplesFieldsOf(counts).toSorted()).toEqual(["epoch_num", "samples_count", "step"]);
  });
});
