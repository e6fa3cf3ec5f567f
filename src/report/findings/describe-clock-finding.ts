import { formatDuration } from "../../foundation/units.ts";
import type { Finding } from "../../schema/run/finding.ts";

/** A finding in words. */
export interface DescribedFinding {
  message: string;
  /** What to do about it. */
  hint?: string;
}

const clockRules = ["clock-stepped", "logged-clock-unusable"] as const;
type ClockFinding = Extract<Finding, { rule: (typeof clockRules)[number] }>;

export function isAboutClock(finding: Finding): finding is ClockFinding {
  return clockRules.some((rule) => rule === finding.rule);
}

/** Describes how far the times that a program logs can be trusted. */
export function describeClockFinding(finding: ClockFinding): DescribedFinding {
  switch (finding.rule) {
    case "clock-stepped":
      return {
        message: `the timed part differs by ${formatDuration(Math.abs(finding.steppedMs))} between the program's clock and this machine's clock; Pitwall used the program's times`,
        hint: "a clock was adjusted during the run, or the program buffered its output; run it again with unbuffered output",
      };
    case "logged-clock-unusable":
      return {
        message: `the program's own times are unusable: ${finding.reason}; Pitwall used the arrival times of its output`,
      };
  }
}
