import { describe, expect, test } from "vitest";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import { readReferenceConvergence } from "../../store/catalogue/read-score-data.ts";
import { readResultTables } from "../../store/results/naming-tables.ts";
import { countSamples } from "./count-samples.ts";
import { samplesScalesOf } from "./samples-scale.ts";

const references = await readReferenceConvergence();
const { compatibility } = await readResultTables();

function resultOf(
  benchmark: string,
  amounts: readonly (number | undefined)[],
  more: Partial<Pick<BenchmarkResult, "globalBatchSize" | "samplesToConverge" | "findings">> = {},
) {
  const runs = amounts.map((convergence, index) => ({
    runId: `result_${index}.txt`,
    timeToTrainMs: 1000,
    convergence,
    joules: undefined,
    fate: { kind: "counted" as const },
  }));
  return {
    runs,
    benchmark,
    globalBatchSize: 448,
    samplesToConverge: amounts[0],
    findings: [],
    ...more,
  };
}

const scale = (edition: Parameters<typeof samplesScalesOf>[0], benchmark: string) =>
  samplesScalesOf(edition, references, compatibility)(benchmark);

describe("countSamples", () => {
  test("keeps a plausible amount in the round's unit", () => {
    const result = resultOf("resnet", [35, 35, 36]);
    const counted = countSamples(result, "epochs", scale("training-3.0", "resnet"));
    expect(counted).toMatchObject({ unit: "epochs", mean: 35, curveFactor: 1, note: undefined });
  });

  test("converts the epochs that Quanta and xFusion logged for 3D U-Net of round 3.1 to samples", () => {
    const result = resultOf("unet3d", [2093.68]);
    const counted = countSamples(result, "samples", scale("training-3.1", "unet3d"));
    expect(counted.unit).toBe("samples");
    expect(counted.mean).toBeCloseTo(351_738.2, 1);
    expect(counted.note).toBe("samples to converge are the logged epochs x 168 (the training set)");
  });

  test("converts steps of Stable Diffusion of round 3.1 to samples by the batch size", () => {
    const result = resultOf("stable_diffusion", [1875], { globalBatchSize: 2048 });
    const counted = countSamples(result, "steps", scale("training-3.1", "stable_diffusion"));
    expect(counted).toMatchObject({ unit: "samples", mean: 3_840_000, curveFactor: 2048 });
    expect(counted.note).toContain("steps x 2,048 (the global batch size)");
  });

  test("reads the steps that Google logged for BERT of round 0.7", () => {
    const result = resultOf("bert", [978], { globalBatchSize: 3072 });
    const counted = countSamples(result, "samples", scale("training-0.7", "bert"));
    expect(counted.mean).toBe(3_004_416);
  });

  test.each([
    { name: "Google's count of evaluations", benchmark: "dlrm", amount: 18, shown: "18" },
    { name: "a placeholder", benchmark: "bert", amount: 1, shown: "1" },
    {
      name: "another model's samples",
      benchmark: "bert",
      amount: 130_621_440,
      shown: "130,621,440",
    },
  ])("omits and reports $name", ({ benchmark, amount, shown }) => {
    const result = resultOf(benchmark, [amount, amount]);
    const unit = benchmark === "dlrm" ? "epochs" : "samples";
    const counted = countSamples(result, unit, scale("training-1.1", benchmark));
    expect(counted).toMatchObject({ mean: undefined, amounts: [undefined, undefined] });
    expect(counted.note).toContain(`${shown}, are implausible and omitted; the reference needs`);
  });

  test("reports that samples are from `train_samples`, and does not scale curves by them", () => {
    const findings = [{ rule: "samples-placeholder" as const, runs: 1, isReplaced: true }];
    const result = resultOf("bert", [2_850_176], { findings });
    const counted = countSamples(result, "samples", scale("training-1.0", "bert"));
    expect(counted).toMatchObject({ mean: 2_850_176, curveFactor: undefined });
    expect(counted.note).toContain("`train_samples`");
  });

  test("has a mean for 3D U-Net with two runs that did not converge", () => {
    const amounts = [...Array.from({ length: 38 }, () => 2100), undefined, undefined];
    const result = resultOf("unet3d", amounts, { samplesToConverge: undefined });
    const counted = countSamples(result, "epochs", scale("training-1.1", "unet3d"));
    expect(counted.mean).toBe(2100 * 168);
  });

  test("accepts any positive amount of a benchmark without references", () => {
    const counted = countSamples(
      resultOf("minigo", [41]),
      "epochs",
      scale("training-0.7", "minigo"),
    );
    expect(counted).toMatchObject({ unit: "epochs", mean: 41 });
  });
});
