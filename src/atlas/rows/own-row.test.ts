import { describe, expect, test } from "vitest";
import { exampleRequest, exampleVerdict } from "../../../tests/support/example-run.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";
import type { RunReport, SeriesSummary } from "../../schema/run/outcome/series-summary.ts";
import { resultRow } from "../../schema/atlas/results/result-row.ts";
import { ownRow } from "./own-row.ts";

const report = (index: number, given: Partial<RunResult> = {}): RunReport => ({
  request: exampleRequest({ runId: `20261122-101500-ab12-${index}` }),
  result: { ...exampleVerdict(`20261122-101500-ab12-${index}`), files: {}, ...given },
});
const reached = (index: number, timeToTrainMs: number, samplesCount: number): RunReport =>
  report(index, { outcome: { kind: "reached", timeToTrainMs, samplesCount } });
const summaryOf = (given: Partial<SeriesSummary>): SeriesSummary => ({
  seriesId: "20261122-101500-ab12",
  name: "toy",
  target: { metric: "accuracy", direction: "at-least", value: 0.9 },
  runCount: 1,
  completedCount: 1,
  reachedCount: 1,
  score: { kind: "too-few-runs", have: 1, need: 3 },
  timeToTrainMs: undefined,
  samplesToTarget: undefined,
  samplesPerSecond: undefined,
  cost: undefined,
  energy: [],
  billedMs: 0,
  findings: [],
  ...given,
});
const place = { source: "/runs/x", accelerators: [] };
const spread = { count: 3, median: 20, minimum: 10, maximum: 30, mean: 20, standardDeviation: 10 };

describe("ownRow", () => {
  test("puts an imported MLPerf log under its benchmark, and other logs under their name", () => {
    const origin = {
      format: "mllog",
      path: "logs",
      sha256: "0".repeat(64),
      byteCount: 1,
      importedMs: 1,
      times: { source: "mllog", reliability: "logged", covers: "all" },
      seedIsKnown: true,
    } as const;
    const request = exampleRequest({
      runId: "logs-1",
      startable: { kind: "imported", name: "logs", origin },
    });
    const rules: RunResult["rules"] = {
      edition: "training-5.0",
      scope: "benchmark",
      benchmark: "bert",
      verdict: "pass",
      failingKeys: [],
      checkCount: 1,
      findings: [],
      warnings: [],
    };
    const result = { ...exampleVerdict("logs-1"), files: {} };
    const benchmarkOf = (own: RunResult): string =>
      ownRow([{ request, result: own }], summaryOf({}), place).row.benchmark;
    expect(benchmarkOf({ ...result, rules })).toBe("bert");
    expect(benchmarkOf(result)).toBe("logs");
  });

  test("uses the score if there is one and reports which runs counted", () => {
    const reports = [reached(1, 10, 5), reached(2, 20, 7), reached(3, 30, 100)];
    const score = {
      kind: "scored",
      meanMs: 20,
      droppedFastest: ["20261122-101500-ab12-1"],
      droppedSlowest: ["20261122-101500-ab12-3"],
      countedRuns: ["20261122-101500-ab12-2"],
    } as const;
    const own = ownRow(
      reports,
      summaryOf({
        score: {
          ...score,
          droppedFastest: [...score.droppedFastest],
          droppedSlowest: [...score.droppedSlowest],
          countedRuns: [...score.countedRuns],
        },
        timeToTrainMs: spread,
      }),
      place,
    );
    expect(own.row).toMatchObject({
      rowId: "own/20261122-101500-ab12",
      suite: "own",
      benchmark: "toy",
      scoreMs: 20,
      fastestMs: 10,
      samplesToConverge: 7,
      runCount: 3,
      convergedRunCount: 3,
      publishedOn: "2026-11-22",
    });
    expect(own.runs.map(({ fate }) => fate)).toEqual(["fastest", "counted", "slowest"]);
    expect(own.target).toBe("accuracy >= 0.9");
    expect(resultRow.safeParse(own.row).success).toBe(true);
  });

  test("uses the median time if there is no score yet and adds a note", () => {
    const { row } = ownRow([reached(1, 20, 5)], summaryOf({ timeToTrainMs: spread }), place);
    expect(row).toMatchObject({ scoreMs: 20, note: "the median time: a score takes 3 runs" });
  });

  test("has no score if too many runs missed the target", () => {
    const missed = report(1, { outcome: { kind: "missed", reason: "ended" } });
    const score = { kind: "too-few-converged", unconverged: ["a", "b"], allowed: 1 } as const;
    const own = ownRow(
      [missed],
      summaryOf({ score: { ...score, unconverged: [...score.unconverged] } }),
      place,
    );
    expect(own.row.scoreMs).toBeUndefined();
    expect(own.row.note).toBe("2 runs missed the target: no score");
    expect(own.runs[0]).toMatchObject({ fate: "failed", failure: "not-converged" });
  });

  test("adds measurements but never adds estimates to measurements", () => {
    const measured = {
      kind: "measured",
      joules: 5,
      meter: "rapl",
      covers: "cpu",
      intervalMs: 1,
    } as const;
    const estimated = {
      kind: "estimated",
      joules: 100,
      formula: "f",
      covers: "memory",
      intervalMs: 1,
    } as const;
    const both = report(1, {
      energy: [measured, { ...measured, meter: "nvml", joules: 2 }, estimated],
    });
    expect(ownRow([both], summaryOf({}), place).row).toMatchObject({
      energyJoules: 7,
      energyLabel: "measured",
    });
    const node = report(1, { energy: [measured, { ...measured, meter: "node-meter", joules: 9 }] });
    expect(ownRow([node], summaryOf({}), place).row.energyJoules).toBe(9);
    const mixed = [both, report(2, { energy: [estimated] })];
    expect(ownRow(mixed, summaryOf({}), place).row.energyJoules).toBeUndefined();
  });

  test("has the curve over the program's own clock if that gives the time to train", () => {
    const evaluations = [
      { timeMs: 5, clockMs: 5, value: 0.5, programMs: 100 },
      { timeMs: 9, clockMs: 9, value: 0.9, programMs: 200 },
    ];
    const { clock } = exampleVerdict("20261122-101500-ab12-1");
    const programClock = { name: "train_time", timeMs: 200, fromLaunchMs: 9 };
    const own = report(1, { evaluations, clock: { ...clock, programClock } });
    expect(ownRow([own], summaryOf({}), place).curves[0]?.clockMs).toEqual([100, 200]);
    expect(ownRow([report(1, { evaluations })], summaryOf({}), place).curves[0]?.clockMs).toEqual([
      5, 9,
    ]);
  });

  test("converts evaluations to a curve, with samples only if all evaluations have them", () => {
    const evaluations = [
      { timeMs: 0, clockMs: 5, value: 0.5, samplesCount: 10 },
      { timeMs: 0, clockMs: 9, value: 0.9, samplesCount: 20 },
    ];
    const [curve] = ownRow([report(1, { evaluations })], summaryOf({}), place).curves;
    expect(curve).toMatchObject({ clockMs: [5, 9], value: [0.5, 0.9], samples: [10, 20] });
    const uncounted = report(1, {
      evaluations: [...evaluations, { timeMs: 0, clockMs: 12, value: 1 }],
    });
    expect(ownRow([uncounted], summaryOf({}), place).curves[0]?.samples).toBeUndefined();
  });
});
