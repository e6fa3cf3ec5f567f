import { describe, expect, test } from "vitest";
import type { RunDetail } from "../../../src/schema/dashboard/run-detail.ts";
import type { RunResult } from "../../../src/schema/run/outcome/run-result.ts";
import { sampleDetail } from "./charts/sample-detail.ts";
import {
  budgetLines,
  causeText,
  clockAt,
  clockReading,
  clockText,
  expectedCrossing,
  instruments,
  runState,
} from "./view-model.ts";

const result = (changes: Partial<RunResult> = {}): RunResult => ({
  schemaVersion: 1,
  runId: "20260102-110000-aaaa",
  outcome: { kind: "reached", timeToTrainMs: 80_000, quality: 0.9712 },
  clock: {
    launchedMs: 0,
    endedMs: 90_000,
    billedMs: 90_000,
    runStartMs: 2000,
    runStopMs: 82_000,
    source: "mllog",
  },
  evaluations: [],
  cost: { kind: "unpriced", reason: "no price given" },
  energy: [],
  notMeasured: [],
  findings: [],
  files: {},
  ...changes,
});

const { clockMs: _clock, ...beforeStart } = sampleDetail().progress;

describe("clockReading", () => {
  test("continues from the last update by the server's clock", () => {
    const reading = clockReading(sampleDetail(), 1000);
    expect(reading).toEqual({
      kind: "ticking",
      shownMs: 60_000,
      atMs: 1000,
      label: "since run start",
    });
    expect(clockAt(reading, 1350)).toBe(60_350);
    expect(clockAt(reading, 500)).toBe(60_000);
  });

  test.each<{ name: string; detail: Partial<RunDetail>; expected: object }>([
    {
      name: "counts from launch before run_start",
      detail: { progress: { ...beforeStart, phase: "initialising" } },
      expected: { kind: "ticking", shownMs: 62_000, label: "initializing, since launch" },
    },
    {
      name: "shows the time to train of a run that reached its target",
      detail: { state: { kind: "finished" }, result: result() },
      expected: { kind: "stopped", shownMs: 80_000, label: "time to train" },
    },
    {
      name: "shows run_start to the end of a run that missed it",
      detail: {
        state: { kind: "finished" },
        result: result({
          outcome: { kind: "missed", reason: "ended" },
          clock: {
            launchedMs: 0,
            endedMs: 90_000,
            billedMs: 90_000,
            runStartMs: 2000,
            source: "mllog",
          },
        }),
      },
      expected: { kind: "stopped", shownMs: 88_000, label: "clock, target not met" },
    },
    {
      name: "is stopped for an abandoned run",
      detail: { state: { kind: "abandoned" } },
      expected: { kind: "stopped", shownMs: 60_000 },
    },
    {
      name: "shows nothing for a run that was killed before run_start",
      detail: { state: { kind: "abandoned" }, progress: beforeStart },
      expected: { kind: "none", label: "the clock did not start" },
    },
  ])("$name", ({ detail, expected }) => {
    expect(clockReading(sampleDetail(detail), 1000)).toMatchObject(expected);
  });
});

test.each([
  [0, "0:00", ".0"],
  [7_349, "0:07", ".3"],
  [59_999, "0:59", ".9"],
  [723_400, "12:03", ".4"],
  [3_723_400, "1:02:03", ".4"],
  [360_000_000, "100:00:00", ".0"],
])("formats %d ms as %s%s", (ms, whole, tenths) => {
  expect(clockText(ms, { isFinal: false })).toEqual({ whole, tenths });
});

test.each([
  [33_970, "0:34", ".0"],
  [59_960, "1:00", ".0"],
  [7_349, "0:07", ".35"],
  [9_994, "0:09", ".99"],
  [9_995, "0:10", ".0"],
])("rounds a final time of %d ms to %s%s", (ms, whole, tenths) => {
  expect(clockText(ms, { isFinal: true })).toEqual({ whole, tenths });
});

describe("causeText", () => {
  const missed = { kind: "missed", reason: "ended" } as const;

  test("says why a run missed its target, and that Pitwall itself ended", () => {
    expect(causeText(sampleDetail({ result: result({ outcome: missed }) }))).toBe(
      "missed: the program exited first",
    );
    expect(causeText(sampleDetail({ state: { kind: "abandoned" } }))).toMatch(
      /^its Pitwall process ended without writing a result/u,
    );
  });

  test("is absent for a run that goes on, reached its target, or has none", () => {
    const { target: _asked, ...request } = sampleDetail().request;
    const { target: _followed, ...progress } = sampleDetail().progress;
    const clock = { launchedMs: 0, endedMs: 900, billedMs: 900, source: "arrival" } as const;
    const ended = result({ outcome: missed, clock });
    expect([
      causeText(sampleDetail()),
      causeText(sampleDetail({ result: result() })),
      causeText(sampleDetail({ request, progress, result: ended })),
    ]).toEqual([undefined, undefined, undefined]);
  });
});

describe("runState", () => {
  test("is the phase while the run is in progress, then the verdict", () => {
    expect(runState(sampleDetail())).toEqual({ state: "training", mood: "live" });
    expect(runState(sampleDetail({ state: { kind: "abandoned" } })).state).toBe("abandoned");
    expect(runState(sampleDetail({ result: result() }))).toEqual({
      state: "reached",
      mood: "good",
    });
  });

  test("a program without a target and without a clock has missed nothing when it exits", () => {
    const { target: _asked, ...request } = sampleDetail().request;
    const { target: _followed, ...progress } = sampleDetail().progress;
    const outcome = { kind: "missed", reason: "ended" } as const;
    const clock = { launchedMs: 0, endedMs: 900, billedMs: 900, source: "arrival" } as const;
    const ended = sampleDetail({ request, progress, result: result({ outcome, clock }) });
    expect(runState(ended)).toEqual({ state: "no target", mood: "plain" });
    expect(runState({ ...ended, request: sampleDetail().request }).state).toBe("missed");
  });
});

describe("instruments", () => {
  const shown = (detail: Partial<RunDetail>) =>
    Object.fromEntries(instruments(sampleDetail(detail)).map((each) => [each.label, each]));

  test("a log without its target reached it by its own run_stop", () => {
    const { target: _asked, ...request } = sampleDetail().request;
    const { target: _followed, ...progress } = sampleDetail().progress;
    const { target: _judged, ...ended } = result();
    expect(shown({ request, progress, result: ended })["quality"]?.detail).toBe(
      "by its own run_stop",
    );
    expect(shown({ request, progress })["quality"]?.detail).toBe("no target");
  });

  test("the gauge shows progress from the first evaluation to the target", () => {
    const evaluations = [{ timeMs: 0, clockMs: 0, value: 0.57 }];
    const { accuracy } = shown({
      evaluations,
      progress: { ...sampleDetail().progress, best: 0.77 },
    });
    expect([accuracy?.value, accuracy?.detail]).toEqual(["0.7700", "≥ 0.97"]);
    expect(accuracy?.fraction).toBeCloseTo(0.5, 10);
  });

  test("a run that goes on after its target states when it was reached", () => {
    const event = { kind: "target-reached", value: 0.97 } as const;
    const { events, runStartMs = 0 } = sampleDetail();
    const reached = { index: 9, timeMs: runStartMs + 5690, previousSha256: "", event };
    const all = shown({ events: [...events, reached], runStartMs });
    expect(all["to target"]).toMatchObject({ value: "reached", detail: "after 5.69 s" });
  });

  test("the gauge fills as a loss falls", () => {
    const target = { metric: "loss", direction: "at-most", value: 2 } as const;
    const evaluations = [{ timeMs: 0, clockMs: 0, value: 6 }];
    const gauge = (best: number) =>
      shown({ evaluations, progress: { ...sampleDetail().progress, target, best } })["loss"]
        ?.fraction;
    expect([gauge(6), gauge(3), gauge(1.9)]).toEqual([0, 0.75, 1]);
  });

  test.each([
    ["too-few-evaluations", "after three evaluations"],
    ["levels-off", "the metric levels off below the target"],
  ] as const)("shows a reason instead of an estimate for %s", (reason, text) => {
    expect(shown({ prediction: { kind: "unclear", reason } })["to target"]).toMatchObject({
      value: "–",
      detail: text,
    });
  });

  test("the figures of the verdict replace those of the last update", () => {
    const priced = result({
      cost: {
        kind: "priced",
        billedUsd: 0.5,
        price: { usdPerHour: 20, per: "node", source: "--price", date: "2026-01-01" },
        unitCount: 1,
      },
      energy: [
        { kind: "estimated", joules: 1, formula: "x", covers: "y", intervalMs: 1 },
        { kind: "measured", joules: 7200, meter: "rapl", covers: "cpu packages", intervalMs: 1 },
      ],
      samplesPerSecond: 1234.4,
    });
    const all = shown({ result: priced, progress: { ...sampleDetail().progress, costUsd: 0.1 } });
    expect(all["cost"]?.value).toBe("$0.50");
    expect(all["energy"]).toMatchObject({
      value: "7.20 kJ",
      detail: "2.00 Wh, measured, rapl; 1.00 J estimated",
      fullDetail: "2.00 Wh, measured, rapl: cpu packages; 1.00 J estimated: y",
    });
    expect(all["samples/s"]?.value).toBe("1,234");
    expect(all["accuracy"]?.value).toBe("0.9712");
  });

  test("marks a cost above its limit", () => {
    const cost = shown({
      limits: { maxCostUsd: 1 },
      progress: { ...sampleDetail().progress, costUsd: 1.5 },
    })["cost"];
    expect(cost).toMatchObject({ value: "$1.50", detail: "of $1.00", fraction: 1.5, isOver: true });
  });
});

describe("expectedCrossing", () => {
  const prediction = {
    kind: "predicted",
    clockMs: 100,
    lowMs: 80,
    highMs: 150,
    from: "curve",
  } as const;

  test("is on the clock as predicted, and on the wall time shifted by run_start", () => {
    const detail = sampleDetail({ prediction, runStartMs: 1000 });
    expect(expectedCrossing(detail, "clock")).toEqual({ atX: 100, lowX: 80, highX: 150 });
    expect(expectedCrossing(detail, "wall")).toEqual({ atX: 1100, lowX: 1080, highX: 1150 });
  });

  test("is undefined for an axis other than time, and after the verdict", () => {
    expect(
      expectedCrossing(sampleDetail({ prediction, runStartMs: 1 }), "samples"),
    ).toBeUndefined();
    expect(
      expectedCrossing(sampleDetail({ prediction, result: result() }), "clock"),
    ).toBeUndefined();
  });
});

describe("budgetLines", () => {
  test("the expected cost is the price times the predicted time", () => {
    const predicted = { kind: "reaches" as const, remainingMs: 58_000, lowMs: 1, highMs: 2 };
    const detail = sampleDetail({
      price: { usdPerHour: 36, per: "node", source: "--price", date: "2026-01-01" },
      limits: { maxCostUsd: 2, maxTimeMs: 124_000 },
      progress: { ...sampleDetail().progress, predicted, costUsd: 0.62 },
    });
    expect(budgetLines(detail)).toEqual([
      { label: "cost", used: "$0.62", limit: "$2.00", fraction: 0.31, expected: "~$1.20" },
      {
        label: "time",
        used: "1 min 02 s",
        limit: "2 min 04 s",
        fraction: 0.5,
        expected: "~2 min 00 s",
      },
      {
        label: "samples",
        used: "not counted",
        limit: "no limit",
        fraction: undefined,
        expected: "",
      },
    ]);
  });
});
