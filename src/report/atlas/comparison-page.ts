import {
  formatCount,
  formatJoules,
  formatDuration,
  formatMinutes,
  formatSignificant,
  formatUsd,
} from "../../foundation/numbers/units.ts";
import { layOutTable, truncate } from "../../foundation/tables/text-table.ts";
import type {
  AlignedCurves,
  BreakEven,
  CompareRefusal,
  CompareWarning,
  Comparison,
  Difference,
  DifferenceField,
  PairComparison,
  TimeFactor,
} from "../../schema/atlas/answers/comparison.ts";
import type { Paint } from "../paint.ts";
import { sparkline } from "../sparkline.ts";
import { countOf } from "../wording.ts";
import { rowNotes } from "./row-notes.ts";
import { numberText, priceNotes, weakNote } from "./wording.ts";

/** A comparison: the time ratio, its factors, then only the fields that differ. */
export function comparisonPage(
  comparison: Comparison,
  { width, paint }: { width: number; paint: Paint },
): string {
  const { subjects, pairs } = comparison;
  const isPair = subjects.length === 2;
  const blocks = [
    pairs.flatMap((pair) => pairLines(pair, paint, isPair)),
    differenceTable(comparison, width, paint),
    curveLines(comparison, width, paint),
    priceNotes(subjects.map(({ measured }) => measured)).map((note) =>
      paint.faint(`price ${note}`),
    ),
    weakLines(subjects, paint),
    subjects.flatMap(({ name, measured }) =>
      rowNotes(measured.row).map((note) => paint.faint(`${name}: ${note}`)),
    ),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function weakLines(subjects: Comparison["subjects"], paint: Paint): string[] {
  const note = weakNote(subjects.map(({ measured }) => measured));
  return note === undefined ? [] : [paint.faint(note)];
}

/** The time ratio of a pair, whether the difference is statistically significant, and its factors. */
export function pairLines(
  { from, to, split, test, breakEven }: PairComparison,
  paint: Paint,
  isPair: boolean,
): string[] {
  const { totalRatio } = split;
  if (totalRatio === undefined)
    return [`${paint.strong(to)} and ${from}: cannot be compared, one of them has no score`];
  const head = verdict(from, to, totalRatio, paint);
  const failed = failedText(test, [from, to]);
  const lines = [
    head,
    ...[
      significanceText(test),
      ...failed,
      ...splitLines(split, paint),
      ...(breakEven === undefined ? [] : [breakEvenText(from, to, breakEven)]),
    ].map((line) => `  ${line}`),
  ];
  return isPair ? lines : [...lines, ""];
}

function splitLines(split: PairComparison["split"], paint: Paint): string[] {
  switch (split.kind) {
    case "split": {
      const factors = split.factors.filter(({ ratio }) => Math.abs(ratio - 1) > 5e-4);
      return factors.length === 0 ? [] : [factorText(split.totalRatio, factors)];
    }
    case "no-split":
      return [`the ratio cannot be split into factors: ${splitGaps[split.reason]}`];
    case "implausible":
      return [
        `${paint.warn("implausible")}: the ratio is not split into factors, because that of ${factorWords[split.factor]} would be ${formatSignificant(split.ratio, 3)}; the two logs do not count the same thing`,
      ];
  }
}

/** Runs that missed the target are part of the test, and those that failed otherwise are not. */
function failedText(
  { missedCounts, excludedCounts, counts }: PairComparison["test"],
  names: readonly [string, string],
): string[] {
  const missed =
    missedCounts[0] === 1 && missedCounts[1] === 1
      ? ["one run of each missed the target and is ranked slowest"]
      : names.flatMap((name, index) => {
          const count = missedCounts[index] ?? 0;
          const verb = count === 1 ? "missed the target and is" : "missed the target and are";
          return count === 0
            ? []
            : [
                `${count} of ${countOf(counts[index] ?? 0, "run")} of ${name} ${verb} ranked slowest`,
              ];
        });
  const excluded = names.flatMap((name, index) => {
    const count = excludedCounts[index] ?? 0;
    return count === 0 ? [] : [`${countOf(count, "failed run")} of ${name} not used`];
  });
  return [...missed, ...excluded];
}

function verdict(from: string, to: string, ratio: number, paint: Paint): string {
  if (Math.abs(ratio - 1) < 5e-4) return `${paint.strong(to)} takes as long as ${from}`;
  return ratio > 1
    ? `${paint.strong(to)} is ${paint.good(`${ratioText(ratio)}x as fast`)} as ${from}`
    : `${paint.strong(to)} is ${paint.bad(`${ratioText(1 / ratio)}x slower`)} than ${from}`;
}

function breakEvenText(from: string, to: string, breakEven: BreakEven): string {
  const { fromAccelerator, toAccelerator, priceRatio, equalPrices } = breakEven;
  if (equalPrices === undefined)
    return `${to} is cheaper while an hour of ${toAccelerator} costs less than ${ratioText(priceRatio)} times an hour of ${fromAccelerator}`;
  const { pricedSide, fromUsdPerHour, toUsdPerHour } = equalPrices;
  const fromText = `${formatUsd(fromUsdPerHour)}/h per ${fromAccelerator}`;
  const toText = `${formatUsd(toUsdPerHour)}/h per ${toAccelerator}`;
  return pricedSide === "from"
    ? `${to} is cheaper below ${toText}, with ${fromText}`
    : `${from} is cheaper below ${fromText}, with ${toText}`;
}

/** Three digits would print a ratio of 1.003 as 1.00. */
export function ratioText(ratio: number): string {
  return formatSignificant(ratio, Math.abs(ratio - 1) < 0.1 ? 4 : 3);
}

const splitGaps = {
  "no-score": "one of them has no score",
  "no-samples": "the logs do not contain the number of samples to converge",
  "units-differ": "one log counts epochs, the other samples",
} as const;

export const factorWords: Readonly<Record<TimeFactor, string>> = {
  samples: "samples to converge",
  throughput: "throughput",
  accelerators: "accelerators",
  "throughput-per-accelerator": "throughput per accelerator",
  "scaling-factor": "RCP scaling factor",
};

function factorText(
  total: number,
  factors: readonly { factor: TimeFactor; ratio: number }[],
): string {
  const product = factors.map(({ factor, ratio }) => `${ratioText(ratio)} ${factorWords[factor]}`);
  return `${ratioText(total)} = ${product.join(" x ")}`;
}

function significanceText(test: PairComparison["test"]): string {
  const [a, b] = test.counts;
  if (test.kind === "too-few-runs")
    return `${countOf(a, "run")} against ${b}: too few for a significance test`;
  const { pValue, leastPossible: minimumPValue } = test;
  const p = pValue < 0.0005 ? "p < 0.0005" : `p = ${formatSignificant(pValue, 2)}`;
  const floor =
    minimumPValue > 0.01
      ? `, minimum possible p with so few runs: ${formatSignificant(minimumPValue, 2)}`
      : "";
  return `${p} (two-sided Mann–Whitney U test of run times, ${a} against ${b} runs${floor})`;
}

function differenceTable(
  { subjects, differences }: Comparison,
  width: number,
  paint: Paint,
): string[] {
  if (differences.length === 0) return ["no recorded field differs"];
  const share = Math.max(12, Math.floor((width - 20) / subjects.length) - 2);
  const heads = subjects.map(({ name }) => truncate(name, share));
  const rows = differences.map(({ field, values }) => [
    fieldWords[field],
    ...values.map((value) => truncate(valueText(field, value), share)),
  ]);
  const [head = "", ...lines] = layOutTable(
    [
      { head: "differs", align: "left" },
      ...heads.map((name) => ({ head: name, align: "left" as const })),
    ],
    rows,
  );
  return [paint.faint(head), ...lines];
}

export const fieldWords: Readonly<Record<DifferenceField, string>> = {
  benchmark: "benchmark",
  round: "round",
  division: "division",
  availability: "availability",
  submitter: "submitter",
  system: "system",
  target: "target",
  nodes: "nodes",
  accelerators: "accelerators",
  accelerator: "accelerator",
  framework: "framework",
  globalBatchSize: "batch size",
  precision: "precision",
  tensorParallel: "tensor parallel",
  pipelineParallel: "pipeline parallel",
  contextParallel: "context parallel",
  expertParallel: "expert parallel",
  runs: "runs",
  convergedRuns: "converged",
  scoreMs: "time to train",
  scoreKind: "kind of time",
  fastestMs: "fastest run",
  medianMs: "median run",
  slowestMs: "slowest run",
  scalingFactor: "RCP scaling factor",
  samplesToConverge: "to converge",
  samplesUnit: "samples unit",
  samplesPerSecond: "throughput /s",
  samplesPerAcceleratorSecond: "per chip /s",
  acceleratorMs: "chip-minutes",
  costUsd: "cost",
  costLabel: "cost origin",
  energyJoules: "energy",
  energyLabel: "energy origin",
};

export function valueText(field: DifferenceField, value: Difference["values"][number]): string {
  if (value === undefined) return "-";
  if (typeof value === "string") return value;
  return (formats[field] ?? plainNumber)(value);
}

const formats: Readonly<Partial<Record<DifferenceField, (value: number) => string>>> = {
  scoreMs: trainingTimeText,
  fastestMs: trainingTimeText,
  medianMs: trainingTimeText,
  slowestMs: trainingTimeText,
  acceleratorMs: (value) => numberText(value / 60_000),
  costUsd: formatUsd,
  energyJoules: formatJoules,
  samplesPerSecond: numberText,
  samplesPerAcceleratorSecond: numberText,
};

/** Below this, a time in minutes would begin with zeros. */
export const shortestInMinutesMs = 6000;

/** `28.41 min` as MLPerf prints times, and `2.64 s` for runs of a few seconds. */
export function trainingTimeText(ms: number): string {
  return ms < shortestInMinutesMs ? formatDuration(ms) : formatMinutes(ms);
}

function plainNumber(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : formatSignificant(value, 5);
}

/** All lines share one axis, from 0 to the end of the longest curve. */
function curveLines({ curves }: Comparison, width: number, paint: Paint): string[] {
  if (curves === undefined) return [];
  const names = curves.lines.map(({ name }) => truncate(name, Math.max(12, width - 60)));
  const longest = Math.max(...names.map((name) => name.length));
  const end = curves.x.at(-1) ?? 0;
  const axis = axisText(curves, end);
  const bars = curves.lines.map(({ value, run }, index) => {
    const before = value.findIndex((one) => one !== undefined);
    const known = value.filter((one) => one !== undefined);
    const line = `${" ".repeat(Math.max(0, before))}${sparkline(known, known.length)}`;
    return `${(names[index] ?? "").padEnd(longest)}  ${line.padEnd(curves.x.length)}  ${paint.faint(run)}`;
  });
  return [
    paint.faint(
      `${curves.metricName} of the median run, from 0 to ${axis}, each line scaled to its own range`,
    ),
    ...bars,
  ];
}

function axisText({ axis, samplesUnit = "samples" }: AlignedCurves, end: number): string {
  switch (axis) {
    case "clock":
      return trainingTimeText(end);
    case "samples":
      return `${plainNumber(end)} ${samplesUnit}`;
    case "dollars":
      return formatUsd(end);
    case "energy":
      return formatJoules(end);
  }
}

/** The reason for refusing the comparison, in one sentence. */
export function describeRefusal(refusal: CompareRefusal): string {
  switch (refusal.kind) {
    case "benchmarks-differ":
      return `different benchmarks: ${refusal.benchmarks.join(", ")}`;
    case "suites-differ":
      return `different suites with different rules: ${refusal.suites.join(", ")}`;
    case "groups-differ": {
      const why = refusal.reasons.length === 0 ? "the rules changed" : refusal.reasons.join("; ");
      return `${refusal.benchmark} changed between these rounds: ${why}`;
    }
    case "scaling-differs":
      return "one result is strong scaling (a single model), the other weak scaling (many models at once)";
    case "targets-differ":
      return `different quality targets: ${refusal.targets.join(", ")}`;
  }
}

export function describeCompareWarning(warning: CompareWarning): string {
  switch (warning.kind) {
    case "divisions-mixed":
      return `mixed divisions (${warning.values.join(", ")}): open-division results may use a different model`;
    case "availabilities-mixed":
      return `mixed availability (${warning.values.join(", ")}): some of these systems cannot be bought or rented`;
    case "own-beside-published":
      return "your own runs are compared with published results, but were not reviewed under the same rules";
    case "energy-labels-mixed":
      return "energy is measured for some results and estimated for others; the two are not directly comparable";
    case "cost-labels-mixed":
      return "the cost is stated by its source for some results and computed from today's prices for others; the two are not directly comparable";
    case "middle-runs": {
      const what = `the time of ${warning.names.join(", ")} is the middle run before scaling, because the official score is not on record`;
      return warning.isMixed ? `${what}; other times are scores` : what;
    }
    case "no-score":
      return `${warning.name} has no score`;
  }
}
