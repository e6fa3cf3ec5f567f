import { quotedWord } from "../../foundation/text/shell-word.ts";
import { formatCount, formatDuration } from "../../foundation/numbers/units.ts";
import { visibleControls } from "../../foundation/text/visible-controls.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import { countOf } from "../wording.ts";
import type { DescribedFinding } from "./describe-clock-finding.ts";
import { type DataFinding, describeDataFinding, isAboutData } from "./describe-data-finding.ts";

function listOf(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" and ");
}

const textRules = [
  "number-cut-short",
  "metric-inside-longer-name",
  "decimal-comma-read",
  "comma-ambiguous",
  "ratio-printed",
  "pattern-matches-several-names",
  "source-echoed",
] as const;
type TextFinding = Extract<Finding, { rule: (typeof textRules)[number] }>;

const valueRules = [
  "percent-read-as-fraction",
  "value-off-scale",
  "first-evaluation-meets-target",
  "targets-met-apart",
  "target-met-on-rewritten-line",
  "target-met-on-batch-line",
  "reached-withdrawn",
  "values-on-another-scale",
  "several-ranks-print-metric",
] as const;
type ValueFinding = Extract<Finding, { rule: (typeof valueRules)[number] }>;

const arrivalRules = [
  "resumed-from-checkpoint",
  "may-be-resumed",
  "evaluations-before-clock",
  "samples-restarted",
  "samples-decreased",
  "output-came-in-blocks",
  "ranks-not-told-apart",
  "output-came-at-once",
  "output-stopped",
] as const;
type ArrivalFinding = Extract<Finding, { rule: (typeof arrivalRules)[number] }>;

export function isAboutArrival(finding: Finding): finding is ArrivalFinding {
  return arrivalRules.some((rule) => rule === finding.rule);
}

export function isAboutText(finding: Finding): finding is TextFinding | DataFinding {
  return isAboutData(finding) || textRules.some((rule) => rule === finding.rule);
}

export function isAboutValue(finding: Finding): finding is ValueFinding {
  return valueRules.some((rule) => rule === finding.rule);
}

/** Describes a doubt about how a number was read from a line of output. */
export function describeTextFinding(finding: TextFinding | DataFinding): DescribedFinding {
  if (isAboutData(finding)) return describeDataFinding(finding);
  switch (finding.rule) {
    case "number-cut-short":
      return {
        message: `the group of the pattern for \`${finding.metric}\` holds \`${finding.group}\` of the number \`${finding.whole}\`; Pitwall read the whole number`,
        hint: "use a group that takes all of it: `(\\S+)`, or give only the name of the metric",
      };
    case "metric-inside-longer-name":
      return {
        message: `the pattern for \`${finding.metric}\` matches inside \`${finding.found}\`; after \`_\`, \`-\` or \`/\`, such values were not used`,
        hint: `to read that metric, name it in \`--target\`: \`${finding.found.replace(/[=:].*$/u, "")}\``,
      };
    case "decimal-comma-read":
      return {
        message: `\`${finding.metric}\`: \`${finding.seen}\` has a decimal comma; Pitwall read ${finding.value}`,
      };
    case "comma-ambiguous":
      return {
        message: `\`${finding.metric}\`: the comma in \`${finding.seen}\` may be a decimal comma or separate thousands; such values were not used`,
        hint: "print a decimal point, or numbers without separators",
      };
    case "ratio-printed":
      return {
        message: `\`${finding.metric}\` is printed as a ratio, \`${finding.seen}\`; such values were not used`,
        hint: "print the quotient as a number of its own",
      };
    case "pattern-matches-several-names":
      return {
        message: `the pattern for \`${finding.metric}\` matches ${listOf(finding.names)} on one line; such values were not used`,
        hint: `name one of them in \`--target\`: \`${finding.names.at(-1) ?? finding.metric}\``,
      };
    case "source-echoed":
      return {
        message: `the program prints source code that looks like a value of \`${finding.metric}\`; Pitwall ignored it`,
        hint: `first such line: \`${finding.line}\``,
      };
  }
}

/** Describes a doubt about the values that were read. */
export function describeValueFinding(finding: ValueFinding): DescribedFinding {
  switch (finding.rule) {
    case "percent-read-as-fraction":
      return {
        message: `\`${finding.metric}\`: \`${finding.seen}\` is a percentage; the target is a fraction, so Pitwall compared ${finding.value}`,
      };
    case "value-off-scale":
      return {
        message: `\`${finding.metric}\` was \`${finding.seen}\`, but the target is ${finding.targetValue}: the program seems to print percent; ${countOf(finding.count, "such value")} ${finding.count === 1 ? "was" : "were"} not used`,
        hint: `give the target on the program's scale, for example \`--target ${quotedWord(`${finding.metric}>=${finding.targetValue * 100}`)}\``,
      };
    case "first-evaluation-meets-target":
      return {
        message: `the first value of \`${finding.metric}\`, ${finding.value}, already meets the target`,
        hint: "check the direction and the scale of the target",
      };
    case "targets-met-apart":
      return {
        message: `each of the ${finding.targetCount} targets was met, but never all of them at the same time`,
        hint: "`pitwall show` prints when each one was first met; a run reaches its targets only when the newest evaluations meet all of them",
      };
    case "target-met-on-rewritten-line":
      return {
        message: `\`${finding.metric}\` met the target, ${finding.value}, on a line that a progress bar rewrote: it may be a running value of one batch`,
        hint: "use a metric that the program prints once for each evaluation",
      };
    case "target-met-on-batch-line":
      return {
        message: `\`${finding.metric}\` met the target, ${finding.value}, on a line about part of a pass over the data: it may be a value of one batch`,
        hint: "use a metric that the program prints once for each evaluation",
      };
    case "reached-withdrawn":
      return {
        message: `\`${finding.metric}\` first met the target, ${finding.value}, with a value that does not count after all: of a batch, of training data or under another name`,
        hint: "use a metric that the program prints only for evaluations",
      };
    case "values-on-another-scale":
      return describeScale(finding);
    case "several-ranks-print-metric":
      return {
        message: `${finding.rankCount} ranks print \`${finding.metric}\`; each value counts as an evaluation`,
        hint: "let one rank print it, after the values were reduced over all ranks",
      };
  }
}

function describeScale({
  metric,
  scale,
  best,
  targetValue,
}: Extract<Finding, { rule: "values-on-another-scale" }>): DescribedFinding {
  const other = scale === "fraction" ? targetValue / 100 : targetValue * 100;
  return {
    message: `all values of \`${metric}\` look like ${scale === "fraction" ? "fractions" : "percentages"}, the best is ${best}, but the target is ${targetValue}`,
    hint: `if so, give the target on the program's scale: ${other}`,
  };
}

function describeRanks({
  launcher,
  valuesPerEvaluation,
}: Extract<Finding, { rule: "ranks-not-told-apart" }>): DescribedFinding {
  const by = launcher === undefined ? "" : ` that \`${launcher}\` starts`;
  return {
    message: `evaluations came ${valuesPerEvaluation} at a time with different values, perhaps from ranks${by}; each value counts as an evaluation`,
    hint: `let Pitwall start the ranks, \`--nproc ${valuesPerEvaluation} -- python train.py\`, or print the metric on rank 0 only`,
  };
}

function describeStop({
  silentMs,
  usualMs,
}: Extract<Finding, { rule: "output-stopped" }>): DescribedFinding {
  const usual =
    usualMs === undefined ? "" : `; before that, a line came every ${formatDuration(usualMs)}`;
  return {
    message: `no output for the last ${formatDuration(silentMs)}${usual}`,
    hint: "the program may be stalled; `pitwall show <run> --log` prints its last lines",
  };
}

/** Describes a doubt about when output came. */
export function describeArrivalFinding(finding: ArrivalFinding): DescribedFinding {
  switch (finding.rule) {
    case "resumed-from-checkpoint":
      return {
        message: `the program continues a training from a checkpoint: ${resumeReason(finding)}; its time is not that of a whole training`,
        hint: "delete the checkpoint before each run, for example with `--prepare 'rm -rf checkpoints'`; to add this time to that of the run that was cut: `--continues <run>`",
      };
    case "may-be-resumed":
      return {
        message: `the program may continue a training from a checkpoint: ${doubtReason(finding)}; the time of such a run is not that of a whole training`,
        hint: "if so, add this time to that of the run that was cut with `--continues <run>`, or train from the beginning",
      };
    case "evaluations-before-clock":
      return {
        message: `${countOf(finding.count, "evaluation")} came before the clock started and ${finding.count === 1 ? "was" : "were"} not counted`,
      };
    case "samples-restarted":
      return {
        message: `the count of samples went back ${finding.count === 1 ? "once" : `${formatCount(finding.count)} times`}, as if it restarted in each epoch; Pitwall added the parts up`,
      };
    case "samples-decreased":
      return {
        message: `the count of samples went back from ${formatCount(finding.fromCount)} to ${formatCount(finding.toCount)}; Pitwall kept the higher count`,
        hint: "if several ranks print a count, let one rank print the total",
      };
    case "output-came-in-blocks":
      return {
        message: `${finding.evaluationCount} evaluations arrived in ${finding.blockCount} blocks, one every ${formatDuration(finding.intervalMs)}: the program buffers its output, so times are late by up to that`,
        hint: "flush after each line: `python -u`, `flush=True`, `stdbuf -oL`",
      };
    case "ranks-not-told-apart":
      return describeRanks(finding);
    case "output-came-at-once":
      return {
        message: `all ${finding.evaluationCount} evaluations arrived within ${formatDuration(finding.withinMs)} at the end of the run: the program buffers its output, so their times are too late`,
        hint: "flush after each line: `python -u`, `flush=True`, `stdbuf -oL`",
      };
    case "output-stopped":
      return describeStop(finding);
  }
}

function doubtReason({ flag, counter }: Extract<Finding, { rule: "may-be-resumed" }>): string {
  if (counter === undefined) return `its command has \`${visibleControls(flag ?? "")}\``;
  return `the first ${counter.name} that it printed is ${formatCount(counter.first)}`;
}

function resumeReason({
  line,
  firstCount = 0,
}: Extract<Finding, { rule: "resumed-from-checkpoint" }>): string {
  if (line !== undefined) return `it printed \`${visibleControls(line)}\``;
  return `its first evaluation is at ${formatCount(firstCount)} samples`;
}
