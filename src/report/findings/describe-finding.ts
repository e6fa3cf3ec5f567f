import { formatCount, formatDuration } from "../../foundation/units.ts";
import type { Finding } from "../../schema/run/finding.ts";
import { countOf } from "../wording.ts";

/** Describes a finding, with a hint on what to do about it. */
export function describeFinding(finding: Finding): { message: string; hint?: string } {
  if (isJobFinding(finding)) return describeJobFinding(finding);
  switch (finding.rule) {
    case "exited-after-target":
      return {
        message: `the program exited ${endOf(finding)} after it reached the target; the time to train is still valid`,
      };
    case "metric-not-a-number":
      return {
        message: `\`${finding.metric}\` was \`${finding.seen}\`, not a finite number, ${times(finding.count)}; Pitwall ignored it`,
        hint: "training diverged if the loss is NaN: try a lower learning rate or gradient clipping",
      };
    case "metric-never-matched":
      return neverMatched(finding);
    case "quality-never-read":
      return qualityNeverRead(finding);
    case "clock-stepped":
      return {
        message: `the timed part differs by ${formatDuration(Math.abs(finding.steppedMs))} between the program's clock and this machine's clock; Pitwall used the program's times`,
        hint: "a clock was adjusted during the run, or the program buffered its output; run it again with unbuffered output",
      };
    case "logged-clock-unusable":
      return {
        message: `the program's own times are unusable: ${finding.reason}; Pitwall used the arrival times of its output`,
      };
    case "unreadable-log-lines":
      return {
        message: `${countOf(finding.count, "MLLOG line")} could not be read`,
        hint: `first such line: \`${finding.firstLine}\``,
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

type JobFinding = Extract<
  Finding,
  { rule: "rank-failed" | "host-lost" | "processes-left-running" }
>;

function isJobFinding(finding: Finding): finding is JobFinding {
  const { rule } = finding;
  return rule === "rank-failed" || rule === "host-lost" || rule === "processes-left-running";
}

/** What happened to the processes of a run. */
function describeJobFinding(finding: JobFinding): { message: string } {
  switch (finding.rule) {
    case "rank-failed":
      return {
        message: `rank ${finding.rank} on \`${finding.host}\` failed first: it ended ${endOf(finding)}`,
      };
    case "host-lost":
      return { message: `host \`${finding.host}\` was lost during the run: ${finding.reason}` };
    case "processes-left-running":
      return {
        message: `${countOf(finding.count, "process")} of the program kept running after it exited; Pitwall ended ${finding.count === 1 ? "it" : "them"}`,
      };
  }
}

function neverMatched(finding: Extract<Finding, { rule: "metric-never-matched" }>): {
  message: string;
  hint?: string;
} {
  const message = `no output line matched \`${finding.pattern}\``;
  if (finding.nearestLine === undefined) {
    return {
      message,
      hint: `no line with a number contains \`${finding.metric}\`; check that the program prints it, with unbuffered output`,
    };
  }
  return { message, hint: `closest line: \`${finding.nearestLine}\`` };
}

function qualityNeverRead(finding: Extract<Finding, { rule: "quality-never-read" }>): {
  message: string;
  hint?: string;
} {
  if (finding.metric === undefined) {
    return {
      message:
        "the output contains no MLLOG lines and no metric, so Pitwall cannot tell whether the target was reached",
      hint: "specify the metric: `--metric 'val_acc=(\\S+)' --target 'val_acc>=0.94'`",
    };
  }
  const seen = finding.metricsSeen.map((name) => `\`${name}\``).join(", ");
  return {
    message: `\`${finding.metric}\` was not found in the output`,
    hint: `metrics found: ${seen === "" ? "none" : seen}`,
  };
}

function endOf(end: { exitCode?: number | undefined; signal?: string | undefined }): string {
  return end.signal === undefined
    ? `with exit code ${end.exitCode ?? "unknown"}`
    : `with ${end.signal}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${formatCount(count)} times`;
}
