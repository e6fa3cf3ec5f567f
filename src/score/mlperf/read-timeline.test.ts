import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../foundation/json.ts";
import type { LogLine } from "../../schema/logs/log-event.ts";
import { TimelineReader } from "./read-timeline.ts";

type Logged = [timeMs: number, key: string, value?: JsonValue, metadata?: JsonValue];

function read(logged: readonly Logged[]) {
  const reader = new TimelineReader();
  for (const [index, [timeMs, key, value = null, metadata = {}]] of logged.entries()) {
    const event = {
      timeMs,
      namespace: "",
      eventType: "POINT_IN_TIME",
      key,
      value,
      metadata,
    } as const;
    const line: LogLine = { kind: "event", lineNumber: index + 1, byteOffset: 0, event };
    reader.push(line);
  }
  return reader.finish();
}

describe("TimelineReader", () => {
  test("uses the same lines for the timed part as the score if several ranks log it", () => {
    const { moments, status, firstTimeMs, lastTimeMs } = read([
      [1000, "init_start"],
      [5000, "init_stop"],
      [5001, "run_start"],
      [5300, "run_start"],
      [9000, "run_stop", null, { status: "success" }],
      [8000, "run_stop", null, { status: "aborted" }],
    ]);
    expect(moments).toEqual([
      { key: "init_start", timeMs: 1000, line: 1 },
      { key: "init_stop", timeMs: 5000, line: 2 },
      { key: "run_start", timeMs: 5300, line: 4 },
      { key: "run_stop", timeMs: 9000, line: 5 },
    ]);
    expect({ status, firstTimeMs, lastTimeMs }).toEqual({
      status: "success",
      firstTimeMs: 1000,
      lastTimeMs: 9000,
    });
  });

  test("reads the progress of training from the count in the evaluation", () => {
    const { evaluations } = read([
      [1, "eval_accuracy", 0.5, { epoch_num: 3 }],
      [2, "eval_accuracy", 90, { metric: "FID", samples_count: 512, epoch_num: 1 }],
      [3, "eval_error", 0.1, { step_num: 7 }],
      [4, "eval_accuracy", 0.6, null],
    ]);
    expect(evaluations.map(({ metric, progress, line }) => ({ metric, progress, line }))).toEqual([
      { metric: undefined, progress: { field: "epoch_num", amount: 3 }, line: 1 },
      { metric: "FID", progress: { field: "samples_count", amount: 512 }, line: 2 },
      { metric: undefined, progress: { field: "step_num", amount: 7 }, line: 3 },
      { metric: undefined, progress: undefined, line: 4 },
    ]);
  });

  test("finds loss and throughput in the formats of all rounds", () => {
    const { loss, throughput } = read([
      [1, "tracked_stats", { train_step_time: 1, reduced_train_loss: 3 }],
      [2, "train_loss", 2],
      [3, "tracked_stats", { throughput: 100 }],
      [4, "tracked_stats", { validation_throughput: 900 }],
      [5, "tracked_stats", "none"],
      [6, "throughput", 120],
    ]);
    expect(loss).toEqual({ count: 2, least: 2, most: 3, last: 2, samples: [3, 2] });
    expect(throughput?.samples).toEqual([100, 120]);
  });

  test("ignores a time of zero, which some logs contain", () => {
    const { firstTimeMs, organisation } = read([
      [0, "submission_org", "Google"],
      [1_558_511_260_864, "run_start"],
    ]);
    expect(firstTimeMs).toBe(1_558_511_260_864);
    expect(organisation).toBe("Google");
  });

  test("counts the evaluations that it does not store", () => {
    const many = Array.from({ length: 5003 }, (_, index): Logged => [index, "eval_accuracy", 0]);
    const { evaluations, evaluationsLeftOut } = read(many);
    expect(evaluations).toHaveLength(5000);
    expect(evaluationsLeftOut).toBe(3);
  });
});
