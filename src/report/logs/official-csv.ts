import { type CsvOptions, csvText } from "../../foundation/tables/csv.ts";
import {
  type MlperfEdition,
  benchmarksOfEdition,
  benchmarkNamed,
} from "../../schema/logs/mlperf-round.ts";
import type { BenchmarkResult, ConvergenceCheck } from "../../schema/logs/submission.ts";

/** The tables of the official summarizer: scores, scores with details, and weak scaling. */
export const officialTables = ["official", "official-detailed", "official-weak"] as const;
export type OfficialTable = (typeof officialTables)[number];

/**
 * Results in the format of the official summarizer: its columns, order, units (minutes, joules) and number format. One
 * row per system. Each edition has its own table.
 */
export function officialCsv(
  results: readonly BenchmarkResult[],
  table: OfficialTable,
  options: CsvOptions = {},
): string {
  const wanted = results.filter(
    (result) =>
      result.subfolder === undefined &&
      (result.scalingKind === "weak") === (table === "official-weak"),
  );
  const editions = [...new Set(wanted.map((result) => result.edition))];
  return editions
    .map((edition) => {
      const ofEdition = wanted.filter((result) => result.edition === edition);
      return tableOf(ofEdition, { edition, table, options });
    })
    .join("\n");
}

function tableOf(
  results: readonly BenchmarkResult[],
  {
    edition,
    table,
    options,
  }: { edition: MlperfEdition; table: OfficialTable; options: CsvOptions },
): string {
  const benchmarks = benchmarksOfEdition(edition);
  const figures = figuresOf[table];
  const head = [
    ...systemColumns,
    ...benchmarks.flatMap((benchmark) =>
      table === "official" ? [benchmark] : figures.map(({ name }) => `${benchmark}:${name}`),
    ),
    "details_url",
    "code_url",
  ];
  const firsts = new Map(results.toReversed().map((result) => [keyOf(result), result]));
  const rows = [...firsts.values()].map((first) => {
    const ofSystem = results.filter((result) => keyOf(result) === keyOf(first));
    const cells = benchmarks.flatMap((benchmark) => {
      const result = ofSystem.find((each) => columnOf(each) === benchmark);
      return figures.map((figure) => (result === undefined ? "" : figure.of(result)));
    });
    return [systemCells(first), cells, linksOf(first, edition)].flat();
  });
  return csvText([head, ...rows.toSorted(compareRows)], options);
}

function keyOf({ system }: BenchmarkResult): string {
  return `${system.organisation}/${system.folder}`;
}

/** The official summarizer takes the benchmark name from the folder. */
function columnOf({ benchmarkFolder, benchmark }: BenchmarkResult): string {
  return benchmarkFolder === undefined ? benchmark : benchmarkNamed(benchmarkFolder);
}

const systemColumns = [
  "division",
  "availability",
  "submitter",
  "system",
  "number_of_nodes",
  "host_processor_model_name",
  "host_processors_count",
  "accelerator_model_name",
  "accelerators_count",
  "framework",
  "notes",
  "private_id",
];

function systemCells({ system }: BenchmarkResult): string[] {
  const processors =
    system.nodeCount === undefined || system.hostProcessorsPerNode === undefined
      ? undefined
      : system.nodeCount * system.hostProcessorsPerNode;
  return [
    system.division ?? "",
    system.availability ?? "",
    system.submitter ?? system.organisation,
    prettySystemName(system),
    wholeText(system.nodeCount),
    system.hostProcessorModelName ?? "",
    wholeText(processors),
    system.acceleratorModelName === "tpu-v3" ? "TPUv3" : (system.acceleratorModelName ?? ""),
    wholeText(system.acceleratorCount),
    (system.framework ?? "").replace(/(?<=TensorFlow.*) commit hash = .*/s, ""),
    [system.hardwareNotes, system.softwareNotes]
      .filter((notes) => notes !== undefined && notes !== "")
      .join(";"),
    "",
  ];
}

function prettySystemName({ systemName, folder, acceleratorsPerNode }: BenchmarkResult["system"]) {
  if (systemName !== "tpu-v3" || acceleratorsPerNode === undefined) return systemName ?? folder;
  return `TPUv3.${acceleratorsPerNode * 2}`;
}

function linksOf({ system }: BenchmarkResult, edition: MlperfEdition): string[] {
  const repository = `https://github.com/mlcommons/${edition.replace("-", "_results_v")}`;
  const submitter = system.submitter ?? system.organisation;
  return [
    `${repository}/blob/main/${submitter}/systems/${system.folder}.json`,
    `${repository}/blob/master/${submitter}/benchmarks`,
  ];
}

interface Figure {
  name: string;
  of(result: BenchmarkResult): string;
}

const score: Figure = { name: "time_to_train", of: (result) => floatText(officialMinutes(result)) };

/** Summed in the official order so that the last digit matches. */
function officialMinutes(result: BenchmarkResult): number | undefined {
  if (result.score.kind !== "scored") return undefined;
  const counted = result.runs
    .filter(({ fate }) => fate.kind === "counted")
    .flatMap(({ timeToTrainMs }) =>
      timeToTrainMs === undefined ? [] : [timeToTrainMs / 60 / 1000],
    )
    .toSorted((a, b) => a - b);
  const sum = counted.reduce((total, minutes) => total + minutes, 0);
  return (sum / counted.length) * result.committedScalingFactor;
}

/** The amount that the official tools note for a run that did not converge. */
const unconverged = 1e9;

/** The mean without the smallest and the largest amount, of all runs. */
function officialSamples({ runs }: BenchmarkResult): number | undefined {
  const amounts = runs
    .map(({ convergence }) => convergence ?? unconverged)
    .toSorted((a, b) => a - b);
  const kept = amounts.slice(1, -1);
  if (kept.length === 0) return undefined;
  return kept.reduce((sum, amount) => sum + amount, 0) / kept.length;
}

/** Benchmarks that the official convergence checker does not know. It stops there, although the rules have references. */
const uncheckedBenchmarks: ReadonlySet<string> = new Set(["dlrm", "gnmt", "minigo", "transformer"]);

/**
 * Whether the official convergence checker gives an answer. If it does not, the summarizer leaves the cells empty: in the
 * open division, without references, or for logs with several batch sizes.
 */
function isChecked({ convergence, benchmark, division }: BenchmarkResult): boolean {
  // Some submitters write `close`.
  if (division !== "closed") return false;
  switch (convergence.kind) {
    case "not-checked":
    case "not-stated":
      return false;
    case "no-batch-size":
      return convergence.found.length <= 1;
    case "found":
    case "interpolated":
    case "smaller-batch":
    case "missing":
    case "insufficient":
      return !uncheckedBenchmarks.has(benchmark);
  }
}

const figuresOf: Record<OfficialTable, readonly Figure[]> = {
  official: [score],
  "official-detailed": [
    score,
    {
      name: "Energy",
      of: ({ energy }) => (energy?.kind === "measured" ? floatText(energy.joules) : ""),
    },
    {
      name: "GBS",
      of: (result) => (isChecked(result) ? floatText(result.globalBatchSize) : ""),
    },
    {
      name: "samples_to_converge",
      of: (result) =>
        isChecked(result) && result.convergence.kind !== "insufficient"
          ? floatText(officialSamples(result))
          : "",
    },
    {
      name: "RCP",
      of: (result) => (isChecked(result) ? shortOutcome(result.convergence) : ""),
    },
    {
      name: "rcp_scaling_factor",
      of: ({ committedScalingFactor }) => floatText(committedScalingFactor),
    },
  ],
  "official-weak": [
    {
      name: "number_of_models",
      of: ({ weak }) => (weak?.kind === "scored" ? floatText(weak.modelCount) : ""),
    },
    {
      name: "instance_scale",
      of: ({ weak }) => (weak?.kind === "scored" ? floatText(weak.instanceScale) : ""),
    },
    {
      name: "time_to_train_all",
      of: ({ weak }) =>
        weak?.kind === "scored" ? floatText(weak.timeToTrainAllMs / 60 / 1000) : "",
    },
  ],
};

/** The result of the official RCP checker. */
export interface OfficialVerdict {
  pass: boolean;
  message: string;
  /** Also set for a failed test; absent without a test. */
  factor: number | undefined;
}

/** The result of the official RCP checker for the same logs, ignoring its bypass; undefined if it does not check them. */
export function officialVerdict(check: ConvergenceCheck): OfficialVerdict | undefined {
  switch (check.kind) {
    case "found":
    case "interpolated":
    case "smaller-batch": {
      const message = messages[check.kind];
      return { pass: check.test.passes, message, factor: check.test.normalisationFactor };
    }
    case "missing": {
      const message = `Missing RCP, please submit RCP with BS = ${check.globalBatchSize}`;
      return { pass: false, message, factor: check.test?.normalisationFactor ?? 1 };
    }
    case "no-batch-size":
      return { pass: false, message: "Could not detect global_batch_size", factor: 1 };
    case "insufficient":
      return { pass: false, message: "Insufficient convergence", factor: 1 };
    case "not-stated":
    case "not-checked":
      return undefined;
  }
}

const messages = {
  found: "RCP found",
  interpolated: "RCP Interpolation",
  "smaller-batch": "RCP not found but slower convergence on smaller batch size",
} as const;

function shortOutcome(check: ConvergenceCheck): string {
  switch (check.kind) {
    case "found":
    case "smaller-batch":
      return check.test.passes ? "Pass" : "Fail";
    case "interpolated":
      return check.test.passes ? "Pass" : "Interp. Fail";
    case "missing":
      return "Missing";
    case "no-batch-size":
    case "insufficient":
      return "Unknown state";
    case "not-stated":
    case "not-checked":
      return "";
  }
}

/** Formats a number like a Python float: shortest digits, integers with `.0`. */
export function floatText(value: number | undefined): string {
  if (value === undefined) return "";
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
}

function wholeText(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}

/** The sort order of the official table; equal systems are sorted by size. */
const sortedBy = [
  "division",
  "availability",
  "submitter",
  "system",
  "accelerator_model_name",
  "framework",
  "accelerators_count",
].map((name) => systemColumns.indexOf(name));

function compareRows(a: readonly string[], b: readonly string[]): number {
  for (const index of sortedBy) {
    const [left = "", right = ""] = [a[index], b[index]];
    if (left === right) continue;
    const difference =
      systemColumns[index] === "accelerators_count" ? Number(left) - Number(right) : 0;
    if (difference !== 0) return difference;
    return left < right ? -1 : 1;
  }
  return 0;
}
