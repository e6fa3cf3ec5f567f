import { z } from "zod";
import { planComparison } from "../plan/plan-comparison.ts";
import { ruleFinding } from "../logs/rule-finding.ts";
import { energyReading } from "../run/measured/energy.ts";
import { finding } from "../run/findings/finding.ts";
import { jobRanks } from "../run/hosts/job-ranks.ts";
import { ledger } from "../run/measured/ledger.ts";
import { lifecycleEvent } from "../run/events/lifecycle-event.ts";
import { logOrigin } from "../run/events/log-origin.ts";
import { metricCurve } from "../run/measured/metric-curve.ts";
import { metricTarget, targetStanding, targetWindow } from "../run/outcome/metric-target.ts";
import { price } from "../run/request/price.ts";
import { raceReport } from "../run/race/race-report.ts";
import { ruleScopes } from "../run/outcome/run-checklist.ts";
import { runLabels } from "../run/request/run-labels.ts";
import { runRequest } from "../run/request/run-request.ts";
import { evaluation, runResult } from "../run/outcome/run-result.ts";
import { runRules } from "../run/outcome/run-rules.ts";
import { seriesStop } from "../run/request/series-stop.ts";
import { telemetrySeries } from "../run/measured/telemetry-series.ts";

// The `result` of each command's JSON document about runs. What is unknown is absent.

export const statisticsSummary = z.strictObject({
  count: z.number().int(),
  median: z.number(),
  minimum: z.number(),
  maximum: z.number(),
  mean: z.number(),
  standardDeviation: z.number().optional(),
});

const runIds = z.array(z.string());

const seriesScore = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("scored"),
    meanMs: z.number(),
    droppedFastest: runIds,
    droppedSlowest: runIds,
    countedRuns: runIds,
  }),
  z.strictObject({ kind: z.literal("resumed"), resumed: runIds }),
  z.strictObject({ kind: z.literal("too-few-runs"), have: z.number(), need: z.number() }),
  z.strictObject({
    kind: z.literal("too-few-converged"),
    unconverged: runIds,
    allowed: z.number(),
  }),
  z.strictObject({
    kind: z.literal("incomplete"),
    have: z.number(),
    need: z.number(),
    interrupted: runIds,
  }),
]);

const uncountedRuns = z.strictObject({
  count: z.number().int(),
  billedMs: z.number(),
  billedUsd: z.number().optional(),
});

export const seriesSummary = z.strictObject({
  seriesId: z.string(),
  name: z.string(),
  target: metricTarget.optional(),
  furtherTargets: z.array(metricTarget).optional(),
  targetWindow: targetWindow.optional(),
  runCount: z.number().int(),
  completedCount: z.number().int(),
  reachedCount: z.number().int(),
  warmup: uncountedRuns.optional(),
  retried: uncountedRuns.optional(),
  score: seriesScore,
  stop: seriesStop.optional(),
  timeToTrainMs: statisticsSummary.optional(),
  samplesToTarget: statisticsSummary.optional(),
  samplesPerSecond: statisticsSummary.optional(),
  cost: z
    .strictObject({
      billedUsd: z.number(),
      trainingUsd: z.number(),
      price,
      unitCount: z.number(),
    })
    .optional(),
  energy: z.array(energyReading),
  billedMs: z.number(),
  findings: z.array(finding),
});

const reportedRun = runResult.omit({ files: true, sealedBy: true }).extend({
  seed: z.number().int(),
  isWarmup: runRequest.shape.isWarmup,
  retryOf: runRequest.shape.retryOf,
  files: runResult.shape.files.optional(),
  sealedBy: runResult.shape.sealedBy,
});

/** `import`: a series for each experiment. */
export const importDocument = z.strictObject({
  series: z.array(
    seriesSummary.extend({ runs: z.array(reportedRun.extend({ origin: logOrigin })) }),
  ),
});

/** `run` and `rerun`. */
export const runDocument = seriesSummary.extend({
  runs: z.array(reportedRun),
  /** `rerun`: whether each run gave the recorded evaluations again. */
  repeats: z
    .array(
      z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("identical"), evaluationCount: z.number().int() }),
        z.strictObject({
          kind: z.literal("differs"),
          atEvaluation: z.number().int(),
          was: z.number().optional(),
          is: z.number().optional(),
        }),
        z.strictObject({ kind: z.literal("nothing-to-compare") }),
      ]),
    )
    .optional(),
});

const runState = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("finished") }),
  z.strictObject({ kind: z.literal("running"), owner: z.enum(["here", "elsewhere"]) }),
  z.strictObject({ kind: z.literal("abandoned") }),
]);

const runRow = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("readable"),
    runId: z.string(),
    directory: z.string(),
    state: runState,
    request: runRequest,
    result: runResult.optional(),
  }),
  z.strictObject({
    kind: z.literal("broken"),
    runId: z.string(),
    directory: z.string(),
    reason: z.string(),
  }),
]);

const seriesRow = z.strictObject({
  seriesId: z.string(),
  name: z.string(),
  tags: z.record(z.string(), z.string()),
  createdMs: z.number(),
  runIds,
  runningCount: z.number().int(),
  /** The runs were imported from logs: Pitwall has not measured their times. */
  isImported: z.literal(true).optional(),
  /** All its runs are archived. */
  isArchived: z.literal(true).optional(),
  summary: seriesSummary.optional(),
});

/** `runs`: the oldest first, unless `--sort` is given. With `--group`: series. */
export const runsDocument = z.union([z.array(runRow), z.array(seriesRow)]);

/** `runs label`: the labels after the change; absent if none are left. */
export const labeledRunsDocument = z.array(
  z.strictObject({ runId: z.string(), labels: runLabels.optional() }),
);

export const recordIntegrity = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("intact"),
    fileCount: z.number().int(),
    signature: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("unsigned") }),
      z.strictObject({ kind: z.literal("valid"), name: z.string(), fingerprint: z.string() }),
      z.strictObject({
        kind: z.literal("unknown-key"),
        claimedName: z.string(),
        fingerprint: z.string(),
      }),
    ]),
  }),
  z.strictObject({
    kind: z.literal("result-not-sealed"),
    fileCount: z.number().int(),
    reason: z.enum(["no-closing-event", "old-version"]),
  }),
  z.strictObject({ kind: z.literal("unsealed"), tornLine: z.boolean() }),
  z.strictObject({ kind: z.literal("chain-broken"), line: z.number().int(), reason: z.string() }),
  z.strictObject({ kind: z.literal("files-changed"), files: z.array(z.string()) }),
  z.strictObject({ kind: z.literal("signature-invalid"), reason: z.string() }),
]);

const verdictDifference = z.strictObject({
  field: z.string(),
  recorded: z.string(),
  recomputed: z.string(),
});

export const runPage = z.strictObject({
  directory: z.string(),
  request: runRequest,
  result: runResult.optional(),
  state: runState,
  progress: z.strictObject({
    evaluations: z.array(evaluation),
    evaluationCount: z.number().int().nonnegative(),
    best: z.number().optional(),
    targets: z.array(targetStanding).optional(),
    samplesCount: z.number().optional(),
  }),
  curves: z.array(metricCurve),
  events: z.array(lifecycleEvent),
  job: jobRanks,
  rules: runRules.optional(),
  checklist: z.strictObject({
    edition: z.string(),
    scope: z.enum(ruleScopes),
    isFinal: z.boolean(),
    items: z.array(
      z.strictObject({ name: z.string(), state: z.enum(["waiting", "met", "broken"]) }),
    ),
    findings: z.array(ruleFinding),
  }),
  integrity: recordIntegrity,
  verdictDifferences: z.array(verdictDifference),
  verdictIsAsSealed: z.boolean().optional(),
  /** How far the plan of the run was off, part by part. */
  ledger: ledger.optional(),
  planComparison: planComparison.optional(),
});

/** `export --format json`: the file that it writes. */
export const exportedRuns = z.strictObject({
  schemaVersion: z.literal(1),
  runs: z.array(runPage.extend({ telemetry: z.array(telemetrySeries) })),
});

/** `show`: `summary` is absent if no run has a result; of a race, `race` is present and `runs` is empty. */
export const showDocument = z.strictObject({
  summary: seriesSummary.optional(),
  race: raceReport.optional(),
  runs: z.array(runPage),
});

export const verifyDocument = z.strictObject({
  records: z.array(
    z.discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("record"),
        argument: z.string(),
        runId: z.string(),
        integrity: recordIntegrity,
        verdictDifferences: z.array(verdictDifference),
      }),
      z.strictObject({
        kind: z.literal("not-a-record"),
        argument: z.string(),
        reason: z.string(),
      }),
    ]),
  ),
});

/** `export`: a folder with its files, one file, or runs on a server. */
export const exportDocument = z.union([
  z.strictObject({ skipped: runIds, folder: z.string(), files: z.array(z.string()) }),
  z.strictObject({ skipped: runIds, file: z.string() }),
  z.strictObject({
    skipped: runIds,
    server: z.string(),
    experiment: z.string(),
    runs: z.array(z.strictObject({ runId: z.string(), serverRunId: z.string(), url: z.string() })),
  }),
]);

const key = z.strictObject({
  name: z.string(),
  origin: z.enum(["own", "trusted"]),
  fingerprint: z.string(),
  /** PEM. */
  publicKey: z.string(),
});
export const keysDocument = z.strictObject({ directory: z.string(), keys: z.array(key) });
export const keyDocument = z.strictObject({ directory: z.string().optional(), key });
