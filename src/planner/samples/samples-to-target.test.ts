import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import { fitLaw, referenceCurve } from "./reference-curve.ts";
import { samplesToTarget, type SamplesGoal } from "./samples-to-target.ts";

function record(
  globalBatchSize: number,
  convergence: number[],
  rest: Partial<ReferenceConvergence> = {},
): ReferenceConvergence {
  return {
    edition: "training-5.1",
    benchmark: "llama31_8b",
    name: `ref_${globalBatchSize}`,
    globalBatchSize,
    unit: "samples",
    logField: "samples_count",
    convergence,
    hyperparameters: {},
    creator: null,
    when: null,
    platform: null,
    precision: null,
    ...rest,
  };
}

const runs = (amount: number): number[] => [0.96, 0.98, 1, 1.02, 1.04].map((one) => one * amount);

function goalOf(records: readonly ReferenceConvergence[], samplesPerUnit?: number): SamplesGoal {
  const curve = referenceCurve(["llama31_8b"], records);
  if (curve === undefined) throw new Error("no reference points");
  return { kind: "reference", curve, samplesPerUnit };
}

const table = [record(16, runs(160)), record(32, runs(180)), record(64, runs(220))];

describe("samplesToTarget", () => {
  test.each([
    { name: "gives a reference point as it is", batch: 32, samples: 180, kind: "reference-point" },
    { name: "is linear between two points", batch: 48, samples: 200, kind: "between-points" },
    { name: "follows the law above the table", batch: 128, samples: 300, kind: "law" },
    { name: "follows the law below the table", batch: 8, samples: 150, kind: "law" },
  ])("$name", ({ batch, samples, kind }) => {
    const answer = samplesToTarget(goalOf(table, 1), batch);
    if (answer.kind !== "known") throw new Error(answer.kind);
    expect(answer.basis.kind).toBe(kind);
    expect(answer.samples / samples).toBeCloseTo(1, 1);
  });

  test("does not extrapolate beyond twice the largest batch", () => {
    expect(samplesToTarget(goalOf(table, 1), 129)).toEqual({
      kind: "batch-too-large",
      largest: 64,
      limit: 128,
    });
  });

  test("converts epochs by the training set and steps by the batch", () => {
    const epochs = goalOf([record(8, runs(3), { unit: "epochs" })], 1000);
    const steps = goalOf([record(8, runs(50), { unit: "steps" })]);
    expect(samplesToTarget(epochs, 8)).toMatchObject({ samples: 3000 });
    expect(samplesToTarget(steps, 8)).toMatchObject({ samples: 400 });
  });

  test("uses the newest edition that has the benchmark", () => {
    const older = record(16, runs(999), { edition: "training-4.1" });
    expect(samplesToTarget(goalOf([...table, older], 1), 16)).toMatchObject({ samples: 160 });
  });

  test("is not moved by one run that never settled", () => {
    const odd = record(16, [1.1, 1.15, 1.2, 1.2, 1.2, 1.25, 13.8]);
    const answer = samplesToTarget(goalOf([odd], 1), 16);
    if (answer.kind !== "known") throw new Error(answer.kind);
    expect(answer.samples).toBeCloseTo(1.2, 1);
  });

  test("needs as many samples as tokens were given, at every batch size", () => {
    const goal: SamplesGoal = { kind: "tokens", tokens: 8e9, tokensPerSample: 8000 };
    expect(samplesToTarget(goal, 4)).toMatchObject({ samples: 1e6, logSpread: 0 });
    expect(samplesToTarget(goal, 4e6)).toMatchObject({ samples: 1e6 });
  });

  test("says the lowest loss of a scaling law that cannot reach the target", () => {
    const law = {
      name: "example",
      irreducible: 1.7,
      parameterFactor: 400,
      parameterExponent: 0.34,
      tokenFactor: 410,
      tokenExponent: 0.28,
      source: "example",
    };
    const goal = { loss: 1.6, parameterCount: 8e9, laws: [law] };
    const answer = samplesToTarget({ kind: "loss", goal, tokensPerSample: 1 }, 4);
    expect(answer).toMatchObject({ kind: "loss-unreachable" });
    const reached = samplesToTarget(
      { kind: "loss", goal: { ...goal, loss: 2 }, tokensPerSample: 1 },
      4,
    );
    if (reached.kind !== "known") throw new Error(reached.kind);
    const loss = 1.7 + 400 / 8e9 ** 0.34 + 410 / reached.samples ** 0.28;
    expect(loss).toBeCloseTo(2, 6);
  });

  test("is continuous where the table ends", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 100, max: 900 }), { minLength: 1, maxLength: 5 }),
        (amounts) => {
          const goal = goalOf(
            amounts.map((amount, index) => record(16 * (index + 1), runs(amount))),
            1,
          );
          for (const edge of [16, 16 * amounts.length]) {
            const [at, beside] = [edge, edge * 1.000_001].map((batch) =>
              samplesToTarget(goal, batch),
            );
            if (at?.kind !== "known" || beside?.kind !== "known") throw new Error("unknown");
            expect(beside.samples / at.samples).toBeCloseTo(1, 3);
          }
        },
      ),
    );
  });
});

describe("fitLaw", () => {
  test("finds the law that made the points", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 10, max: 1000, noNaN: true }),
        fc.double({ min: 100, max: 10_000, noNaN: true }),
        (minimum, critical) => {
          const points = [64, 256, 1024, 4096].map((batchSize) => ({
            batchSize,
            amount: minimum * (1 + batchSize / critical),
          }));
          const law = fitLaw(points);
          expect(law.minimum / minimum).toBeCloseTo(1, 2);
          expect((law.criticalBatchSize ?? 0) / critical).toBeCloseTo(1, 1);
        },
      ),
    );
  });

  test("is constant where larger batches need fewer samples", () => {
    const law = fitLaw([
      { batchSize: 64, amount: 100 },
      { batchSize: 128, amount: 90 },
    ]);
    expect(law.criticalBatchSize).toBeUndefined();
  });
});
