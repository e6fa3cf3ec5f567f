import { formatDuration } from "../../foundation/numbers/units.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import { countOf } from "../wording.ts";
import type { DescribedFinding } from "./describe-clock-finding.ts";

const fileRules = [
  "metrics-file-missing",
  "metrics-file-unchanged",
  "metrics-file-unreadable",
  "metrics-file-continued",
  "mlflow-run-older",
] as const;
type FileFinding = Extract<Finding, { rule: (typeof fileRules)[number] }>;

const timeRules = ["metrics-file-late", "metrics-file-times-unused"] as const;
type TimeFinding = Extract<Finding, { rule: (typeof timeRules)[number] }>;

const contentRules = [
  "metrics-header-changed",
  "training-in-two-files",
  "metrics-rows-uneven",
  "metric-not-in-files",
  "metrics-files-disagree",
  "metric-steps-went-back",
] as const;
type ContentFinding = Extract<Finding, { rule: (typeof contentRules)[number] }>;

type AnyFileFinding = FileFinding | TimeFinding | ContentFinding;

export function isAboutFile(finding: Finding): finding is AnyFileFinding {
  return isExistence(finding) || isAboutTimes(finding) || isAboutContent(finding);
}

/** Describes a finding about a file that metrics are read from. */
export function describeFileFinding(finding: AnyFileFinding): DescribedFinding {
  if (isExistence(finding)) return describeExistence(finding);
  return isAboutTimes(finding) ? describeTimes(finding) : describeContent(finding);
}

function isExistence(finding: Finding): finding is FileFinding {
  return fileRules.some((rule) => rule === finding.rule);
}

function isAboutTimes(finding: Finding): finding is TimeFinding {
  return timeRules.some((rule) => rule === finding.rule);
}

function isAboutContent(finding: Finding): finding is ContentFinding {
  return contentRules.some((rule) => rule === finding.rule);
}

function describeExistence(finding: FileFinding): DescribedFinding {
  switch (finding.rule) {
    case "metrics-file-missing":
      return {
        message: `no metrics file was written at \`${finding.path}\``,
        hint: "the path is relative to the program's working folder; check where the program writes its log",
      };
    case "metrics-file-unchanged":
      return {
        message: `the run did not change \`${finding.path}\`, which existed before; its values are of an earlier run and were not used`,
        hint: "check where the program writes its log",
      };
    case "metrics-file-unreadable":
      return { message: `\`${finding.path}\` could not be read: ${finding.reason}` };
    case "metrics-file-continued":
      return {
        message: `\`${finding.path}\` begins with ${countOf(finding.count, "reading")} from before the launch, which ${finding.count === 1 ? "was" : "were"} not used`,
        hint: "if this run resumed from a checkpoint, it is not a whole training",
      };
    case "mlflow-run-older":
      return {
        message: `the MLflow run \`${finding.path}\` began before the launch; its values were not used`,
        hint: "start an MLflow run in the program, without `run_id` and without `MLFLOW_RUN_ID`",
      };
  }
}

function describeTimes(finding: TimeFinding): DescribedFinding {
  switch (finding.rule) {
    case "metrics-file-late":
      return {
        message: `the program wrote several evaluations at once to \`${finding.path}\`: the times of ${finding.evaluationCount} are up to ${formatDuration(finding.lateMs)} late`,
        hint: "write and flush the file after each evaluation, or log times with the values",
      };
    case "metrics-file-times-unused":
      return {
        message: `${countOf(finding.count, "time")} in \`${finding.path}\` ${timeProblem(finding.reason)}; the time of writing was used instead`,
      };
  }
}

function timeProblem(reason: (TimeFinding & { rule: "metrics-file-times-unused" })["reason"]) {
  switch (reason) {
    case "before-launch":
      return "precede the launch";
    case "in-future":
      return "are later than the reading of the file";
    case "backwards":
      return "go backwards";
  }
}

function describeContent(finding: ContentFinding): DescribedFinding {
  switch (finding.rule) {
    case "metrics-header-changed":
      return {
        message: `the header of \`${finding.path}\` changed: ${changeText(finding)}; each row was read with the header above it`,
      };
    case "training-in-two-files":
      return describeTwoFiles(finding);
    case "metrics-rows-uneven":
      return {
        message: `${countOf(finding.count, "row")} of \`${finding.path}\` did not fit the header and ${finding.count === 1 ? "was" : "were"} not used: ${finding.cellCount} cells for ${finding.columnCount} columns`,
      };
    case "metric-not-in-files":
      return describeMissingMetric(finding);
    case "metrics-files-disagree": {
      const { metric, used, other, step, usedValue, otherValue } = finding;
      const at = step === undefined ? "" : ` at step ${step}`;
      return {
        message: `two files have different values of \`${metric}\`${at}: ${usedValue} in \`${used}\`, which is used, and ${otherValue} in \`${other}\``,
        hint: "specify only the file to use with `--metrics-from`, or name the metric with its folder: `--metric validation/accuracy`",
      };
    }
    case "metric-steps-went-back":
      return {
        message: `the steps of \`${finding.metric}\` in \`${finding.path}\` went back ${finding.count === 1 ? "once" : `${finding.count} times`}, first from ${finding.fromStep} to ${finding.toStep}; each value counts`,
        hint: "the program may have restarted from a checkpoint",
      };
  }
}

function changeText({ added, removed }: { added: string[]; removed: string[] }): string {
  const parts = [
    ...(added.length > 0 ? [`added ${quoted(added)}`] : []),
    ...(removed.length > 0 ? [`removed ${quoted(removed)}`] : []),
  ];
  return parts.join(", ");
}

function describeMissingMetric(
  finding: ContentFinding & { rule: "metric-not-in-files" },
): DescribedFinding {
  const { metric, names, longerNames, suggestion } = finding;
  const message = `no metrics file has a value named \`${metric}\``;
  if (longerNames !== undefined)
    return { message, hint: `longer names end with it: ${quoted(longerNames)}` };
  if (suggestion !== undefined) return { message, hint: `did you mean \`${suggestion}\`?` };
  return { message, hint: `names in the files: ${quoted(names)}` };
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function describeTwoFiles(
  finding: Extract<Finding, { rule: "training-in-two-files" }>,
): DescribedFinding {
  const { used, unused, comparedCount, differentCount, example } = finding;
  const files = `\`${used}\` and \`${unused}\` contain the same training; only \`${used}\` was imported`;
  const hint = `to import the other file: \`pitwall import ${unused}\``;
  if (example === undefined)
    return { message: `${files}; their ${countOf(comparedCount, "common value")} agree`, hint };
  const { metric, usedValue, unusedValue } = example;
  return {
    message: `${files}, but ${differentCount} of ${countOf(comparedCount, "common value")} differ: the first is \`${metric}\`, ${usedValue} in \`${used}\` and ${unusedValue} in \`${unused}\``,
    hint,
  };
}
