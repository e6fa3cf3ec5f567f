import type { Finding } from "../../schema/run/findings/finding.ts";
import type { DescribedFinding } from "./describe-clock-finding.ts";

const dataRules = [
  "metric-in-several-sections",
  "metric-under-several-labels",
  "training-values-withdrawn",
  "metric-read-from-other-name",
  "metric-beside-evaluation-name",
] as const;
export type DataFinding = Extract<Finding, { rule: (typeof dataRules)[number] }>;

export function isAboutData(finding: Finding): finding is DataFinding {
  return dataRules.some((rule) => rule === finding.rule);
}

/** Describes a doubt about the data that a value was measured on. */
export function describeDataFinding(finding: DataFinding): DescribedFinding {
  switch (finding.rule) {
    case "metric-in-several-sections":
      return {
        message: `\`${finding.metric}\` is printed for \`${finding.training}\` and for \`${finding.evaluation}\`; values of training data do not count`,
        hint: `name one of them in \`--target\`: \`${finding.evaluation}_${finding.metric}\``,
      };
    case "metric-under-several-labels":
      return {
        message: `\`${finding.metric}\` is printed for ${finding.labels.map((label) => `\`${label}\``).join(" and for ")}; the values of both count`,
        hint: `to read one of them, give a pattern${labelledPattern(finding)}`,
      };
    case "training-values-withdrawn":
      return {
        message: `the first values of \`${finding.metric}\` do not count: they are probably of training data, because a later line names evaluation data, \`${finding.evaluation}\``,
        hint: `first such line: \`${finding.training}\`; if they are evaluations, print them under a name of their own or give a pattern to \`--metric\``,
      };
    case "metric-read-from-other-name":
      return {
        message: `no number is printed as \`${finding.metric}\`, so Pitwall reads \`${finding.found}\``,
        hint: `if you mean another number, give its name in \`--target\``,
      };
    case "metric-beside-evaluation-name":
      return {
        message: `\`${finding.metric}\` is printed beside \`${finding.found}\`, so it is probably measured on training data; its values count, because the target names it`,
        hint: `if you mean the evaluation, name it in \`--target\`: \`${finding.found}\``,
      };
  }
}

/** An example, for metrics that a pattern can name after the word before its group. */
function labelledPattern({
  metric,
  labels,
}: Extract<DataFinding, { rule: "metric-under-several-labels" }>): string {
  if (!/^[\p{L}_][\p{L}\p{N}_/@-]*$/u.test(metric)) return " to `--metric`";
  return `: \`--metric '${labels[0]}.*${metric}[:= ]+(\\S+)'\``;
}
