import { describe, expect, test } from "vitest";
import { parseLog } from "../../mllog/parse-log.ts";
import { createCurveReader, type RunTrace } from "./read-curves.ts";

function line(timeMs: number, key: string, value: unknown, metadata: object = {}): string {
  const event = {
    namespace: "",
    time_ms: timeMs,
    event_type: "POINT_IN_TIME",
    key,
    value,
    metadata,
  };
  return `0: :::MLLOG ${JSON.stringify(event)}\n`;
}

function trace(log: string, fields = ["epoch_num"], mostPoints = 24): RunTrace {
  const reader = createCurveReader(fields);
  let runStartMs: number | undefined;
  let runStopMs: number | undefined;
  for (const each of parseLog(log).lines) {
    reader.push(each);
    if (each.kind !== "event") continue;
    if (each.event.key === "run_start") runStartMs = each.event.timeMs;
    if (each.event.key === "run_stop") runStopMs = each.event.timeMs;
  }
  return reader.finish({ clock: { runStartMs, runStopMs }, samplesFields: fields, mostPoints });
}

const start = line(500, "init_start", null) + line(1000, "run_start", null);
const stop = line(9000, "run_stop", null, { status: "success" });
const clock = { runStartMs: 1000, runStopMs: 9000 };

describe("createCurveReader", () => {
  test("measures time from run_start and assigns samples to each evaluation", () => {
    const log = `${start}${line(3000, "eval_accuracy", 0.5, { epoch_num: 1 })}${line(8999, "eval_accuracy", 0.7654321, { epoch_num: 2.5 })}${stop}`;
    expect(trace(log)).toEqual({
      curves: [
        {
          series: "quality",
          metricName: "eval_accuracy",
          clockMs: [2000, 7999],
          value: [0.5, 0.765432],
          samples: [1, 2.5],
          pointCount: 2,
        },
      ],
      seed: undefined,
      initMs: 500,
      precision: undefined,
    });
  });

  test("reads samples from the field that is chosen after the log is read", () => {
    const both = { epoch_num: 2, samples_count: 640 };
    const reader = createCurveReader(["epoch_num", "samples_count"]);
    for (const each of parseLog(`${start}${line(2000, "eval_accuracy", 0.5, both)}${stop}`).lines)
      reader.push(each);
    const samplesIn = (field: string) =>
      reader.finish({ clock, samplesFields: [field], mostPoints: 24 }).curves[0]?.samples;
    expect(samplesIn("epoch_num")).toEqual([2]);
    expect(samplesIn("samples_count")).toEqual([640]);
  });

  test("reports the throughput of blocks on every call", () => {
    const block = `${line(2000, "block_start", null, { samples_count: 0 })}${line(4000, "block_stop", null, { samples_count: 100 })}`;
    const reader = createCurveReader(["samples_count"]);
    for (const each of parseLog(`${start}${block}${stop}`).lines) reader.push(each);
    const options = { clock, samplesFields: ["samples_count"], mostPoints: 24 };
    expect(reader.finish(options).curves).toHaveLength(1);
    expect(reader.finish(options)).toEqual(reader.finish(options));
  });

  test("reads loss, step time and throughput from tracked_stats and converts seconds to milliseconds", () => {
    const stats = { train_step_time: 0.25, reduced_train_loss: 2.5, throughput: 1189, lr: 1e-4 };
    const { curves } = trace(`${start}${line(2000, "tracked_stats", stats, { step: 64 })}${stop}`, [
      "samples_count",
      "step",
    ]);
    expect(
      curves.map(({ series, metricName, value, samples }) => ({
        series,
        metricName,
        value,
        samples,
      })),
    ).toEqual([
      { series: "loss", metricName: "reduced_train_loss", value: [2.5], samples: [64] },
      { series: "stepMs", metricName: "train_step_time", value: [250], samples: [64] },
      { series: "samplesPerSecond", metricName: "throughput", value: [1189], samples: [64] },
    ]);
  });

  test("computes throughput from blocks if it is not logged, by samples or by epochs", () => {
    const bySamples = `${start}${line(1000, "block_start", null, { samples_count: 0 })}${line(3000, "block_stop", null, { samples_count: 100 })}${line(3001, "block_stop", null, { samples_count: 100 })}${stop}`;
    expect(trace(bySamples).curves).toMatchObject([
      { series: "samplesPerSecond", metricName: "block", value: [50], clockMs: [2000] },
    ]);
    const byEpochs = `${line(900, "train_samples", 1000)}${start}${line(1000, "block_start", null, { first_epoch_num: 1, epoch_count: 2 })}${line(5000, "block_stop", null, { first_epoch_num: 1 })}${stop}`;
    expect(trace(byEpochs).curves).toMatchObject([
      { series: "samplesPerSecond", metricName: "block", value: [500] },
    ]);
  });

  test("separates the parts of a quality by name", () => {
    const log = `${start}${line(2000, "eval_accuracy", { BBOX: 0.3, SEGM: 0.2 })}${line(3000, "eval_error", 99, { metric: "FID" })}${stop}`;
    expect(trace(log).curves.map(({ metricName, value }) => [metricName, value])).toEqual([
      ["BBOX", [0.3]],
      ["FID", [99]],
      ["SEGM", [0.2]],
    ]);
  });

  test("reads rounds 0.5 and 0.6, including quoted numbers", () => {
    const v05 = `:::MLPv0.5.0 resnet 10.0 (a.py:1) run_start\n:::MLPv0.5.0 resnet 12.5 (a.py:2) eval_accuracy: {"epoch": 3, "value": 0.7}\n:::MLPv0.5.0 resnet 13.0 (a.py:3) run_stop: {"success": true}\n`;
    expect(trace(v05).curves).toMatchObject([{ clockMs: [2500], value: [0.7], samples: [3] }]);
    const v06 = `:::MLL 10.0 run_start: {"value": null, "metadata": {}}\n:::MLL 11.0 eval_accuracy: {"value": "20.25", "metadata": {"epoch_num": 1}}\n`;
    expect(trace(v06).curves).toMatchObject([{ clockMs: [1000], value: [20.25] }]);
  });

  test("sorts out-of-order lines of ranks and counts an evaluation that all ranks log once", () => {
    const log = `${start}${line(4000, "eval_accuracy", 0.6, { epoch_num: 2 })}${line(2000, "eval_accuracy", 0.5, { epoch_num: 1 })}${line(4001, "eval_accuracy", 0.6, { epoch_num: 2 })}${stop}`;
    expect(trace(log).curves).toMatchObject([
      { clockMs: [1000, 3000], value: [0.5, 0.6], pointCount: 2 },
    ]);
  });

  test("excludes values outside the timed part and values that are not numbers", () => {
    const log = `${line(100, "eval_accuracy", 0.1)}${start}${line(2000, "eval_accuracy", 0.5)}:::MLLOG {"namespace": "", "time_ms": 2500, "event_type": "POINT_IN_TIME", "key": "eval_accuracy", "value": NaN, "metadata": {}}\n${stop}${line(60_000, "eval_accuracy", 0.9)}`;
    expect(trace(log).curves).toMatchObject([{ value: [0.5], pointCount: 1 }]);
  });

  test("reports the original number of points and keeps a spike", () => {
    const steps = Array.from({ length: 500 }, (_, step) =>
      line(1001 + step, "tracked_stats", { train_step_time: step === 333 ? 9 : 0.1 + step / 1e6 }),
    );
    const [curve] = trace(`${start}${steps.join("")}${stop}`, [], 20).curves;
    expect(curve?.pointCount).toBe(500);
    expect(curve?.value.length).toBeLessThanOrEqual(20);
    expect(curve?.value).toContain(9000);
  });

  test("returns no curves for a run that never started", () => {
    expect(trace(line(10, "eval_accuracy", 0.5)).curves).toEqual([]);
  });
});
