import { formatDuration, formatSignificant } from "../../foundation/numbers/units.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";

/** A finding in words. */
export interface DescribedFinding {
  message: string;
  /** What to do about it. */
  hint?: string;
}

const clockRules = [
  "clock-stepped",
  "program-clock-restarted",
  "logged-clock-unusable",
  "log-clock-backwards",
  "program-clock-unusable",
  "logged-clock-disagrees",
  "timed-part-negligible",
] as const;
type ClockFinding = Extract<Finding, { rule: (typeof clockRules)[number] }>;

export function isAboutClock(finding: Finding): finding is ClockFinding {
  return clockRules.some((rule) => rule === finding.rule);
}

/** Describes how far the times that a program logs can be trusted. */
export function describeClockFinding(finding: ClockFinding): DescribedFinding {
  switch (finding.rule) {
    case "logged-clock-disagrees":
      return {
        message: `time to train is in doubt: by the program's own times the timed part took ${formatDuration(finding.loggedMs)}, but its lines arrived over ${formatDuration(finding.arrivedMs)}`,
        hint: "check that the program logs the time at which each event happens, and print unbuffered",
      };
    case "timed-part-negligible":
      return {
        message: `time to train is in doubt: the clock covers ${timedShare(finding)}; the program may have trained before \`run_start\``,
        hint: "log `run_start` before the first training step; initialization before it may take long, see docs/scoring.md",
      };
    case "clock-stepped":
      return {
        message: `the timed part differs by ${formatDuration(Math.abs(finding.steppedMs))} between the program's clock and this machine's clock; Pitwall used the program's times`,
        hint: "a clock was adjusted during the run, or the program buffered its output; run it again with unbuffered output",
      };
    case "logged-clock-unusable":
      return {
        message: `the program's own times are unusable: ${finding.reason}; Pitwall used the arrival times of its output`,
      };
    case "log-clock-backwards":
      return {
        message: `time to train is in doubt: the times of the log run backwards by ${formatDuration(finding.fromMs - finding.toMs)}${finding.line === undefined ? "" : ` in line ${finding.line}`}${finding.count > 1 ? `, ${finding.count} times` : ""}`,
        hint: "the log may hold several trainings or a restart, or a clock was adjusted; import each training from its own file",
      };
    case "program-clock-restarted":
      return {
        message: `the program's clock \`${finding.clock}\` restarted ${finding.count === 1 ? "once" : `${finding.count} times`}, as if it counts from the start of each epoch; Pitwall added the parts up`,
        hint: "the time between the last line of a part and its restart is missing; use a clock that is never reset if there is one",
      };
    case "program-clock-unusable":
      return {
        message: `the program's clock \`${finding.clock}\` is unusable: ${clockProblem(finding)}; Pitwall used the arrival times of the output`,
        hint: clockHints[finding.problem],
      };
  }
}

const clockHints = {
  missing: "print the clock on the line of the metric, or between two evaluations",
  backwards: "use a clock that counts from the start of the training and is never reset",
  ahead: "check its unit: without one behind the number (`812ms`), it is read as seconds",
} as const;

function clockProblem(finding: Extract<Finding, { rule: "program-clock-unusable" }>): string {
  const shown = formatDuration(finding.shownMs ?? 0);
  const other = formatDuration(finding.otherMs ?? 0);
  switch (finding.problem) {
    case "missing":
      return "no line with it belongs to the value that met the target";
    case "backwards":
      return `it went back from ${other} to ${shown}`;
    case "ahead":
      return `it shows ${shown} at the target, but only ${other} had passed since launch`;
  }
}

function timedShare(finding: Extract<Finding, { rule: "timed-part-negligible" }>): string {
  const { timedMs, untimedMs, timedCpuSeconds, untimedCpuSeconds } = finding;
  const totalMs = timedMs + untimedMs;
  const time = `${percentOf(timedMs, totalMs)} of the time until the target (${formatDuration(timedMs)} of ${formatDuration(totalMs)})`;
  if (timedCpuSeconds === undefined || untimedCpuSeconds === undefined) return time;
  return `${time} and ${percentOf(timedCpuSeconds, timedCpuSeconds + untimedCpuSeconds)} of its CPU time`;
}

function percentOf(part: number, whole: number): string {
  return `${formatSignificant(whole > 0 ? (100 * part) / whole : 0, 2)} %`;
}
