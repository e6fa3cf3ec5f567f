import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import { readReferenceConvergence } from "../../store/catalogue/read-score-data.ts";
import { checkConvergence, scalingFactorOf } from "./check-convergence.ts";
import { prunePoints, referencePoints, smallestAcceptableMean } from "./reference-points.ts";

const published = await readReferenceConvergence();

function recordsOf(edition: string, benchmark: string): ReferenceConvergence[] {
  return published.filter((each) => each.edition === edition && each.benchmark === benchmark);
}

function record(globalBatchSize: number, convergence: number[]): ReferenceConvergence {
  return {
    edition: "training-5.0",
    benchmark: "retinanet",
    name: `retinanet_ref_${globalBatchSize}`,
    globalBatchSize,
    unit: "epochs",
    logField: "epoch_num",
    convergence,
    hyperparameters: {},
    creator: null,
    when: null,
    platform: null,
    precision: null,
  };
}

describe("smallestAcceptableMean", () => {
  // Calculated with SciPy's ttest_ind_from_stats and the same bisection.
  test.each([
    {
      edition: "training-5.0",
      benchmark: "bert",
      batch: 3072,
      submissionRunCount: 8,
      mean: 2764498.6666666665,
      smallest: 2643732.3832027484,
    },
    {
      edition: "training-3.1",
      benchmark: "unet3d",
      batch: 56,
      submissionRunCount: 38,
      mean: 380846.6666666667,
      smallest: 348904.5102976038,
    },
    {
      edition: "training-4.0",
      benchmark: "gpt3",
      batch: 2048,
      submissionRunCount: 1,
      mean: 1182793728,
      smallest: 1116578914.0898573,
    },
    {
      edition: "training-1.0",
      benchmark: "resnet",
      batch: 3264,
      submissionRunCount: 3,
      mean: 35.15384615384615,
      smallest: 34.3096450658945,
    },
    {
      edition: "training-5.1",
      benchmark: "llama31_8b",
      batch: 64,
      submissionRunCount: 8,
      mean: 226645.33333333334,
      smallest: 218921.86611715954,
    },
    {
      edition: "hpc-3.0",
      benchmark: "deepcam",
      batch: 1024,
      submissionRunCount: 3,
      mean: 13,
      smallest: 12.445026397705078,
    },
  ])(
    "is $smallest for $edition $benchmark at batch size $batch",
    ({ edition, benchmark, batch, ...expected }) => {
      const points = referencePoints(recordsOf(edition, benchmark));
      const point = points.find((each) => each.globalBatchSize === batch);
      if (point === undefined) throw new Error("no such point");
      expect(point.mean).toBeCloseTo(expected.mean, 6);
      expect(
        smallestAcceptableMean(point, { submissionRunCount: expected.submissionRunCount }),
      ).toBeCloseTo(expected.smallest, 6);
    },
  );

  test("equals the reference mean if the reference runs do not differ", () => {
    const point = { globalBatchSize: 8, mean: 7, standardDeviation: 0, runCount: 8 };
    expect(smallestAcceptableMean(point, { submissionRunCount: 3 })).toBe(7);
  });
});

describe("prunePoints", () => {
  const at = (globalBatchSize: number, mean: number) => ({
    globalBatchSize,
    mean,
    standardDeviation: 1,
    runCount: 8,
  });
  const sizes = (points: { globalBatchSize: number }[]) =>
    points.map((each) => each.globalBatchSize);

  test("drops batch sizes below the fastest one", () => {
    expect(sizes(prunePoints([at(1, 12), at(2, 10), at(4, 11)]))).toEqual([2, 4]);
  });
  test("drops a point that converges slower than the interpolation of its neighbors", () => {
    expect(sizes(prunePoints([at(2, 10), at(4, 14), at(6, 14)]))).toEqual([2, 6]);
    expect(sizes(prunePoints([at(2, 10), at(4, 12), at(6, 14)]))).toEqual([2, 4, 6]);
  });
  test("does not recheck the neighbors of a dropped point, like the official check", () => {
    // Without 6, the line from 2 to 8 is below 4, so a convex envelope would also drop 4.
    expect(sizes(prunePoints([at(2, 10), at(4, 12), at(6, 16), at(8, 13)]))).toEqual([2, 4, 8]);
  });
});

describe("checkConvergence", () => {
  const references = [
    record(64, [9, 10, 10, 10, 10, 10, 10, 10, 10, 11]),
    record(256, [19, 20, 20, 20, 20, 20, 20, 20, 20, 21]),
  ];
  const submit = (globalBatchSize: number, ...amounts: (number | undefined)[]) =>
    checkConvergence(
      { benchmark: "retinanet", edition: "training-5.0", globalBatchSize, amounts },
      references,
    );

  test.each([
    {
      name: "a submission as slow as the reference passes",
      batch: 64,
      amounts: [10, 10, 10, 10, 10],
      kind: "found",
      passes: true,
      factor: 1,
    },
    {
      name: "a submission faster than the mean passes within the t-test limit",
      batch: 64,
      amounts: [9.8, 9.8, 9.8, 9.8, 9.8],
      kind: "found",
      passes: true,
      factor: 10 / 9.8,
    },
    {
      name: "a submission that is too fast has no factor",
      batch: 64,
      amounts: [8, 8, 8, 8, 8],
      kind: "found",
      passes: false,
      factor: undefined,
    },
    {
      name: "a run that did not converge ranks as slowest",
      batch: 64,
      amounts: [10, undefined, 10, 10, 10],
      kind: "found",
      passes: true,
      factor: 1,
    },
    {
      name: "a batch size between two references is interpolated",
      batch: 160,
      amounts: [15, 15, 15, 15, 15],
      kind: "interpolated",
      passes: true,
      factor: 1,
    },
    {
      name: "a batch smaller than any reference passes if it converges slower",
      batch: 32,
      amounts: [11, 11, 11, 11, 11],
      kind: "smaller-batch",
      passes: true,
      factor: 1,
    },
    {
      name: "too few runs have no mean",
      batch: 64,
      amounts: [10],
      kind: "found",
      passes: false,
      factor: undefined,
    },
  ])("$name", ({ batch, amounts, kind, passes, factor }) => {
    const check = submit(batch, ...amounts);
    expect(check).toMatchObject({ kind, test: { passes } });
    expect(scalingFactorOf(check)).toEqual(factor);
  });

  test.each([
    {
      name: "a batch larger than any reference",
      batch: 512,
      amounts: [40, 40, 40, 40, 40],
      hasTest: false,
    },
    {
      name: "a smaller batch that converges faster",
      batch: 32,
      amounts: [5, 5, 5, 5, 5],
      hasTest: true,
    },
  ])("reports a missing reference for $name", ({ batch, amounts, hasTest }) => {
    const check = submit(batch, ...amounts);
    expect(check.kind).toBe("missing");
    expect("test" in check && check.test !== undefined).toBe(hasTest);
  });

  test("two runs that did not converge exceed the limit", () => {
    expect(submit(64, 10, undefined, undefined, 10, 10)).toEqual({
      kind: "insufficient",
      unconverged: 2,
      allowed: 1,
    });
  });

  test("the test passes exactly if the p-value is above 5%, outside the bisection tolerance", () => {
    fc.assert(
      fc.property(fc.double({ min: 5, max: 12, noNaN: true }), (amount) => {
        const check = submit(64, amount, amount, amount, amount, amount);
        if (check.kind !== "found" || check.test.pValue === undefined) throw new Error("no test");
        const { pValue, passes, submissionMean = 0, smallestAcceptableMean: smallest } = check.test;
        fc.pre(Math.abs(submissionMean - smallest) > 1e-4);
        expect(pValue > 0.05).toBe(passes);
      }),
    );
  });

  test("llama31_405b may converge one evaluation interval before a reference whose runs do not differ", () => {
    const check = (amount: number) =>
      checkConvergence(
        {
          benchmark: "llama31_405b",
          edition: "training-5.0",
          globalBatchSize: 1152,
          amounts: [amount, amount, amount],
        },
        recordsOf("training-5.0", "llama31_405b"),
      );
    expect(check(276_480)).toMatchObject({
      kind: "found",
      test: { passes: true, normalisationFactor: 322_560 / 276_480 },
    });
    expect(check(276_479)).toMatchObject({ test: { passes: false } });
  });

  test("the order of the runs does not matter", () => {
    const anyAmounts = fc.array(fc.double({ min: 1, max: 30, noNaN: true }), {
      minLength: 3,
      maxLength: 12,
    });
    fc.assert(
      fc.property(anyAmounts, fc.constantFrom(32, 64, 100, 256, 512), (amounts, batch) => {
        expect(submit(batch, ...amounts.toReversed())).toEqual(submit(batch, ...amounts));
      }),
    );
  });
});
