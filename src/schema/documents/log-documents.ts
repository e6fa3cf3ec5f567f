import { editionAssumption } from "../logs/edition-assumption.ts";
import { z } from "zod";
import { checkedLog } from "../logs/log-verdict.ts";
import { checkedPackage } from "../logs/package-finding.ts";
import { submissionItem } from "../logs/submission-item.ts";
import { ruleSource } from "../logs/rule-source.ts";
import { statisticsSummary } from "./run-documents.ts";

// The `result` of each command's JSON document about MLPerf logs. What is unknown is absent.

export const checkDocument = z.strictObject({
  rules: z.array(ruleSource),
  logs: z.array(checkedLog),
  packages: z.array(checkedPackage),
  /** Rounds that neither `--edition` nor paths nor logs state. */
  assumedEditions: z.array(editionAssumption).optional(),
});

export const submitDocument = z.strictObject({
  items: z.array(submissionItem),
  resultCount: z.number().int(),
  logCount: z.number().int(),
  /** Rounds that neither `--edition` nor paths nor logs state. */
  assumedEditions: z.array(editionAssumption).readonly().optional(),
});

const countSource = z.enum(["system-file", "entry-file", "broken-system-file", "log"]);

const submittedSystem = z.strictObject({
  submitter: z.string().optional(),
  division: z.string().optional(),
  availability: z.string().optional(),
  systemName: z.string().optional(),
  nodeCount: z.number().optional(),
  hostProcessorsPerNode: z.number().optional(),
  hostProcessorModelName: z.string().optional(),
  acceleratorsPerNode: z.number().optional(),
  acceleratorModelName: z.string().optional(),
  framework: z.string().optional(),
  hardwareNotes: z.string().optional(),
  softwareNotes: z.string().optional(),
  folder: z.string(),
  organisation: z.string(),
  acceleratorCount: z.number().optional(),
  countsFrom: countSource.optional(),
});

const runFailure = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("not-compliant"), failingKeys: z.array(z.string()) }),
  z.strictObject({ kind: z.literal("checker-crash") }),
  z.strictObject({ kind: z.literal("not-converged"), status: z.string().optional() }),
  z.strictObject({ kind: z.literal("no-clock") }),
]);

const scoredRun = z.strictObject({
  runId: z.string(),
  timeToTrainMs: z.number().optional(),
  convergence: z.number().optional(),
  joules: z.number().optional(),
  fate: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.enum(["counted", "fastest", "slowest", "not-needed"]) }),
    z.strictObject({ kind: z.literal("failed"), failure: runFailure }),
  ]),
});

const timeScore = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("scored"),
    scoreMs: z.number(),
    unscaledMs: z.number(),
    countedRuns: z.number().int(),
    spread: statisticsSummary,
  }),
  z.strictObject({ kind: z.literal("too-few-runs"), have: z.number(), need: z.number() }),
  z.strictObject({ kind: z.literal("too-many-failed"), failed: z.number(), allowed: z.number() }),
  z.strictObject({
    kind: z.literal("not-scored"),
    reason: z.enum(["benchmarks-differ", "benchmark-unknown"]),
  }),
]);

const weakScore = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("scored"),
    timeToTrainAllMs: z.number(),
    modelCount: z.number().int(),
    instanceScale: z.number().optional(),
    acceleratorCount: z.number().optional(),
    modelsPerMinute: z.number(),
  }),
  z.strictObject({ kind: z.literal("too-few-models"), have: z.number(), need: z.number() }),
]);

const convergenceTest = z.strictObject({
  unit: z.enum(["epochs", "samples", "steps", "tokens"]),
  globalBatchSize: z.number(),
  referenceBatchSizes: z.array(z.number()),
  referenceMean: z.number(),
  referenceStandardDeviation: z.number(),
  submissionMean: z.number().optional(),
  smallestAcceptableMean: z.number(),
  largestSpeedup: z.number(),
  pValue: z.number().optional(),
  passes: z.boolean(),
  normalisationFactor: z.number().optional(),
});

const convergenceCheck = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.enum(["found", "interpolated", "smaller-batch"]),
    test: convergenceTest,
    isBypassed: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal("missing"),
    globalBatchSize: z.number(),
    test: convergenceTest.optional(),
    isBypassed: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("no-batch-size"), found: z.array(z.number()) }),
  z.strictObject({
    kind: z.literal("insufficient"),
    unconverged: z.number(),
    allowed: z.number(),
  }),
  z.strictObject({ kind: z.literal("not-stated"), field: z.string(), logs: z.array(z.string()) }),
  z.strictObject({
    kind: z.literal("not-checked"),
    reason: z.enum(["open-division", "no-reference", "weak-scaling", "benchmarks-differ"]),
  }),
]);

const energyScore = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("measured"),
    joules: z.number(),
    inRunJoules: z.number().optional(),
    spread: statisticsSummary,
    readingIntervalMs: z.number().optional(),
    runsEndedByLastReading: z.number().int(),
  }),
  z.strictObject({
    kind: z.literal("not-scored"),
    reason: z.enum(["no-node-log", "no-start", "no-readings", "no-clock", "no-score"]),
  }),
]);

const texts = z.array(z.string());
const numbers = z.array(z.number());

const submissionFinding = z.discriminatedUnion("rule", [
  z.strictObject({ rule: z.literal("benchmarks-differ"), benchmarks: texts }),
  z.strictObject({
    rule: z.literal("benchmark-unknown"),
    benchmark: z.string(),
    nearest: z.string().optional(),
  }),
  z.strictObject({
    rule: z.literal("benchmark-not-in-edition"),
    benchmark: z.string(),
    edition: z.string(),
  }),
  z.strictObject({
    rule: z.literal("folder-names-another-benchmark"),
    folder: z.string(),
    logged: z.string(),
  }),
  z.strictObject({ rule: z.literal("run-count"), have: z.number(), need: z.number() }),
  z.strictObject({ rule: z.literal("batch-sizes-differ"), batchSizes: numbers }),
  z.strictObject({ rule: z.literal("result-number-repeated"), number: z.number(), logs: texts }),
  z.strictObject({ rule: z.literal("run-repeated"), logs: texts }),
  z.strictObject({
    rule: z.literal("samples-placeholder"),
    runs: z.number(),
    isReplaced: z.boolean(),
  }),
  z.strictObject({ rule: z.literal("instance-scales-differ"), scales: numbers }),
  z.strictObject({ rule: z.literal("system-file-missing"), path: z.string() }),
  z.strictObject({
    rule: z.enum(["system-file-invalid", "scaling-file-invalid"]),
    path: z.string(),
    reason: z.string(),
  }),
  z.strictObject({ rule: z.literal("system-fields-missing"), path: z.string(), fields: texts }),
  z.strictObject({ rule: z.literal("counts-not-from-system-file"), countsFrom: countSource }),
  z.strictObject({
    rule: z.literal("scaling-file-missing"),
    path: z.string(),
    factor: z.number(),
  }),
  z.strictObject({
    rule: z.literal("scaling-differs"),
    committed: z.number(),
    factor: z.number().optional(),
  }),
  z.strictObject({ rule: z.literal("power-ends-at-last-reading"), runs: z.number() }),
  z.strictObject({ rule: z.literal("set-aside"), folder: z.string() }),
]);

export const benchmarkResult = z.strictObject({
  edition: z.string(),
  folder: z.string(),
  system: submittedSystem,
  division: z.string().optional(),
  benchmark: z.string(),
  benchmarkFolder: z.string().optional(),
  scalingKind: z.enum(["strong", "weak"]),
  subfolder: z.string().optional(),
  globalBatchSize: z.number().optional(),
  optimizer: z.string().optional(),
  runs: z.array(scoredRun),
  requiredRuns: z.number().optional(),
  score: timeScore,
  weak: weakScore.optional(),
  samplesToConverge: z.number().optional(),
  convergence: convergenceCheck,
  committedScalingFactor: z.number(),
  recomputedScalingFactor: z.number().optional(),
  energy: energyScore.optional(),
  findings: z.array(submissionFinding),
});

/** `score`; `logs` and `packages` are present with `--check`. */
export const scoreDocument = z.strictObject({
  results: z.array(benchmarkResult),
  ...checkDocument.partial().shape,
  /** Runs that do not count by the current rules, and would by the rules as applied at the round. */
  countAsPublished: z
    .strictObject({ runCount: z.number().int(), resultCount: z.number().int() })
    .optional(),
});

const editionSummary = ruleSource.extend({
  /** When the round was published. */
  publishedOn: z.string().optional(),
  benchmarks: z.array(z.string()),
});

const listedRule = z.strictObject({
  file: z.string(),
  key: z.string(),
  require: z.string(),
  conditions: z.array(z.string()),
  target: z.array(z.string()),
});

/** `rules`: the editions, or the rules of one. */
export const rulesDocument = z.union([
  z.strictObject({ editions: z.array(editionSummary) }),
  z.strictObject({
    edition: editionSummary,
    division: z.string(),
    benchmark: z.string().optional(),
    rules: z.array(listedRule),
  }),
]);
export type EditionSummary = z.output<typeof editionSummary>;
