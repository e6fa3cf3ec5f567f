import { z } from "zod";
import { planComparison } from "../plan/plan-comparison.ts";
import { energyReading } from "../run/measured/energy.ts";
import { jobRanks } from "../run/hosts/job-ranks.ts";
import { lifecycleEvent } from "../run/events/lifecycle-event.ts";
import { metricTarget, targetStanding } from "../run/outcome/metric-target.ts";
import { price } from "../run/request/price.ts";
import { runLimits, runRequest } from "../run/request/run-request.ts";
import { evaluation, runResult } from "../run/outcome/run-result.ts";
import { predictedEnd } from "./run-list.ts";
import { seriesDescription, xAxes } from "./run-series.ts";

/** `RunProgress` as JSON has it: what is not known is absent. */
export const runProgressDocument = z.object({
  runId: z.string(),
  name: z.string(),
  series: z.object({ index: z.number(), count: z.number() }),
  /** Of a run that is over: the last it was in. */
  phase: z.enum(["initialising", "training", "stopping"]),
  launchedForMs: z.number(),
  /** Since run_start. */
  clockMs: z.number().optional(),
  target: metricTarget.optional(),
  best: z.number().optional(),
  /** Each target; present if there are several, or if a target is met by several evaluations. */
  targets: z.array(targetStanding).readonly().optional(),
  loss: z.number().optional(),
  samplesCount: z.number().optional(),
  samplesPerSecond: z.number().optional(),
  costUsd: z.number().optional(),
  energy: energyReading.optional(),
  predicted: predictedEnd.optional(),
});
export type RunProgressDocument = z.output<typeof runProgressDocument>;

/** When the run will cross its target; clock times are milliseconds since run_start. */
export const crossingPrediction = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("reached"), clockMs: z.number() }),
  z.object({
    kind: z.literal("predicted"),
    clockMs: z.number(),
    lowMs: z.number(),
    highMs: z.number(),
    from: z.enum(["curve", "earlier-runs", "both"]),
  }),
  z.object({
    kind: z.literal("unclear"),
    reason: z.enum(["too-few-evaluations", "not-improving", "levels-off", "too-far"]),
  }),
]);

/** Whether the record is unchanged; `checking` while files are being compared with their SHA-256. */
export const integrityDocument = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("checking") }),
  z.object({
    kind: z.literal("intact"),
    fileCount: z.number(),
    signature: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("unsigned") }),
      z.object({ kind: z.literal("valid"), name: z.string(), fingerprint: z.string() }),
      z.object({
        kind: z.literal("unknown-key"),
        claimedName: z.string(),
        fingerprint: z.string(),
      }),
    ]),
  }),
  z.object({
    kind: z.literal("result-not-sealed"),
    fileCount: z.number(),
    reason: z.enum(["no-closing-event", "old-version"]),
  }),
  z.object({ kind: z.literal("unsealed"), tornLine: z.boolean() }),
  z.object({ kind: z.literal("chain-broken"), line: z.number(), reason: z.string() }),
  z.object({ kind: z.literal("files-changed"), files: z.array(z.string()) }),
  z.object({ kind: z.literal("signature-invalid"), reason: z.string() }),
]);
export type IntegrityDocument = z.output<typeof integrityDocument>;

/** One rule of the live checklist. */
export const ruleItem = z.object({
  rule: z.string(),
  text: z.string(),
  state: z.enum(["waiting", "met", "broken"]),
  /** Of the log, from 1. */
  line: z.number().int().positive().optional(),
});
export const rulesDocument = z.object({
  /** `training-5.1`; absent where only what holds for every log is checked. */
  edition: z.string().optional(),
  items: z.array(ruleItem),
});
export type RulesDocument = z.output<typeof rulesDocument>;

/** GET /api/runs/:id: everything about one run but for its long series. */
export const runDetail = z.object({
  runId: z.string(),
  directory: z.string(),
  request: runRequest,
  result: runResult.optional(),
  state: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("finished") }),
    z.object({ kind: z.literal("running"), owner: z.enum(["here", "elsewhere"]) }),
    z.object({ kind: z.literal("abandoned") }),
  ]),
  /** Whether `POST …/stop` can work: it runs, its Pitwall is on this host, and the server may change things. */
  canStop: z.boolean(),
  /** Whether `POST …/labels` can work: the server may change things. */
  canLabel: z.boolean(),
  progress: runProgressDocument,
  /** Not all of them if there are many; extremes, the first, the last and the first that met the target are kept. */
  evaluations: z.array(evaluation),
  evaluationCount: z.number().int().nonnegative(),
  prediction: crossingPrediction.optional(),
  events: z.array(lifecycleEvent),
  rules: rulesDocument.optional(),
  integrity: integrityDocument,
  /** What the job was launched as; empty before the launch. */
  job: jobRanks,
  /** Ranks with telemetry, in order. */
  ranks: z.array(z.number().int().nonnegative()),
  series: z.array(seriesDescription),
  /** Axes that points of this run can be placed by. */
  xAxes: z.array(z.enum(xAxes)),
  /** Milliseconds since the epoch. */
  launchedMs: z.number().optional(),
  runStartMs: z.number().optional(),
  limits: runLimits,
  price: price.optional(),
  /** How many nodes or accelerators the price is multiplied with. */
  priceUnitCount: z.number().int().positive().optional(),
  /** How far the plan of the run was off; present for a finished run with a plan. */
  planComparison: planComparison.optional(),
  /** Of a run that died: the line of its log that states why, if one was found. */
  causeLine: z.object({ number: z.number().int().positive(), text: z.string() }).optional(),
  /** Lines of samples/ that could not be read. */
  unreadableSampleCount: z.number().int().nonnegative(),
  /**
   * The samples of ranks are still being read: ranks, series and axes of theirs are not named yet, and what their files
   * were is not checked. The first `series` of the stream comes when they are.
   */
  isReadingSamples: z.literal(true).optional(),
});
export type RunDetail = z.output<typeof runDetail>;

/** POST /api/runs/:id/stop. */
export const stopDocument = z.discriminatedUnion("kind", [
  /** The run's Pitwall process was sent the signal of Ctrl-C, and ends the run in its own time. */
  z.object({ runId: z.string(), kind: z.literal("asked"), pid: z.number().int() }),
  /** The run's Pitwall process was gone; processes that it had left running were ended. */
  z.object({
    runId: z.string(),
    kind: z.literal("ended"),
    endedCount: z.number().int(),
    /** Hosts that did not answer, where processes of the job may still run. */
    unreachable: z.array(z.object({ host: z.string(), reason: z.string() })).readonly(),
  }),
]);
export type StopDocument = z.output<typeof stopDocument>;
