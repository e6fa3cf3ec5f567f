import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LogEvent } from "../../schema/logs/log-event.ts";
import type { MetricTarget } from "../../schema/run/outcome/metric-target.ts";
import type { Observation } from "../../schema/run/events/observation.ts";
import { judgeRun, type RunEnd } from "./judge-run.ts";
import { RunTracker } from "../tracking/track-run.ts";

const atLeast94: MetricTarget = { metric: "val_acc", direction: "at-least", value: 0.94 };
const exitedCleanly: RunEnd = { kind: "exited", exitCode: 0, signal: undefined };

function logged(
  key: string,
  timeMs: number,
  rest: Partial<LogEvent> & { arrivalMs?: number } = {},
): Observation {
  const { arrivalMs = timeMs, ...fields } = rest;
  const event: LogEvent = {
    timeMs,
    namespace: "",
    eventType: "POINT_IN_TIME",
    key,
    value: null,
    metadata: {},
    ...fields,
  };
  return { kind: "event", event, arrivalMs };
}

function metric(value: number, arrivalMs: number, name = "val_acc"): Observation {
  return { kind: "metric", metric: name, value, text: String(value), arrivalMs };
}

const launch: Observation = { kind: "clock-start", by: "launch", arrivalMs: 1000 };

function judge(
  target: MetricTarget | undefined,
  seen: readonly Observation[],
  end: RunEnd = exitedCleanly,
) {
  const tracker = new RunTracker({ target });
  for (const observation of seen) tracker.observe(observation);
  return judgeRun(tracker.run, end, { launchedMs: 1000, endedMs: 9000 });
}

describe("judgeRun, of a program that prints a metric", () => {
  test.each([
    {
      name: "stops the clock at the first value that meets the target",
      seen: [launch, metric(0.5, 2000), metric(0.95, 4000), metric(0.96, 6000)],
      outcome: { kind: "reached", timeToTrainMs: 3000, quality: 0.95 },
    },
    {
      name: "counts a value that equals the target",
      seen: [launch, metric(0.94, 4000)],
      outcome: { kind: "reached", timeToTrainMs: 3000, quality: 0.94 },
    },
    {
      name: "misses the target if the program ends first, and keeps the best value",
      seen: [launch, metric(0.9, 2000), metric(0.7, 4000)],
      outcome: { kind: "missed", reason: "ended", bestQuality: 0.9 },
    },
    {
      name: "never accepts NaN or an infinity as quality",
      seen: [launch, metric(Number.NaN, 2000), metric(Number.POSITIVE_INFINITY, 3000)],
      outcome: { kind: "missed", reason: "ended" },
    },
    {
      name: "ignores other metrics",
      seen: [launch, metric(0.99, 2000, "train_acc")],
      outcome: { kind: "missed", reason: "ended" },
    },
    {
      name: "starts the clock at the line that the user specified, not at launch",
      seen: [
        { kind: "clock-start", by: "pattern", arrivalMs: 3000 } satisfies Observation,
        metric(0.95, 5000),
      ],
      outcome: { kind: "reached", timeToTrainMs: 2000, quality: 0.95 },
    },
    {
      name: "uses a run_start that the program logs itself instead",
      seen: [launch, logged("run_start", 3500), metric(0.95, 5000)],
      outcome: { kind: "reached", timeToTrainMs: 1500, quality: 0.95 },
    },
  ])("$name", ({ seen, outcome }) => {
    expect(judge(atLeast94, seen).outcome).toEqual(outcome);
  });

  test("reads a target that is better when lower", () => {
    const target: MetricTarget = { metric: "loss", direction: "at-most", value: 2 };
    const { outcome } = judge(target, [launch, metric(3, 2000, "loss"), metric(2, 5000, "loss")]);
    expect(outcome).toEqual({ kind: "reached", timeToTrainMs: 4000, quality: 2 });
  });

  test("counts how often the metric was not a number", () => {
    const { findings } = judge(atLeast94, [
      launch,
      metric(Number.NaN, 2),
      metric(Number.NaN, 3),
      metric(0.1, 4),
    ]);
    expect(findings).toContainEqual({
      rule: "metric-not-a-number",
      metric: "val_acc",
      seen: "NaN",
      count: 2,
    });
  });
});

describe("judgeRun, of a program that logs MLLOG", () => {
  const target = logged("quality_target", 1500, {
    value: 0.9,
    metadata: { metric: "accuracy", direction: "at-least" },
  });
  const start = logged("run_start", 2000);
  const reachedAt5 = logged("eval_accuracy", 5000, {
    value: 0.91,
    metadata: { samples_count: 512, epoch_num: 2 },
  });

  test("takes the target from the log, and the time from run_start to run_stop", () => {
    const stop = logged("run_stop", 5500, { metadata: { status: "success", samples_count: 512 } });
    const { outcome, clock, samplesPerSecond } = judge(undefined, [
      target,
      start,
      reachedAt5,
      stop,
    ]);
    expect(outcome).toEqual({
      kind: "reached",
      timeToTrainMs: 3500,
      quality: 0.91,
      samplesCount: 512,
    });
    expect(clock).toMatchObject({
      initMs: 1000,
      runStartMs: 2000,
      runStopMs: 5500,
      source: "mllog",
    });
    expect(samplesPerSecond).toBeCloseTo(512 / 3.5, 6);
  });

  test.each([
    {
      name: "stops the clock at the evaluation if the program continues without run_stop",
      seen: [target, start, reachedAt5],
      outcome: { kind: "reached", timeToTrainMs: 3000, quality: 0.91, samplesCount: 512 },
    },
    {
      name: "accepts run_stop's success if no target is known",
      seen: [start, logged("run_stop", 6000, { metadata: { status: "success" } })],
      outcome: { kind: "reached", timeToTrainMs: 4000 },
    },
    {
      name: "rejects a success that the evaluations contradict",
      seen: [target, start, logged("run_stop", 6000, { metadata: { status: "success" } })],
      outcome: { kind: "missed", reason: "ended" },
    },
    {
      name: "misses the target with status aborted",
      seen: [start, logged("run_stop", 6000, { metadata: { status: "aborted" } })],
      outcome: { kind: "missed", reason: "ended" },
    },
    {
      name: "misses the target, instead of having died, if a program logs run_stop and exits with code 1",
      seen: [start, logged("run_stop", 6000, { metadata: { status: "aborted" } })],
      end: { kind: "exited", exitCode: 1, signal: undefined } satisfies RunEnd,
      outcome: { kind: "missed", reason: "ended" },
    },
    {
      name: "has died if a program logs run_stop and fails in another way",
      seen: [start, logged("run_stop", 6000, { metadata: { status: "aborted" } })],
      end: { kind: "exited", exitCode: 3, signal: undefined } satisfies RunEnd,
      outcome: { kind: "died", exitCode: 3 },
    },
    {
      name: "counts the last run_start before run_stop, as the official scorer does",
      seen: [
        start,
        logged("run_start", 2010),
        logged("run_stop", 6000, { metadata: { status: "success" } }),
        logged("run_start", 7000),
      ],
      outcome: { kind: "reached", timeToTrainMs: 3990 },
    },
  ])("$name", ({ seen, end, outcome }) => {
    expect(judge(undefined, seen, end).outcome).toEqual(outcome);
  });

  test("falls back to arrival times if the program's clock ran backwards", () => {
    const stop = logged("run_stop", 1200, { arrivalMs: 6000, metadata: { status: "success" } });
    const { outcome, clock, findings } = judge(undefined, [start, stop]);
    expect(outcome).toEqual({ kind: "reached", timeToTrainMs: 4000 });
    expect(clock.source).toBe("arrival");
    expect(findings.map((finding) => finding.rule)).toEqual(["logged-clock-unusable"]);
  });

  test("reports that the program's clock was set forward", () => {
    const stop = logged("run_stop", 3_606_000, {
      arrivalMs: 6000,
      metadata: { status: "success" },
    });
    expect(judge(undefined, [start, stop]).findings).toEqual([
      { rule: "clock-stepped", steppedMs: 3_600_000 },
    ]);
  });

  test("reports logged times that are shorter than the arrival times", () => {
    const stop = logged("run_stop", 2500, { arrivalMs: 6000, metadata: { status: "success" } });
    const { outcome, findings } = judge(undefined, [start, stop]);
    expect(outcome).toMatchObject({ kind: "reached", timeToTrainMs: 500 });
    expect(findings).toEqual([{ rule: "logged-clock-disagrees", loggedMs: 500, arrivedMs: 4000 }]);
  });

  test("converts epochs to samples by the size of the training set", () => {
    const size = logged("train_samples", 1500, { value: 100 });
    const evaluated = logged("eval_accuracy", 5000, { value: 0.95, metadata: { epoch_num: 3 } });
    expect(judge(undefined, [target, size, start, evaluated]).outcome).toMatchObject({
      samplesCount: 300,
    });
  });
});

describe("judgeRun, by how the run ended", () => {
  test.each([
    {
      name: "died by a signal",
      end: { kind: "exited", exitCode: undefined, signal: "SIGSEGV" },
      outcome: { kind: "died", signal: "SIGSEGV", bestQuality: 0.5 },
    },
    {
      name: "died with an exit code",
      end: { kind: "exited", exitCode: 3, signal: undefined },
      outcome: { kind: "died", exitCode: 3, bestQuality: 0.5 },
    },
    {
      name: "ran out of time",
      end: { kind: "stopped", reason: "max-time" },
      outcome: { kind: "missed", reason: "max-time", bestQuality: 0.5 },
    },
    {
      name: "ran out of money",
      end: { kind: "stopped", reason: "max-cost" },
      outcome: { kind: "missed", reason: "max-cost", bestQuality: 0.5 },
    },
    {
      name: "was interrupted",
      end: { kind: "stopped", reason: "interrupt" },
      outcome: { kind: "interrupted", bestQuality: 0.5 },
    },
  ] satisfies { name: string; end: RunEnd; outcome: object }[])("$name", ({ end, outcome }) => {
    expect(judge(atLeast94, [launch, metric(0.5, 2000)], end).outcome).toEqual(outcome);
  });

  test("keeps the time of a program that fails after its target", () => {
    const { outcome, findings } = judge(atLeast94, [launch, metric(0.95, 2000)], {
      kind: "exited",
      exitCode: 1,
      signal: undefined,
    });
    expect(outcome.kind).toBe("reached");
    expect(findings).toContainEqual({ rule: "exited-after-target", exitCode: 1 });
  });

  test("reports the metrics that were read if the target's metric was not", () => {
    const { findings } = judge(atLeast94, [launch, metric(0.5, 2000, "loss")]);
    expect(findings).toEqual([
      { rule: "quality-never-read", metric: "val_acc", metricsSeen: ["loss"] },
    ]);
  });
});

describe("judgeRun, for any observations", () => {
  const observation: fc.Arbitrary<Observation> = fc.oneof(
    fc.record({ value: fc.double(), at: fc.nat(10_000) }).map(({ value, at }) => metric(value, at)),
    fc
      .record({
        key: fc.constantFrom(
          "run_start",
          "run_stop",
          "eval_accuracy",
          "quality_target",
          "block_stop",
        ),
        at: fc.integer({ min: -5, max: 10_000 }),
        value: fc.oneof(fc.double({ noNaN: true }), fc.constant(null)),
        status: fc.constantFrom("success", "aborted"),
      })
      .map(({ key, at, value, status }) =>
        logged(key, at, { arrivalMs: Math.max(0, at), value, metadata: { status } }),
      ),
  );

  test("never returns a negative time, or a time for a value below the target", () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 12 }), (seen) => {
        const { outcome, clock } = judge(atLeast94, seen);
        const isFair =
          outcome.kind !== "reached" ||
          (outcome.timeToTrainMs >= 0 && (outcome.quality ?? 0) >= 0.94);
        expect(isFair).toBe(true);
        expect(clock.billedMs).toBe(8000);
      }),
      { numRuns: 500 },
    );
  });
});

describe("judgeRun, with several targets", () => {
  const further = { metric: "loss", direction: "at-most", value: 0.5 } as const;
  const requested = { target: atLeast94, furtherTargets: [further] };

  function judgeBoth(seen: readonly Observation[]) {
    const tracker = new RunTracker(requested);
    for (const observation of seen) tracker.observe(observation);
    return judgeRun(tracker.run, exitedCleanly, { launchedMs: 1000, endedMs: 9000 });
  }

  test("stops the clock at the evaluation that completes the targets, with the value of the first", () => {
    const seen = [launch, metric(0.95, 2000), metric(0.7, 3000, "loss"), metric(0.4, 6000, "loss")];
    expect(judgeBoth(seen).outcome).toEqual({
      kind: "reached",
      timeToTrainMs: 5000,
      quality: 0.95,
    });
  });

  test("reports targets that were met one after the other, but not together", () => {
    const seen = [launch, metric(0.95, 2000), metric(0.9, 3000), metric(0.4, 6000, "loss")];
    const { outcome, findings } = judgeBoth(seen);
    expect(outcome).toEqual({ kind: "missed", reason: "ended", bestQuality: 0.95 });
    expect(findings).toContainEqual({ rule: "targets-met-apart", targetCount: 2 });
  });

  test("names the metric of a target that the output lacks", () => {
    const { outcome, findings } = judgeBoth([launch, metric(0.95, 2000)]);
    expect(outcome).toMatchObject({ kind: "missed" });
    expect(findings).toContainEqual({
      rule: "quality-never-read",
      metric: "loss",
      metricsSeen: ["val_acc"],
    });
  });

  test("ignores that the program reports success at its own target", () => {
    const start = logged("run_start", 1000);
    const stop = logged("run_stop", 8000, { metadata: { status: "success" } });
    const seen = [start, metric(0.95, 2000), metric(0.4, 6000, "loss"), stop];
    expect(judgeBoth(seen).outcome).toMatchObject({ kind: "reached", timeToTrainMs: 5000 });
  });
});
