import { formatCount, formatDuration } from "../../foundation/units.ts";
import type { Finding } from "../../schema/run/finding.ts";
import { countOf } from "../wording.ts";

/** A finding in words, with what to do about it. */
export function describeFinding(finding: Finding): { message: string; hint?: string } {
  switch (finding.rule) {
    case "exited-after-target":
      return {
        message: `the program ended ${endOf(finding)} after the target was met; the time stands`,
      };
    case "metric-not-a-number":
      return {
        message: `\`${finding.metric}\` was \`${finding.seen}\`, not a finite number, ${times(finding.count)}; such a value never meets a target`,
        hint: "a loss that turns to NaN has diverged: try a lower learning rate or gradient clipping",
      };
    case "metric-never-matched":
      return neverMatched(finding);
    case "quality-never-read":
      return qualityNeverRead(finding);
    case "clock-stepped":
      return {
        message: `the program's clock and this machine's differ by ${formatDuration(Math.abs(finding.steppedMs))} over the timed part; the program's own times were used`,
        hint: "a clock was set during the run, or output was held back in a buffer: run it again, unbuffered",
      };
    case "logged-clock-unusable":
      return {
        message: `the program's own times can't be used: ${finding.reason}; the time is that of the output's arrival`,
      };
    case "unreadable-log-lines":
      return {
        message: `${countOf(finding.count, "MLLOG line")} could not be read`,
        hint: `the first: \`${finding.firstLine}\``,
      };
    case "processes-left-running":
      return {
        message: `the program left ${countOf(finding.count, "process")} behind; Pitwall ended what was left`,
      };
    case "environment-changed":
      return {
        message: `the runs of this series did not have the same environment: ${finding.changes.map(({ field, was, is }) => `${field} was ${was}, is ${is}`).join("; ")}`,
        hint: "their times may not be comparable: start a new series to compare like with like",
      };
    case "seed-has-no-effect":
      return {
        message: `all ${finding.runCount} runs gave the very same curve, though their seeds differ`,
        hint: "let the program use its seed: `{seed}` in the command, or the variable `PITWALL_SEED`",
      };
  }
}

function neverMatched(finding: Extract<Finding, { rule: "metric-never-matched" }>): {
  message: string;
  hint?: string;
} {
  const message = `no line of the output has matched \`${finding.pattern}\``;
  if (finding.nearestLine === undefined) {
    return {
      message,
      hint: `no line with a number mentions \`${finding.metric}\` either: does the program print it, and unbuffered?`,
    };
  }
  return { message, hint: `this line comes near: \`${finding.nearestLine}\`` };
}

function qualityNeverRead(finding: Extract<Finding, { rule: "quality-never-read" }>): {
  message: string;
  hint?: string;
} {
  if (finding.metric === undefined) {
    return {
      message: "the output held neither MLLOG lines nor a metric, so there is no quality to judge",
      hint: "tell Pitwall how to read it: `--metric 'val_acc=([0-9.]+)' --target 'val_acc>=0.94'`",
    };
  }
  const seen = finding.metricsSeen.map((name) => `\`${name}\``).join(", ");
  return {
    message: `\`${finding.metric}\` was never read from the output`,
    hint: seen === "" ? "no metric was" : `these were: ${seen}`,
  };
}

function endOf(end: { exitCode?: number | undefined; signal?: string | undefined }): string {
  return end.signal === undefined
    ? `with exit code ${end.exitCode ?? "unknown"}`
    : `by ${end.signal}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${formatCount(count)} times`;
}
