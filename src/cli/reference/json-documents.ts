import { z } from "zod";
import { resultRow } from "../../schema/atlas/results/result-row.ts";
import { resultRun } from "../../schema/atlas/results/result-run.ts";
import { roundManifest } from "../../schema/atlas/rounds/round-manifest.ts";
import { runCurve } from "../../schema/atlas/results/run-curve.ts";
import { priceEntry } from "../../schema/catalogue.ts";
import * as atlas from "../../schema/documents/atlas-documents.ts";
import * as control from "../../schema/documents/control-documents.ts";
import * as catalogue from "../../schema/documents/catalogue-documents.ts";
import * as logs from "../../schema/documents/log-documents.ts";
import { doctorDocument } from "../../schema/documents/diagnosis-documents.ts";
import * as rounds from "../../schema/documents/round-documents.ts";
import * as runs from "../../schema/documents/run-documents.ts";
import { checkedLog } from "../../schema/logs/log-verdict.ts";
import { referenceCurve } from "../../schema/logs/reference-curve.ts";
import { checkedPackage } from "../../schema/logs/package-finding.ts";
import { ruleFinding } from "../../schema/logs/rule-finding.ts";
import { fitAnswer } from "../../schema/plan/fit-answer.ts";
import { calibrationAnswer } from "../../schema/plan/learned-run.ts";
import { runPlan } from "../../schema/plan/run-plan.ts";
import { trainingReview } from "../../schema/plan/training-review.ts";
import { energyReading } from "../../schema/run/measured/energy.ts";
import { finding } from "../../schema/run/findings/finding.ts";
import { hostExclusion } from "../../schema/run/hosts/host-exclusion.ts";
import { launchPreview } from "../../schema/run/hosts/launch-summary.ts";
import { lifecycleEvent } from "../../schema/run/events/lifecycle-event.ts";
import { metricTarget } from "../../schema/run/outcome/metric-target.ts";
import { raceArm, raceReport } from "../../schema/run/race/race-report.ts";
import { runRequest } from "../../schema/run/request/run-request.ts";
import { evaluation, runResult } from "../../schema/run/outcome/run-result.ts";

/**
 * The `result` of each command's JSON document, by command name. Without an entry, the document has no
 * published schema: `train` and `replay` print event lists, `log` and `export site` a summary.
 */
const results: Readonly<Record<string, z.ZodType>> = {
  fits: fitAnswer,
  plan: z.union([runPlan, trainingReview, calibrationAnswer]),
  prices: catalogue.pricesDocument,
  run: z.union([runs.runDocument, launchPreview]),
  rerun: runs.runDocument,
  race: raceReport,
  attach: control.attachDocument,
  stop: control.stopDocument,
  exec: control.execDocument,
  fetch: control.fetchDocument,
  "hosts check": control.hostsCheckDocument,
  "hosts exclude": hostExclusion,
  "hosts allow": control.hostsAllowDocument,
  "hosts list": control.hostsListDocument,
  preflight: control.hostsCheckDocument,
  workloads: catalogue.workloadsDocument,
  serve: catalogue.serveDocument,
  runs: runs.runsDocument,
  "runs label": runs.labeledRunsDocument,
  show: runs.showDocument,
  doctor: doctorDocument,
  verify: runs.verifyDocument,
  check: logs.checkDocument,
  rules: logs.rulesDocument,
  score: logs.scoreDocument,
  submit: logs.submitDocument,
  rcp: referenceCurve,
  results: atlas.resultsDocument,
  compare: atlas.compareDocument,
  gains: atlas.gainsDocument,
  scaling: atlas.scalingDocument,
  pareto: atlas.paretoDocument,
  rounds: rounds.roundsDocument,
  benchmarks: rounds.benchmarksDocument,
  sql: atlas.sqlDocument,
  import: runs.importDocument,
  export: runs.exportDocument,
  "results import": atlas.resultsImportDocument,
  keys: runs.keysDocument,
  "keys create": runs.keyDocument,
  "keys export": runs.keyDocument,
  "keys trust": runs.keyDocument,
  schema: catalogue.schemaDocument,
  completion: catalogue.completionDocument,
};

/** Commands whose JSON document has a published schema. */
export const documentedCommands: readonly string[] = Object.keys(results);

const commandError = z.strictObject({
  code: z.string(),
  message: z.string(),
  at: z.string().optional(),
  saw: z.string().optional(),
  hint: z.string().optional(),
});

/** The JSON document of a command: a result, or an error. `undefined` without a published schema. */
export function documentOf(command: string): z.ZodType | undefined {
  const result = Object.hasOwn(results, command) ? results[command] : undefined;
  if (result === undefined) return undefined;
  const head = { schemaVersion: z.literal(1), command: z.literal(command) };
  const warnings = ["run", "rerun"].includes(command) ? { warnings: z.array(z.string()) } : {};
  return z.discriminatedUnion("ok", [
    z.strictObject({ ...head, ok: z.literal(true), result, ...warnings }),
    z.strictObject({ ...head, ok: z.literal(false), error: commandError }),
  ]);
}

/** Shapes that get their own entry under `$defs`. */
const shapes = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries({
  Error: commandError,
  RunRequest: runRequest,
  RunResult: runResult,
  RunPage: runs.runPage,
  SeriesSummary: runs.seriesSummary,
  StatisticsSummary: runs.statisticsSummary,
  RaceArm: raceArm,
  RecordIntegrity: runs.recordIntegrity,
  Evaluation: evaluation,
  EnergyReading: energyReading,
  Finding: finding,
  LifecycleEvent: lifecycleEvent,
  MetricTarget: metricTarget,
  RuleFinding: ruleFinding,
  CheckedLog: checkedLog,
  CheckedPackage: checkedPackage,
  BenchmarkResult: logs.benchmarkResult,
  ResultRow: resultRow,
  ResultRun: resultRun,
  RunCurve: runCurve,
  MeasuredRow: atlas.measuredRow,
  RoundManifest: roundManifest,
  PriceEntry: priceEntry,
}))
  shapes.add(schema, { id });

/** The JSON Schema of a command's JSON document; `undefined` without a published schema. */
export function documentSchema(command: string): object | undefined {
  const document = documentOf(command);
  return document === undefined ? undefined : z.toJSONSchema(document, { metadata: shapes });
}
