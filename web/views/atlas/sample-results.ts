import { measureRow, type MeasuringRod } from "../../../src/atlas/rows/measures.ts";
import type { MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import type { ResultRow } from "../../../src/schema/atlas/results/result-row.ts";

// Results for tests. Round numbers make the expected figures easy to verify.

const price = {
  accelerator: "h100-sxm",
  usdPerHour: 3,
  lowUsdPerHour: 2,
  highUsdPerHour: 4,
  providers: ["provider a", "provider b"],
  date: "2026-01",
  source: "made up",
  origin: "catalogue" as const,
};

const sampleCostInputs: MeasuringRod = {
  prices: new Map([["h100-sxm", price]]),
  powerLimitWatts: new Map([["h100-sxm", 700]]),
};

/** A result of eight H100 in ten minutes, with changes. */
function sampleRow(name: string, more: Partial<ResultRow> = {}): ResultRow {
  const { round = "v5.0", benchmark = "bert" } = more;
  return {
    rowId: `mlperf-training/${round}/${name}/${benchmark}`,
    suite: "mlperf-training",
    round,
    publishedOn: "2025-06-04",
    division: "closed",
    availability: "on-premise",
    submitter: name,
    system: `${name}-box`,
    benchmark,
    benchmarkAsPublished: benchmark,
    compatibilityGroup: 2,
    scaling: "strong",
    nodeCount: 1,
    acceleratorCount: 8,
    accelerator: "h100-sxm",
    acceleratorFamily: "H100",
    runCount: 10,
    convergedRunCount: 10,
    scoreMs: 600_000,
    unscaledMs: 600_000,
    scoreKind: "score",
    scalingFactor: 1,
    source: "https://example.org/results",
    ...more,
  };
}

export function measured(name: string, more: Partial<ResultRow> = {}): MeasuredRow {
  return measureRow(sampleRow(name, more), sampleCostInputs);
}
