import type { MeasuringRod } from "../../src/atlas/rows/measures.ts";
import type { CompatibilityGroup } from "../../src/schema/atlas/answers/compatibility.ts";
import type { AcceleratorPrice } from "../../src/schema/atlas/answers/figures.ts";
import type { ResultRow } from "../../src/schema/atlas/results/result-row.ts";

/** A result made up for a test: ten minutes of bert on eight accelerators, but for what is said. */
export function resultOf(fields: Partial<ResultRow>): ResultRow {
  const { round = "v1.0", submitter = "Acme", system = "node", benchmark = "bert" } = fields;
  const minutes = 10;
  return {
    rowId: `mlperf-training/${round}/${submitter}/${system}/${benchmark}`,
    suite: "mlperf-training",
    round,
    division: "closed",
    availability: "on-premise",
    submitter,
    system,
    benchmark,
    benchmarkAsPublished: benchmark,
    compatibilityGroup: 1,
    scaling: "strong",
    acceleratorCount: 8,
    accelerator: "h100-sxm",
    acceleratorFamily: "H100",
    runCount: 10,
    convergedRunCount: 10,
    scoreMs: minutes * 60_000,
    unscaledMs: minutes * 60_000,
    scoreKind: "score",
    scalingFactor: 1,
    samplesToConverge: 1000,
    samplesUnit: "samples",
    source: "a test",
    ...fields,
  };
}

export function priceOf(accelerator: string, usdPerHour: number): AcceleratorPrice {
  return {
    accelerator,
    usdPerHour,
    lowUsdPerHour: usdPerHour,
    highUsdPerHour: usdPerHour,
    providers: ["acme"],
    date: "2026-01",
    source: "a test",
    origin: "catalogue",
  };
}

/** H100 at $3 and 700 W; nothing is known of any other. */
export const h100Rod: MeasuringRod = {
  prices: new Map([["h100-sxm", priceOf("h100-sxm", 3)]]),
  powerLimitWatts: new Map([["h100-sxm", 700]]),
};

/** Two stretches of rules for bert, and a name of its time for rgat. */
export const someGroups: readonly CompatibilityGroup[] = [
  group({ benchmark: "bert", group: 1, firstRound: "v0.7", lastRound: "v0.7" }),
  group({
    benchmark: "bert",
    group: 2,
    firstRound: "v1.0",
    lastRound: "v5.0",
    reason: "higher target",
  }),
  group({ benchmark: "rgat", aliases: ["gnn"], group: 1, firstRound: "v4.0", lastRound: "v5.1" }),
];

function group(
  fields: Pick<CompatibilityGroup, "benchmark" | "group" | "firstRound" | "lastRound"> &
    Partial<CompatibilityGroup>,
): CompatibilityGroup {
  return { suite: "mlperf-training", aliases: [], source: "a test", ...fields };
}
