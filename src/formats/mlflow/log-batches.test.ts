import { describe, expect, test } from "vitest";
import { logBatches } from "./log-batches.ts";
import type { MlflowRun } from "./mlflow-run.ts";

const run: MlflowRun = {
  runId: "train-1",
  uuid: "0".repeat(32),
  runName: "train",
  user: "host",
  status: "FINISHED",
  startTime: 0,
  endTime: 1,
  metrics: [],
  params: [],
  tags: [],
};
const entries = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: "v" }));

describe("logBatches", () => {
  test("cuts values into requests of the size that MLflow accepts", () => {
    const metrics = Array.from({ length: 2500 }, (_, step) => {
      return { key: "loss", value: step, timestamp: step, step };
    });
    const batches = logBatches({ ...run, metrics, params: entries(150), tags: entries(5) });
    const sizes = batches.map(({ metrics, params, tags }) => (metrics ?? params ?? tags)?.length);
    expect(sizes).toEqual([100, 50, 5, 1000, 1000, 500]);
  });

  test("writes what JSON cannot express as text", () => {
    const point = { key: "loss", timestamp: 1, step: 1 };
    const metrics = [
      { ...point, value: Number.NaN },
      { ...point, value: Number.NEGATIVE_INFINITY },
    ];
    expect(logBatches({ ...run, metrics })).toEqual([
      {
        metrics: [
          { ...point, value: "NaN" },
          { ...point, value: "-Infinity" },
        ],
      },
    ]);
  });
});
