import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { isJsonObject, type JsonValue } from "../../foundation/json.ts";
import type { LogEvent } from "../../schema/logs/log-event.ts";
import type { StepSample } from "../../schema/run/measured/telemetry-sample.ts";
import { digitsMlp } from "../../trainer/workloads/digits-mlp.ts";
import { readWorkloadFiles } from "./train-here-data.ts";
import { logTraining, trainHere, type TrainHereOptions } from "./train-here.ts";
import { startReplicaThreads } from "./train-here-threads.ts";

// Threads need compiled JavaScript; `npm test` builds it first.
const threadFile = new URL(
  "../../../build/workflows/training/train-replica-thread.js",
  import.meta.url,
);
const isBuilt = existsSync(threadFile);
const dataDirectory = fileURLToPath(new URL("../../../data", import.meta.url));
const never = new AbortController().signal;

/** A clock that advances by one millisecond at each reading. */
function countingClock(): () => number {
  let timeMs = 1_700_000_000_000;
  return () => timeMs++;
}

async function train(
  options: Partial<TrainHereOptions> = {},
  signal: AbortSignal = never,
): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  const run = trainHere(
    {
      workload: "digits-mlp",
      workers: 1,
      seed: 7,
      dataDirectory,
      nowMs: countingClock(),
      threadFile,
      ...options,
    },
    signal,
  );
  for await (const event of run) events.push(event);
  return events;
}

function metadata(event: LogEvent | undefined, name: string): JsonValue | undefined {
  return event !== undefined && isJsonObject(event.metadata) ? event.metadata[name] : undefined;
}
const curve = (events: readonly LogEvent[]): JsonValue[] =>
  events.filter(({ key }) => key === "eval_accuracy").map(({ value }) => value);
const one = (events: readonly LogEvent[], key: string): LogEvent => {
  const found = events.filter((event) => event.key === key);
  const [event] = found;
  if (event === undefined || found.length > 1) throw new Error(`${key}: ${found.length} times`);
  return event;
};

const lastLoss = (events: readonly LogEvent[]): JsonValue | undefined => {
  const stats = events.findLast(({ key }) => key === "tracked_stats")?.value;
  return isJsonObject(stats) ? stats["train_loss"] : undefined;
};
/** Keys that the common rules require exactly once, or that readers expect before the clock starts. */
const keysOnce = [
  "submission_benchmark",
  "submission_org",
  "submission_division",
  "submission_platform",
  "cache_clear",
  "seed",
  "global_batch_size",
  "gradient_accumulation_steps",
  "train_samples",
  "eval_samples",
  "quality_target",
];

describe.skipIf(!isBuilt)("trainHere (needs dist)", () => {
  test("reaches the target with a log that follows the common rules", async () => {
    const samples: StepSample[] = [];
    const events = await train({ workers: 2, onSample: (sample) => samples.push(sample) });
    const keys = events.map(({ key }) => key);

    const stated = events.filter((event) => keysOnce.includes(event.key));
    expect(stated.map((event) => event.key).toSorted()).toEqual(keysOnce.toSorted());
    expect(stated.filter(({ value }) => value === "")).toEqual([]);
    expect(one(events, "submission_division").value).toBe("open");
    expect(one(events, "train_samples").value).toBe(1437);
    expect(one(events, "eval_samples").value).toBe(360);

    const inOrder = ["init_start", "quality_target", "init_stop", "run_start", "block_start"];
    const places = inOrder.map((key) => keys.indexOf(key));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(keys.at(-1)).toBe("run_stop");
    const times = events.map(({ timeMs }) => timeMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));

    const afterStart = events.slice(keys.indexOf("run_start") + 1);
    const uncounted = afterStart.filter(
      (event) => typeof metadata(event, "samples_count") !== "number",
    );
    expect(uncounted).toEqual([]);
    for (const event of afterStart.filter(({ key }) => key === "block_start")) {
      expect(metadata(event, "epoch_count")).toBeGreaterThan(0);
      expect(metadata(event, "first_epoch_num")).toBeTypeOf("number");
    }
    const stop = one(events, "run_stop");
    expect(metadata(stop, "status")).toBe("success");
    const evaluations = curve(events);
    expect(evaluations.at(-1)).toBeGreaterThanOrEqual(0.97);
    expect(evaluations.slice(0, -1).every((value) => Number(value) < 0.97)).toBe(true);
    expect(keys).toContain("tracked_stats");

    // Every rank's telemetry adds up to all the steps that were made.
    const steps = Number(metadata(stop, "samples_count")) / 64;
    for (const rank of [0, 1]) {
      const own = samples.filter((sample) => sample.rank === rank);
      expect(own.reduce((sum, { stepCount }) => sum + stepCount, 0)).toBe(steps);
      expect(own.at(-1)?.samplesCount).toBe(64 * steps);
    }
  });

  test("gives the same curve, bit for bit, for the same seed and workers", async () => {
    const options = { workers: 2, maxSamples: 64 * 22 * 4 };
    const [first, second] = [await train(options), await train(options)];
    expect(curve(first)).toHaveLength(4);
    expect(curve(second)).toEqual(curve(first));
    expect(lastLoss(first)).toBeTypeOf("number");
    expect(lastLoss(second)).toBe(lastLoss(first));

    // Alone: the same samples in the same batches, and only the rounding of sums differs.
    const alone = await train({ ...options, workers: 1 });
    expect(Number(lastLoss(alone))).toBeCloseTo(Number(lastLoss(first)), 3);
    for (const [index, value] of curve(alone).entries()) {
      expect(Math.abs(Number(value) - Number(curve(first)[index]))).toBeLessThan(0.01);
    }
    const otherSeed = await train({ ...options, workers: 1, seed: 8 });
    expect(curve(otherSeed)).not.toEqual(curve(alone));
  });

  test("stops at its limit, and logs the reason", async () => {
    const stop = one(await train({ maxSamples: 1000 }), "run_stop");
    // Whole batches of 64: sixteen of them.
    expect(stop.metadata).toEqual({ status: "aborted", samples_count: 1024, reason: "gave-up" });
  });

  test.each([
    { key: "init_start", ending: [] },
    { key: "eval_accuracy", ending: ["stopped"] },
  ])("stops on request, after $key", async ({ key, ending }) => {
    const controller = new AbortController();
    const events: LogEvent[] = [];
    const options = { workload: "digits-mlp", workers: 2, seed: 1, dataDirectory, threadFile };
    const run = trainHere({ ...options, nowMs: countingClock() }, controller.signal);
    for await (const event of run) {
      events.push(event);
      if (event.key === key) controller.abort();
    }
    // A clock that has not started is not stopped.
    const stops = events.filter((event) => event.key === "run_stop");
    expect(stops.map((event) => metadata(event, "reason"))).toEqual(ending);
    expect(events.at(-1)?.key).toBe(ending.length === 0 ? "init_start" : "run_stop");
  });

  test("ends the run when a replica dies", async () => {
    const nowMs = countingClock();
    const files = await readWorkloadFiles(digitsMlp, dataDirectory);
    const workload = digitsMlp.name;
    const size = { workers: 3, seed: 1, maxSamples: undefined };
    const group = startReplicaThreads({ workload, files, nowMs, threadFile, ...size });
    const heading = { workload: digitsMlp, seed: 1, workers: 3, platform: "test" };
    const events: LogEvent[] = [];
    const log = (async () => {
      for await (const event of logTraining(group, { heading }, never)) {
        events.push(event);
        if (
          event.key === "eval_accuracy" &&
          events.filter((e) => e.key === "eval_accuracy").length === 1
        ) {
          await group.kill(1);
        }
      }
    })();
    await expect(log).rejects.toMatchObject({
      code: "replica-died",
      message: "the worker of rank 1 failed",
    });
    expect(metadata(one(events, "run_stop"), "status")).toBe("aborted");
    expect(metadata(one(events, "run_stop"), "reason")).toBe("replica-died");
  });

  test.each([
    {
      name: "an unknown workload",
      options: { workload: "digts" },
      expected: { code: "workload-unknown", hint: "did you mean `digits`?" },
    },
    { name: "no workers", options: { workers: 0 }, expected: { code: "workers-out-of-range" } },
    {
      name: "more workers than samples in a batch",
      options: { workers: 65 },
      expected: { code: "workers-out-of-range" },
    },
    {
      name: "a directory without data",
      options: { dataDirectory: "/nowhere" },
      expected: { code: "data-missing" },
    },
  ])("refuses $name", async ({ options, expected }) => {
    await expect(train(options)).rejects.toMatchObject(expected);
  });
});
