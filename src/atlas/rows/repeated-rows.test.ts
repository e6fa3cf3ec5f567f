import { describe, expect, test } from "vitest";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { markRepeats, withoutRepeats } from "./repeated-rows.ts";

function row(name: string, more: Partial<ResultRow> = {}): ResultRow {
  const round = more.round ?? "v4.0";
  return {
    rowId: `mlperf-training/${round}/${name}/unet3d`,
    suite: "mlperf-training",
    round,
    submitter: name,
    system: "one",
    benchmark: "unet3d",
    benchmarkAsPublished: "unet3d",
    compatibilityGroup: 1,
    scaling: "strong",
    runCount: 40,
    convergedRunCount: 40,
    scoreKind: "score",
    scalingFactor: 1,
    fastestMs: 1000,
    medianMs: 1100,
    slowestMs: 1200,
    source: "",
    ...more,
  };
}

const idsOf = (rows: readonly ResultRow[]) => rows.map(({ repeats }) => repeats);

describe("markRepeats", () => {
  test("marks rows of one round with the same times, and keeps the one with measured energy", () => {
    const rows = [row("plain"), row("smc", { energyJoules: 5 }), row("other", { fastestMs: 999 })];
    expect(idsOf(markRepeats(rows, []))).toEqual([rows[1]?.rowId, undefined, undefined]);
  });

  test("marks resubmitted rows with the earliest round that has their runs", () => {
    const first = row("NVIDIA", { round: "v3.0" });
    const second = row("NVIDIA", { round: "v3.1", repeats: first.rowId });
    const later = row("NVIDIA", { round: "v5.0" });
    const third = row("NVIDIA");
    expect(idsOf(markRepeats([third], [later, second, first]))).toEqual([first.rowId]);
  });

  test("does not compare two runs, which may take the same time by chance", () => {
    const rows = [row("a", { runCount: 2 }), row("b", { runCount: 2 })];
    expect(idsOf(markRepeats(rows, []))).toEqual([undefined, undefined]);
  });
});

describe("withoutRepeats", () => {
  const first = row("NVIDIA", { round: "v3.0" });
  const second = row("NVIDIA", { round: "v3.1", repeats: first.rowId });
  const third = row("CoreWeave", { round: "v3.1", repeats: first.rowId });

  test("keeps the row that others repeat", () => {
    expect(withoutRepeats([second, first, third])).toEqual([first]);
  });
  test("keeps one of the others if that row is not among them", () => {
    expect(withoutRepeats([second, third])).toEqual([second]);
  });
});
