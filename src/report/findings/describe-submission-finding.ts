import { formatSignificant } from "../../foundation/units.ts";
import type { SubmissionFinding } from "../../schema/logs/submission.ts";
import { countOf } from "../wording.ts";

/** What is odd about a result, in a sentence. */
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
      | "set-aside";
  }
>;

function describeRunFinding(finding: RunFinding): string {
  switch (finding.rule) {
    case "run-count":
      return `${countOf(finding.have, "run")}, where the rules ask for ${finding.need}`;
    case "batch-sizes-differ":
      return `the runs differ in batch size: ${finding.batchSizes.join(", ")}`;
    case "result-number-repeated":
      return `${list(finding.logs)} share number ${finding.number}`;
    case "run-repeated":
      return `${list(finding.logs)} start and stop in the same milliseconds: are they one run?`;
    case "instance-scales-differ":
      return `the models were trained on different numbers of accelerators: ${finding.scales.join(", ")}`;
    case "power-ends-at-last-reading":
      return `${countOf(finding.runs, "run")} without a usable \`power_measurement_stop\`: the last reading ends the measurement (the official tool divides by zero)`;
    case "set-aside":
      return `not an official result: the logs are set aside in \`${finding.folder}\``;
  }
}

function describeBenchmarkFinding(
  finding: Extract<SubmissionFinding, { rule: `benchmark${string}` | `folder-${string}` }>,
): string {
  switch (finding.rule) {
    case "benchmarks-differ":
      return `the logs are of ${list(finding.benchmarks)}: one folder holds one benchmark`;
    case "benchmark-unknown":
      return `no round has a benchmark \`${finding.benchmark}\`${finding.nearest === undefined ? "" : `; did they mean \`${finding.nearest}\`?`}`;
    case "benchmark-not-in-edition":
      return `\`${finding.benchmark}\` is no benchmark of ${finding.edition}`;
    case "folder-names-another-benchmark":
      return `the folder is called \`${finding.folder}\`, and the logs are of \`${finding.logged}\``;
  }
}

function describeSystemFinding(
  finding: Extract<SubmissionFinding, { rule: `system-${string}` | `counts-${string}` }>,
): string {
  switch (finding.rule) {
    case "system-file-missing":
      return `the system is not described: \`${finding.path}\` is not there`;
    case "system-file-invalid":
      return `\`${finding.path}\` is not valid: ${finding.reason}`;
    case "system-fields-missing":
      return `\`${finding.path}\` lacks ${list(finding.fields.map((field) => `\`${field}\``))}`;
    case "counts-not-from-system-file":
      return `node and accelerator counts are ${finding.countsFrom === "log" ? "those that the logs name" : "picked out of the broken description"}`;
  }
}

function describeScalingFinding(
  finding: Extract<SubmissionFinding, { rule: `scaling-${string}` }>,
): string {
  switch (finding.rule) {
    case "scaling-file-missing":
      return `it converges faster than the reference, and there is no \`scaling.json\` with the factor ${formatSignificant(finding.factor, 6)}`;
    case "scaling-file-invalid":
      return `\`${finding.path}\` is not valid: ${finding.reason}; the score is unscaled`;
    case "scaling-differs":
      return finding.factor === undefined
        ? `\`scaling.json\` says ${formatSignificant(finding.committed, 6)}, and the reference points give no factor`
        : `\`scaling.json\` says ${formatSignificant(finding.committed, 6)}, and the reference points give ${formatSignificant(finding.factor, 6)}`;
  }
}

function list(names: readonly string[]): string {
  return names.length <= 1
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
