import { z } from "zod";
import { benchmarkAlias } from "../atlas/rounds/benchmark-alias.ts";
import { claim } from "../atlas/answers/claim.ts";
import { curveAxes, differenceFields } from "../atlas/answers/comparison.ts";
import { measures } from "../atlas/answers/figures.ts";
import { resultRow } from "../atlas/results/result-row.ts";
import { resultRun } from "../atlas/results/result-run.ts";
import { samplesUnits, scoreKinds } from "../atlas/results/result-words.ts";
import { roundManifest } from "../atlas/rounds/round-manifest.ts";
import { curveSeries, runCurve } from "../atlas/results/run-curve.ts";

// The `result` of each command's JSON document about published results. What is unknown is absent.

const figureGap = z.enum(["no-score", "no-accelerators", "no-price", "no-power"]);
const figureLabel = z.enum(["measured", "stated", "computed", "estimated"]);
const figure = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("known"), value: z.number(), label: figureLabel }),
  z.strictObject({ kind: z.literal("unknown"), reason: figureGap }),
]);

const acceleratorPrice = z.strictObject({
  accelerator: z.string(),
  usdPerHour: z.number(),
  lowUsdPerHour: z.number(),
  highUsdPerHour: z.number(),
  providers: z.array(z.string()),
  date: z.string(),
  source: z.string(),
  origin: z.enum(["catalogue", "given"]),
});

export const measuredRow = z.strictObject({
  row: resultRow,
  figures: z.strictObject({ system: figure, chip: figure, dollar: figure, kwh: figure }),
  rates: z.strictObject({
    /** From the fastest to the slowest run, relative to the median run. */
    spread: z.number().optional(),
    samplesPerSecond: z.number().optional(),
    joulesPerSample: z.number().optional(),
    modelsPerMinute: z.number().optional(),
  }),
  price: acceleratorPrice.optional(),
  powerLimitWatts: z.number().optional(),
});

const measure = z.enum(measures);

const mixedLabels = z.array(
  z.strictObject({
    measure,
    labels: z.array(z.strictObject({ label: figureLabel, count: z.number().int() })),
  }),
);

const scaledResult = z.strictObject({
  vendor: z.string(),
  measured: measuredRow,
  /** Measures in which no other result of the list is better. */
  bestIn: z.array(measure),
});

const listedResults = z.strictObject({
  per: measure,
  foundCount: z.number().int(),
  mixedLabels,
  /** Benchmark names of the filter that rounds have used for another benchmark. */
  aliases: z.array(benchmarkAlias),
  rows: z.array(measuredRow),
});

/** `results`; with `--at` the vendors at a scale. */
export const resultsDocument = z.union([
  listedResults,
  z.strictObject({
    benchmark: z.string(),
    aliases: z.array(benchmarkAlias),
    scale: z.number().int(),
    nearFactor: z.number(),
    near: z.array(scaledResult),
    largest: z.array(scaledResult),
  }),
]);

const texts = z.array(z.string());

const compareRefusal = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("benchmarks-differ"), benchmarks: texts }),
  z.strictObject({ kind: z.literal("suites-differ"), suites: texts }),
  z.strictObject({
    kind: z.literal("groups-differ"),
    benchmark: z.string(),
    groups: z.array(z.number()),
    reasons: texts,
  }),
  z.strictObject({ kind: z.literal("scaling-differs") }),
  z.strictObject({ kind: z.literal("targets-differ"), targets: texts }),
]);

const compareWarning = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["divisions-mixed", "availabilities-mixed"]), values: texts }),
  z.strictObject({
    kind: z.enum(["own-beside-published", "energy-labels-mixed", "cost-labels-mixed"]),
  }),
  z.strictObject({ kind: z.literal("middle-runs"), names: texts, isMixed: z.boolean() }),
  z.strictObject({ kind: z.literal("no-score"), name: z.string() }),
]);

const timeFactor = z.enum([
  "samples",
  "throughput",
  "accelerators",
  "throughput-per-accelerator",
  "scaling-factor",
]);

const timeSplit = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("split"),
    totalRatio: z.number(),
    factors: z.array(
      z.strictObject({
        factor: timeFactor,
        ratio: z.number(),
      }),
    ),
  }),
  z.strictObject({
    kind: z.literal("no-split"),
    totalRatio: z.number().optional(),
    reason: z.enum(["no-score", "no-samples", "units-differ"]),
  }),
  z.strictObject({
    kind: z.literal("implausible"),
    totalRatio: z.number(),
    factor: timeFactor,
    ratio: z.number(),
  }),
]);

const counts = z.tuple([z.number(), z.number()]);
const testedRuns = { counts, missedCounts: counts, excludedCounts: counts };
const runTimeTest = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("tested"),
    pValue: z.number(),
    leastPossible: z.number(),
    method: z.enum(["exact", "normal"]),
    ...testedRuns,
  }),
  z.strictObject({ kind: z.literal("too-few-runs"), ...testedRuns }),
]);

const alignedCurves = z.strictObject({
  series: z.enum(curveSeries),
  metricName: z.string(),
  axis: z.enum(curveAxes),
  samplesUnit: z.enum(samplesUnits).optional(),
  x: z.array(z.number()),
  /** `value[i]` is at `x[i]`; null outside the curve. */
  lines: z.array(
    z.strictObject({ name: z.string(), run: z.string(), value: z.array(z.number().nullable()) }),
  ),
});

export const compareDocument = z.strictObject({
  subjects: z.array(
    z.strictObject({
      name: z.string(),
      measured: measuredRow,
      runs: z.array(resultRun),
      curves: z.array(runCurve),
      target: z.string().optional(),
    }),
  ),
  refusals: z.array(compareRefusal),
  warnings: z.array(compareWarning),
  /** One value per subject; null if unknown. */
  differences: z.array(
    z.strictObject({
      field: z.enum(differenceFields),
      values: z.array(z.union([z.string(), z.number(), z.null()])),
    }),
  ),
  pairs: z.array(
    z.strictObject({
      from: z.string(),
      to: z.string(),
      split: timeSplit,
      test: runTimeTest,
      /** The prices per accelerator-hour at which both cost the same. */
      breakEven: z
        .strictObject({
          fromAccelerator: z.string(),
          toAccelerator: z.string(),
          priceRatio: z.number(),
          equalPrices: z
            .strictObject({
              pricedSide: z.enum(["from", "to"]),
              fromUsdPerHour: z.number(),
              toUsdPerHour: z.number(),
            })
            .optional(),
        })
        .optional(),
    }),
  ),
  curves: alignedCurves.optional(),
});

const gains = z.strictObject({
  benchmark: z.string(),
  per: z.enum(["system", "chip"]),
  /** `middle-run`: all rounds are compared by their middle runs, because scores of some are not on record. */
  basis: z.enum(scoreKinds),
  division: z.string().optional(),
  steps: z.array(
    z.strictObject({
      round: z.string(),
      publishedOn: z.string().optional(),
      row: resultRow,
      value: z.number(),
      gainOverFirst: z.number(),
      gainOverPrevious: z.number(),
      bestGain: z.number(),
      mooreGain: z.number().optional(),
      change: z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("none") }),
        z.strictObject({
          kind: z.literal("group"),
          from: z.number(),
          to: z.number(),
          reason: z.string(),
        }),
      ]),
    }),
  ),
  totalGain: z.number(),
  days: z.number().optional(),
  mooreGain: z.number().optional(),
  doublingMonths: z.number().optional(),
  best: z.strictObject({
    round: z.string(),
    gain: z.number(),
    days: z.number().optional(),
    mooreGain: z.number().optional(),
    doublingMonths: z.number().optional(),
  }),
  isSameHardware: z.boolean(),
  weakCount: z.number().int(),
  implausible: z.array(z.strictObject({ rowId: z.string(), gainOverPrevious: z.number() })),
  isComparable: z.boolean(),
  withinLastGroup: z
    .strictObject({
      from: z.string(),
      gain: z.number(),
      best: z.strictObject({ round: z.string(), gain: z.number() }),
    })
    .optional(),
  successor: z.strictObject({ benchmark: z.string(), firstRound: z.string() }).optional(),
});

const checkedClaim = z.strictObject({
  claim,
  found: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.enum(["agrees", "differs"]), value: z.number(), rowIds: texts }),
    z.strictObject({ kind: z.literal("no-results"), missing: z.string() }),
  ]),
  groupChange: z.string().optional(),
});

/** `gains`; with `--claims` the claims. */
export const gainsDocument = z.union([gains, z.strictObject({ claims: z.array(checkedClaim) })]);

const tooFewPoints = z.strictObject({
  kind: z.literal("too-few-points"),
  have: z.number(),
  need: z.number(),
});

const implausibleFit = {
  kind: z.literal("implausible"),
  reason: z.enum(["falling", "negative-base", "superlinear"]),
};

const scalingStop = {
  threshold: z.number(),
  doublingSpeedup: z.number(),
  samples: z.enum(["fitted", "assumed-constant"]),
};

const scalingStudy = z.strictObject({
  benchmark: z.string(),
  rounds: texts,
  accelerator: z.string(),
  submitters: texts,
  points: z.array(
    z.strictObject({
      row: resultRow,
      acceleratorCount: z.number().int(),
      timeMs: z.number(),
      speedup: z.number(),
      efficiency: z.number().optional(),
      parts: z
        .strictObject({ samples: z.number(), throughput: z.number(), scalingFactor: z.number() })
        .optional(),
      implausible: z.array(
        z.strictObject({
          figure: z.enum(["efficiency", "samples", "throughput"]),
          value: z.number(),
        }),
      ),
      samplesResidual: z.number().optional(),
      throughputResidual: z.number().optional(),
    }),
  ),
  samplesUnit: z.enum(samplesUnits).optional(),
  samplesFit: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("fitted"),
      base: z.number(),
      perBatch: z.number(),
      criticalBatchSize: z.number().optional(),
      batchSizeCount: z.number().int(),
      medianResidual: z.number(),
    }),
    z.strictObject({ ...implausibleFit, batchSizeCount: z.number().int() }),
    tooFewPoints,
  ]),
  throughputFit: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("fitted"),
      ratePerSecond: z.number(),
      exponent: z.number(),
      pointCount: z.number().int(),
      medianResidual: z.number(),
    }),
    z.strictObject({ ...implausibleFit, exponent: z.number(), pointCount: z.number().int() }),
    tooFewPoints,
  ]),
  stopsPaying: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("at"), acceleratorCount: z.number(), ...scalingStop }),
    z.strictObject({ kind: z.literal("pays-throughout"), largest: z.number(), ...scalingStop }),
    z.strictObject({
      kind: z.literal("not-known"),
      reason: z.enum(["too-few-points", "implausible-fit"]),
    }),
  ]),
  leftOutCount: z.number().int(),
});

/** `scaling`: the curve with the most sizes; those of other accelerators and submitters in `otherCurves`. */
export const scalingDocument = scalingStudy.extend({
  otherCurves: z.array(scalingStudy),
  singleSizes: z.array(
    z.strictObject({
      accelerator: z.string(),
      submitter: z.string(),
      acceleratorCount: z.number().int(),
    }),
  ),
  weakCount: z.number().int(),
});

export const paretoDocument = z.strictObject({
  benchmark: z.string(),
  objectives: z.array(measure),
  members: z.array(
    z.strictObject({
      measured: measuredRow,
      wins: z.array(measure),
      tradeOff: z.strictObject({ best: measure, within: measure }).optional(),
    }),
  ),
  mixedLabels,
  candidateCount: z.number().int(),
  leftOut: z.array(
    z.strictObject({
      measure,
      reason: figureGap,
      count: z.number().int(),
      accelerators: z.array(z.string()),
    }),
  ),
});

export const resultsImportDocument = z.strictObject({
  rounds: z.array(z.strictObject({ folder: z.string(), manifest: roundManifest })),
});

/** `sql`: rows are objects keyed by column name. */
export const sqlDocument = z.strictObject({
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  rows: z.array(z.record(z.string(), z.unknown())),
  /** Present if `--max-rows` cut the answer. */
  isCut: z.literal(true).optional(),
});
