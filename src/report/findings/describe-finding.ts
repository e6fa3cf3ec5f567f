import { quotedWord } from "../../foundation/text/shell-word.ts";
import { formatBytes, formatCount } from "../../foundation/numbers/units.ts";
import { likelyTarget } from "../../schema/run/outcome/likely-target.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import {
  type DescribedFinding,
  describeClockFinding,
  isAboutClock,
} from "./describe-clock-finding.ts";
import { describeFileFinding, isAboutFile } from "./describe-file-finding.ts";
import { describeImportFinding, isAboutImport } from "./describe-import-finding.ts";
import {
  describeArrivalFinding,
  describeTextFinding,
  describeValueFinding,
  isAboutArrival,
  isAboutText,
  isAboutValue,
} from "./describe-reading-finding.ts";
import { countOf } from "../wording.ts";

/**
 * Describes a finding, with a hint on what to do about it.
 *
 * @param runId its run, for the commands of the hint
 */
export function describeFinding(finding: Finding, runId?: string): DescribedFinding {
  const described = describe(finding);
  const { hint } = described;
  if (runId === undefined || hint === undefined) return described;
  return { ...described, hint: hint.replace("pitwall show <run>", `pitwall show ${runId}`) };
}

function describe(finding: Finding): DescribedFinding {
  if (isAboutClock(finding)) return describeClockFinding(finding);
  if (isAboutText(finding)) return describeTextFinding(finding);
  if (isAboutValue(finding)) return describeValueFinding(finding);
  if (isAboutArrival(finding)) return describeArrivalFinding(finding);
  if (isAboutFile(finding)) return describeFileFinding(finding);
  if (isAboutImport(finding)) return describeImportFinding(finding);
  if (isAboutOutput(finding)) return describeOutputFinding(finding);
  if (isJobFinding(finding)) return describeJobFinding(finding);
  switch (finding.rule) {
    case "exited-after-target":
      return {
        message: `the program exited ${endOf(finding)} after it reached the target; the time to train is still valid`,
      };
    case "environment-changed":
      return {
        message: `the runs of this series did not have the same environment: ${finding.changes.map(({ field, was, is }) => `${field} was ${was}, is ${is}`).join("; ")}`,
        hint: "their times may not be comparable: start a new series to compare like with like",
      };
    case "seed-has-no-effect":
      return {
        message: `all ${finding.runCount} runs produced identical curves although their seeds differ`,
        hint: "make the program use its seed: put `{seed}` in the command or read the `PITWALL_SEED` environment variable",
      };
  }
}

const jobRules = [
  "prepare-failed",
  "start-failed",
  "simulated",
  "rank-failed",
  "host-lost",
  "ended-by-scheduler",
  "hosts-doubtful",
  "processes-left-running",
  "processes-not-ended",
] as const;
type JobFinding = Extract<Finding, { rule: (typeof jobRules)[number] }>;

function isJobFinding(finding: Finding): finding is JobFinding {
  return jobRules.some((rule) => rule === finding.rule);
}

/** @param state in the words of Slurm */
function hintOfEnd(state: string): { hint?: string } {
  switch (state) {
    case "TIMEOUT":
      return { hint: "give it more time: `--time 4:00:00`" };
    case "OUT_OF_MEMORY":
      return { hint: "request more memory per node: `--sbatch=--mem=64G`" };
    case "PREEMPTED":
      return { hint: "start it again when the other job has ended, or use another partition" };
    default:
      return {};
  }
}

/** What happened to the processes of a run. */
function describeJobFinding(finding: JobFinding): { message: string; hint?: string } {
  switch (finding.rule) {
    case "prepare-failed":
      return {
        message: `the command of \`--prepare\` ended ${endOf(finding)}, so the program was not started`,
        hint: "its output is in `prepare.log` of the record",
      };
    case "start-failed":
      return { message: `the program was not started: ${finding.message} (${finding.code})` };
    case "simulated":
      return {
        message: `no program ran: the output of ${countOf(finding.rankCount, "rank")} is simulated, and so are time, cost and energy`,
      };
    case "rank-failed":
      return {
        message: `rank ${finding.rank} on \`${finding.host}\` failed first: it ended ${endOf(finding)}`,
        hint: `its output: \`pitwall show <run> --log --rank ${finding.rank}\``,
      };
    case "host-lost":
      return { message: `host \`${finding.host}\` was lost during the run: ${finding.reason}` };
    case "ended-by-scheduler":
      return {
        message: `Slurm ended the job: ${finding.reason} (${finding.state})`,
        ...hintOfEnd(finding.state),
      };
    case "hosts-doubtful":
      return {
        message: `${finding.hosts.map((host) => `\`${host}\``).join(", ")}: ${finding.detail}`,
        hint: "`pitwall hosts check` looks at hosts in detail",
      };
    case "processes-not-ended":
      return {
        message: `${countOf(finding.pids.length, "process")} of the program could not be ended, not even with SIGKILL: ${finding.pids.join(", ")}`,
        hint: "they belong to another user, or wait for a device that does not answer: end them as root, or restart the machine",
      };
    case "processes-left-running":
      return {
        message: `${countOf(finding.count, "process")} of the program kept running after it exited; Pitwall ended ${finding.count === 1 ? "it" : "them"}`,
      };
  }
}

const maximumListedNames = 12;

function namesText(names: readonly string[]): string {
  const listed = names.slice(0, maximumListedNames).map((name) => `\`${name}\``);
  return `${listed.join(", ")}${names.length > maximumListedNames ? ", …" : ""}`;
}

function neverMatched(
  finding: Extract<Finding, { rule: "metric-never-matched" }>,
): DescribedFinding {
  const { metric, pattern, nearestLine, longerNames = [], suggestion } = finding;
  const message =
    pattern === undefined
      ? `no output line gives \`${metric}\` a number`
      : `no output line matched \`${pattern}\``;
  if (longerNames.length > 0) {
    const names = longerNames.map((name) => `\`${name}\``).join(", ");
    return {
      message,
      hint: `the output has ${names}; to use one, name it in \`--target\``,
    };
  }
  if (nearestLine === undefined) {
    return {
      message,
      hint:
        finding.namesSeen === undefined
          ? `no line with a number contains \`${metric}\`; check that the program prints it, with unbuffered output`
          : `the output has numbers for ${namesText(finding.namesSeen)}`,
    };
  }
  const advice =
    suggestion === undefined ? "" : `; if it is meant, name it in \`--target\`: \`${suggestion}\``;
  return { message, hint: `closest line: \`${nearestLine}\`${advice}` };
}

function qualityNeverRead(
  finding: Extract<Finding, { rule: "quality-never-read" }>,
): DescribedFinding {
  if (finding.metric === undefined) {
    return {
      message:
        "the output contains no MLLOG lines and no metric, so Pitwall cannot tell whether the target was reached",
      hint:
        finding.metricsSeen.length === 0
          ? "specify the target: `--target 'val_acc>=0.94'`"
          : `the output has numbers for ${namesText(finding.metricsSeen)}; give a target for one of them, such as \`--target ${quotedWord(likelyTarget(finding.metricsSeen))}\``,
    };
  }
  const seen = finding.metricsSeen.map((name) => `\`${name}\``).join(", ");
  return {
    message: `\`${finding.metric}\` was not found in the output`,
    hint: `metrics found: ${seen === "" ? "none" : seen}`,
  };
}

/** What the output of a program lacks or holds too much of. */
type OutputFinding = Extract<Finding, { rule: (typeof outputRules)[number] }>;

const outputRules = [
  "metric-not-a-number",
  "metric-never-matched",
  "metric-only-in-training-batches",
  "metric-only-for-training-data",
  "quality-never-read",
  "unreadable-log-lines",
  "long-lines-cut",
] as const;

function isAboutOutput(finding: Finding): finding is OutputFinding {
  return outputRules.some((rule) => rule === finding.rule);
}

function describeOutputFinding(finding: OutputFinding): DescribedFinding {
  switch (finding.rule) {
    case "metric-not-a-number":
      return {
        message: `\`${finding.metric}\` was \`${finding.seen}\`, not a finite number, ${times(finding.count)}; Pitwall ignored it`,
        hint: "training diverged if the loss is NaN: try a lower learning rate or gradient clipping",
      };
    case "metric-never-matched":
      return neverMatched(finding);
    case "metric-only-in-training-batches":
      return {
        message: `\`${finding.metric}\` was printed only for batches of training data; such values do not count as evaluations`,
        hint: `first such line: \`${finding.line}\`; print the metric of each evaluation on a line of its own, or name another metric`,
      };
    case "metric-only-for-training-data":
      return {
        message: `\`${finding.metric}\` was printed only for \`${finding.training}\`; values of training data do not count as evaluations`,
        hint: `first such line: \`${finding.line}\`; if this is what you want, name it in \`--target\`: \`train_${finding.metric}\``,
      };
    case "quality-never-read":
      return qualityNeverRead(finding);
    case "unreadable-log-lines":
      return {
        message: `${countOf(finding.count, "MLLOG line")} could not be read`,
        hint: `first such line: \`${finding.firstLine}\``,
      };
    case "long-lines-cut":
      return {
        message: `${countOf(finding.count, "line")} of the output ${finding.count === 1 ? "is" : "are"} longer than ${formatBytes(finding.keptBytes)} (up to ${formatBytes(finding.longestBytes)}); patterns saw only the first ${formatBytes(finding.keptBytes)}`,
        hint: "`log.txt` keeps every byte; print metrics on lines of their own",
      };
  }
}

function endOf(end: { exitCode?: number | undefined; signal?: string | undefined }): string {
  return end.signal === undefined
    ? `with exit code ${end.exitCode ?? "unknown"}`
    : `with ${end.signal}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${formatCount(count)} times`;
}
