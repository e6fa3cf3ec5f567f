import { describe, expect, test } from "vitest";
import { TrainingObserver } from "./observe-training.ts";
import { measureTraining } from "./measure-training.ts";

const scale = { samplesPerUnit: undefined, globalBatch: 8 };

function measured(lines: readonly { step: number; timeMs: number }[]) {
  const observer = new TrainingObserver();
  observer.line("training begins", 0, []);
  for (const { step, timeMs } of lines)
    observer.line(`step: ${step}`, timeMs, [{ name: "step", value: step }]);
  const last = lines.at(-1)?.timeMs ?? 0;
  return measureTraining(
    observer.finish("example", { span: { fromMs: 0, toMs: last }, hasTimes: true }),
    scale,
  );
}

describe("measureTraining", () => {
  test("counts the steps of lines that print nothing else", () => {
    const lines = [1, 2, 3, 4].map((step) => ({ step, timeMs: 1000 * step }));
    expect(measured(lines)).toMatchObject({ steps: 4, step: { typicalMs: 1000 } });
  });

  test("weighs spans by their steps: the 95th percentile is not below the median", () => {
    const { step } = measured([
      { step: 1, timeMs: 900 },
      { step: 2, timeMs: 1800 },
      { step: 3, timeMs: 2700 },
      { step: 100, timeMs: 2700 + 97 * 1000 },
    ]);
    expect(step).toMatchObject({ typicalMs: 1000, p95Ms: 1000 });
  });
});
