import { layOutTable } from "../../foundation/tables/text-table.ts";
import { formatCount, formatJoules, formatSignificant } from "../../foundation/numbers/units.ts";
import type {
  BenchmarkResult,
  ConvergenceCheck,
  ConvergenceTest,
  RunFate,
  RunRow,
} from "../../schema/logs/submission.ts";
import { describeSubmissionFinding } from "../findings/describe-submission-finding.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";

/** One line per result in a table that fits into a width, without a trailing newline. Times in minutes, like MLPerf. */
export function scoreTable(
  results: readonly BenchmarkResult[],
  { width, paint }: { width: number; paint: Paint },
): string {
  const times = new Map(results.map((result) => [result, timeCells(result, paint)]));
  const time = (index: number) => (result: BenchmarkResult) => times.get(result)?.[index] ?? "";
  const columns: FittedColumn<BenchmarkResult>[] = [
    {
      head: "system",
      align: "left",
      cell: ({ system }) => `${system.organisation}/${system.folder}`,
      paint: (text) => paint.name(text),
      shrinkTo: 12,
    },
    {
      head: "benchmark",
      align: "left",
      cell: ({ scalingKind, benchmark }) =>
        scalingKind === "weak" ? `${benchmark}, weak` : benchmark,
      shrinkTo: 9,
    },
    {
      head: "accelerators",
      align: "right",
      cell: ({ system: { acceleratorCount } }) =>
        acceleratorCount === undefined ? "" : formatCount(acceleratorCount),
      dropAt: 4,
    },
    { head: "score (min)", align: "decimal", cell: time(0) },
    { head: "median", align: "decimal", cell: time(1), dropAt: 6 },
    { head: "min", align: "decimal", cell: time(2), dropAt: 7 },
    { head: "max", align: "decimal", cell: time(3), dropAt: 7 },
    { head: "runs", align: "right", cell: ({ runs }) => String(runs.length), dropAt: 2 },
    { head: "dropped", align: "left", cell: ({ runs }) => droppedText(runs), dropAt: 3 },
    {
      head: "convergence",
      align: "left",
      cell: ({ convergence }) => convergenceWord(convergence, paint),
      dropAt: 1,
    },
    {
      head: "scaling",
      align: "decimal",
      cell: ({ committedScalingFactor: factor }) =>
        factor === 1 ? "" : formatSignificant(factor, 5),
      dropAt: 5,
    },
    { head: "energy", align: "left", cell: energyText, dropAt: 8 },
  ];
  return fitTable(columns, results, width).join("\n");
}

function timeCells({ score, weak, benchmark }: BenchmarkResult, paint: Paint): string[] {
  if (weak !== undefined) {
    if (weak.kind === "too-few-models")
      return [paint.bad(`${weak.have} of ${weak.need} models`), "", "", ""];
    return [paint.strong(minutes(weak.timeToTrainAllMs)), "", "", ""];
  }
  switch (score.kind) {
    case "scored": {
      const { scoreMs, spread } = score;
      const cells = [spread.median, spread.minimum, spread.maximum].map(minutes);
      return [paint.strong(minutes(scoreMs)), ...cells];
    }
    case "too-few-runs":
      return [paint.bad(`${score.have} of ${score.need} runs`), "", "", ""];
    case "too-many-failed":
      return [paint.bad(`${score.failed} failed`), "", "", ""];
    case "not-scored":
      return [
        paint.bad(
          score.reason === "benchmarks-differ" ? "mixed logs" : `unknown benchmark ${benchmark}`,
        ),
        "",
        "",
        "",
      ];
  }
}

/** Enough digits to compare with the official table. */
function minutes(ms: number): string {
  const value = ms / 60_000;
  return value >= 1000 ? value.toFixed(1) : formatSignificant(value, 5);
}

function droppedText(runs: readonly RunRow[]): string {
  const words = new Map<string, number>();
  for (const { fate } of runs) {
    const word = fateWord(fate);
    if (word !== undefined) words.set(word, (words.get(word) ?? 0) + 1);
  }
  return [...words].map(([word, count]) => (count === 1 ? word : `${count} ${word}`)).join(", ");
}

function fateWord(fate: RunFate): string | undefined {
  switch (fate.kind) {
    case "counted":
      return undefined;
    case "fastest":
      return "fastest";
    case "slowest":
      return "slowest";
    case "not-needed":
      return "not needed";
    case "failed":
      return failureWords[fate.failure.kind];
  }
}

const failureWords = {
  "not-compliant": "not compliant",
  "checker-crash": "checker crashes",
  "not-converged": "not converged",
  "no-clock": "no clock",
} as const;

function convergenceWord(check: ConvergenceCheck, paint: Paint): string {
  switch (check.kind) {
    case "found":
    case "interpolated":
    case "smaller-batch":
      if (check.test.passes) return paint.good(matchWords[check.kind]);
      return paint.bad(`too fast${check.isBypassed ? ", bypassed" : ""}`);
    case "missing":
      return paint.bad(`no reference${check.isBypassed ? ", bypassed" : ""}`);
    case "no-batch-size":
      return paint.bad("no batch size");
    case "insufficient":
      return paint.bad("insufficient convergence");
    case "not-stated":
      return paint.warn(`no ${check.field}`);
    case "not-checked":
      return paint.faint(notCheckedWords[check.reason]);
  }
}

const matchWords = {
  found: "ok",
  interpolated: "ok, interpolated",
  "smaller-batch": "ok, slower at smaller batch",
} as const;

const notCheckedWords = {
  "open-division": "open",
  "no-reference": "none published",
  "weak-scaling": "weak",
  "benchmarks-differ": "",
} as const;

function energyText({ energy }: BenchmarkResult): string {
  if (energy === undefined) return "";
  return energy.kind === "measured" ? formatJoules(energy.joules) : `none: ${energy.reason}`;
}

/** One result in full, without a trailing newline. */
export function scoreCard(result: BenchmarkResult, paint: Paint): string {
  const { system, benchmark, runs, edition, division } = result;
  const machines =
    system.acceleratorCount === undefined
      ? ""
      : `   ${formatCount(system.acceleratorCount)} × ${system.acceleratorModelName ?? "accelerators"}`;
  const head = `${paint.strong(benchmark)}   ${paint.name(`${system.organisation}/${system.folder}`)}${machines}   ${edition}${division === undefined ? "" : `, ${division}`}`;
  const facts: [string, string][] = [
    ["time to train", timeFact(result)],
    ...weakFact(result),
    ["convergence", convergenceFact(result, paint)],
    ...energyFact(result),
  ];
  const findings = result.findings.map(
    (finding) => `  ${paint.warn("warning:")} ${describeSubmissionFinding(finding)}`,
  );
  return [
    head,
    "",
    ...facts.map(([name, fact]) => `  ${name.padEnd(15)}${fact}`),
    ...(findings.length === 0 ? [] : ["", ...findings]),
    "",
    ...runTable(runs, result),
  ].join("\n");
}

function timeFact({ score, committedScalingFactor, weak }: BenchmarkResult): string {
  if (weak !== undefined) return "see the runs below";
  switch (score.kind) {
    case "scored": {
      const { spread, scoreMs, unscaledMs, countedRuns } = score;
      const scaling =
        committedScalingFactor === 1
          ? ""
          : ` = ${minutes(unscaledMs)} × ${formatSignificant(committedScalingFactor, 6)}`;
      return `${minutes(scoreMs)} min${scaling}, ${countedRuns === 1 ? "the median run" : `mean of ${countedRuns} runs`}; all ${spread.count}: median ${minutes(spread.median)}, range ${minutes(spread.minimum)} … ${minutes(spread.maximum)}`;
    }
    case "too-few-runs":
      return `no score: ${countOf(score.have, "run")}; ${score.need} required`;
    case "too-many-failed":
      return `no score: ${countOf(score.failed, "run")} failed; at most ${score.allowed} may`;
    case "not-scored":
      return score.reason === "benchmarks-differ"
        ? "no score: the logs are for different benchmarks"
        : "no score: no MLPerf benchmark has this name";
  }
}

function weakFact({ weak }: BenchmarkResult): [string, string][] {
  if (weak === undefined) return [];
  if (weak.kind === "too-few-models")
    return [["weak scaling", `no score: ${weak.have} models; ${weak.need} required`]];
  const { timeToTrainAllMs, modelCount, instanceScale, acceleratorCount, modelsPerMinute } = weak;
  const scale = instanceScale === undefined ? "unknown" : formatCount(instanceScale);
  const whole = acceleratorCount === undefined ? "unknown" : formatCount(acceleratorCount);
  return [
    [
      "weak scaling",
      `${formatSignificant(modelsPerMinute, 4)} models per minute: T ${whole} accelerators, S ${scale} per model, M ${countOf(modelCount, "model")}, ${minutes(timeToTrainAllMs)} min from first start to last stop`,
    ],
  ];
}

function convergenceFact(
  { convergence, recomputedScalingFactor, samplesToConverge }: BenchmarkResult,
  paint: Paint,
): string {
  const word = convergenceWord(convergence, paint);
  switch (convergence.kind) {
    case "found":
    case "interpolated":
    case "smaller-batch":
      return `${word}: ${testText(convergence.test)}${factorText(recomputedScalingFactor)}`;
    case "missing": {
      const test = convergence.test === undefined ? "" : `; ${testText(convergence.test)}`;
      return `${word} at batch size ${formatCount(convergence.globalBatchSize)}${test}`;
    }
    case "no-batch-size":
      return `${word}: ${convergence.found.length === 0 ? "the logs have no `global_batch_size`" : `the logs have different values: ${convergence.found.join(", ")}`}`;
    case "insufficient":
      return `${word}: ${countOf(convergence.unconverged, "run")} did not converge; at most ${convergence.allowed} may`;
    case "not-stated":
      return `${word} in the evaluations of ${convergence.logs.join(", ")}`;
    case "not-checked": {
      const amount =
        samplesToConverge === undefined ? "" : `; the runs needed ${amountText(samplesToConverge)}`;
      return `not checked: ${notCheckedSentences[convergence.reason]}${amount}`;
    }
  }
}

const notCheckedSentences = {
  "open-division": "open-division results are not required to match the reference convergence",
  "no-reference": "no reference convergence points are published for this benchmark",
  "weak-scaling": "weak scaling",
  "benchmarks-differ": "the logs are for different benchmarks",
} as const;

function testText(test: ConvergenceTest): string {
  const mean = test.submissionMean === undefined ? "no mean" : amountText(test.submissionMean);
  const p = test.pValue === undefined ? "" : `, p ${formatSignificant(test.pValue, 3)}`;
  return `${mean} ${test.unit} against ${amountText(test.referenceMean)} for the reference at batch size ${test.referenceBatchSizes.map(formatCount).join(" … ")}; at least ${amountText(test.smallestAcceptableMean)} (speed-up up to ${formatSignificant(test.largestSpeedup, 4)})${p}`;
}

function factorText(factor: number | undefined): string {
  return factor === undefined || factor === 1
    ? ""
    : `; scaling factor ${formatSignificant(factor, 6)}`;
}

function amountText(amount: number): string {
  return amount >= 1000 ? formatCount(amount) : formatSignificant(amount, 5);
}

function energyFact({ energy }: BenchmarkResult): [string, string][] {
  if (energy === undefined) return [];
  if (energy.kind === "not-scored")
    return [["energy", `no score: ${energyReasons[energy.reason]}`]];
  const { joules, spread, runsEndedByLastReading } = energy;
  const how =
    runsEndedByLastReading === 0
      ? "measured"
      : `measured up to the last reading in ${countOf(runsEndedByLastReading, "run")} without a valid stop`;
  return [
    [
      "energy",
      `${formatJoules(joules)}, ${how}; the ${spread.count} counted: ${formatJoules(spread.minimum)} … ${formatJoules(spread.maximum)}`,
    ],
  ];
}

const energyReasons = {
  "no-node-log": "a counted run has no node power log",
  "no-start": "a power log is missing `power_measurement_start`",
  "no-readings": "a power log has no readings",
  "no-clock": "a run has no time to train",
  "no-score": "the result has no time score",
} as const;

function runTable(runs: readonly RunRow[], { energy }: BenchmarkResult): string[] {
  const table = layOutTable(
    [
      { head: "run", align: "left" },
      { head: "minutes", align: "decimal" },
      { head: "to converge", align: "decimal" },
      ...(energy === undefined ? [] : [{ head: "energy", align: "left" as const }]),
      { head: "outcome", align: "left" },
    ],
    runs.map((run) => [
      run.runId,
      run.timeToTrainMs === undefined ? "" : minutes(run.timeToTrainMs),
      run.convergence === undefined ? "" : amountText(run.convergence),
      ...(energy === undefined ? [] : [run.joules === undefined ? "" : formatJoules(run.joules)]),
      fateText(run.fate),
    ]),
  );
  return table.map((line) => `  ${line}`);
}

function fateText(fate: RunFate): string {
  switch (fate.kind) {
    case "counted":
      return "counted";
    case "fastest":
      return "dropped, fastest";
    case "slowest":
      return "dropped, slowest";
    case "not-needed":
      return "not needed: enough earlier runs converged";
    case "failed":
      return failureText(fate.failure);
  }
}

function failureText(failure: Extract<RunFate, { kind: "failed" }>["failure"]): string {
  switch (failure.kind) {
    case "not-compliant":
      return `dropped, not compliant: ${failure.failingKeys.join(", ")}`;
    case "checker-crash":
      return "dropped, the official checker crashes on it";
    case "not-converged":
      return failure.status === undefined
        ? "dropped, no `run_stop` status"
        : `dropped, not converged: ${failure.status}`;
    case "no-clock":
      return "dropped, no `run_start` and `run_stop`";
  }
}
