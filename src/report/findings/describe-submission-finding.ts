import { formatSignificant } from "../../foundation/numbers/units.ts";
import type { SubmissionFinding } from "../../schema/logs/submission.ts";
import { countOf } from "../wording.ts";

/** Describes a finding about a result in one sentence. */
// oxlint-disable-next-line complexity -- one case per rule, and nothing but cases
export function describeSubmissionFinding(finding: SubmissionFinding): string {
  switch (finding.rule) {
    case "benchmarks-differ":
    case "benchmark-unknown":
    case "benchmark-not-in-edition":
    case "folder-names-another-benchmark":
      return describeBenchmarkFinding(finding);
    case "run-count":
    case "run-repeated":
    case "batch-sizes-differ":
    case "result-number-repeated":
    case "instance-scales-differ":
    case "power-ends-at-last-reading":
    case "set-aside":
    case "samples-placeholder":
      return describeRunFinding(finding);
    case "system-file-missing":
    case "system-file-invalid":
    case "system-fields-missing":
    case "counts-not-from-system-file":
      return describeSystemFinding(finding);
    case "scaling-file-missing":
    case "scaling-file-invalid":
    case "scaling-differs":
      return describeScalingFinding(finding);
  }
}

type RunFinding = Extract<
  SubmissionFinding,
  {
    rule:
      | `run-${string}`
      | "batch-sizes-differ"
      | "result-number-repeated"
      | "instance-scales-differ"
      | "power-ends-at-last-reading"
      | "set-aside"
      | "samples-placeholder";
  }
>;

function describeRunFinding(finding: RunFinding): string {
  switch (finding.rule) {
    case "run-count":
      return `${countOf(finding.have, "run")}; the rules require ${finding.need}`;
    case "batch-sizes-differ":
      return `batch sizes differ between runs: ${finding.batchSizes.join(", ")}`;
    case "result-number-repeated":
      return `${list(finding.logs)} have the same run number, ${finding.number}`;
    case "run-repeated":
      return `${list(finding.logs)} start and stop in the same millisecond; they may be copies of one run`;
    case "instance-scales-differ":
      return `the models were trained on different numbers of accelerators: ${finding.scales.join(", ")}`;
    case "power-ends-at-last-reading":
      return `${countOf(finding.runs, "run")} without a valid \`power_measurement_stop\`: the last reading is used as the end (the official tool divides by zero)`;
    case "set-aside":
      return `not an official result: the logs are in the subfolder \`${finding.folder}\``;
    case "samples-placeholder":
      return `${countOf(finding.runs, "run")} with \`epoch_num\` 1, which is a placeholder; ${finding.isReplaced ? "the samples are those of `train_samples`" : "`--bert-train-samples` uses `train_samples` instead"}`;
  }
}

function describeBenchmarkFinding(
  finding: Extract<SubmissionFinding, { rule: `benchmark${string}` | `folder-${string}` }>,
): string {
  switch (finding.rule) {
    case "benchmarks-differ":
      return `the logs are for ${list(finding.benchmarks)}; a folder must hold a single benchmark`;
    case "benchmark-unknown":
      return `unknown benchmark \`${finding.benchmark}\`${finding.nearest === undefined ? "" : `; did you mean \`${finding.nearest}\`?`}`;
    case "benchmark-not-in-edition":
      return `\`${finding.benchmark}\` is not a benchmark of ${finding.edition}`;
    case "folder-names-another-benchmark":
      return `the folder is named \`${finding.folder}\` but its logs are for \`${finding.logged}\``;
  }
}

function describeSystemFinding(
  finding: Extract<SubmissionFinding, { rule: `system-${string}` | `counts-${string}` }>,
): string {
  switch (finding.rule) {
    case "system-file-missing":
      return `missing system description \`${finding.path}\``;
    case "system-file-invalid":
      return `invalid \`${finding.path}\`: ${finding.reason}`;
    case "system-fields-missing":
      return `\`${finding.path}\` is missing ${list(finding.fields.map((field) => `\`${field}\``))}`;
    case "counts-not-from-system-file":
      return `node and accelerator counts come from ${finding.countsFrom === "log" ? "the logs" : "the readable part of the invalid description"}`;
  }
}

function describeScalingFinding(
  finding: Extract<SubmissionFinding, { rule: `scaling-${string}` }>,
): string {
  switch (finding.rule) {
    case "scaling-file-missing":
      return `converges faster than the reference, but \`scaling.json\` with the factor ${formatSignificant(finding.factor, 6)} is missing`;
    case "scaling-file-invalid":
      return `invalid \`${finding.path}\`: ${finding.reason}; the score is not scaled`;
    case "scaling-differs":
      return finding.factor === undefined
        ? `the factor in \`scaling.json\` is ${formatSignificant(finding.committed, 6)}, but the reference points give no factor`
        : `the factor in \`scaling.json\` is ${formatSignificant(finding.committed, 6)}, but the reference points give ${formatSignificant(finding.factor, 6)}`;
  }
}

function list(names: readonly string[]): string {
  return names.length <= 1
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
