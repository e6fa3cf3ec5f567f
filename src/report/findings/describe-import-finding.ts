import { formatDuration } from "../../foundation/numbers/units.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import type { DescribedFinding } from "./describe-clock-finding.ts";

const importRules = [
  "log-split-at-restarts",
  "log-may-hold-several-trainings",
  "log-times-in-doubt",
] as const;
type ImportFinding = Extract<Finding, { rule: (typeof importRules)[number] }>;

export function isAboutImport(finding: Finding): finding is ImportFinding {
  return importRules.some((rule) => rule === finding.rule);
}

/** Describes a finding about how a log was imported. */
export function describeImportFinding(finding: ImportFinding): DescribedFinding {
  switch (finding.rule) {
    case "log-split-at-restarts":
      return {
        message: `the log was divided into ${finding.count} trainings because its ${finding.counter} starts over; the log does not number them`,
        hint: "if they are parts of one training, or have different settings, their median means nothing: import each from its own file",
      };
    case "log-may-hold-several-trainings":
      return {
        message: `the ${finding.counter} of the log starts over in line ${finding.line}; the log was imported as one training`,
        hint: "if it holds several trainings, import each from its own file",
      };
    case "log-times-in-doubt":
      return {
        message: `time to train is in doubt: the log does not state the unit or meaning of \`${finding.name}\`; its last value was read as ${formatDuration(finding.lastMs)}, ${readings[finding.readAs]}`,
        hint: timeHints[finding.readAs],
      };
  }
}

type ReadAs = Extract<Finding, { rule: "log-times-in-doubt" }>["readAs"];

const readings: Readonly<Record<ReadAs, string>> = {
  seconds: "because numbers without a unit are seconds",
  "minutes-and-seconds": "because `mm:ss` is minutes and seconds",
  "time-of-day": "as a time of day; times are counted from the first one",
  elapsed: "counted from the start of training",
  "step-durations": "the duration of one step; durations are added up",
};

const timeHints: Readonly<Record<ReadAs, string>> = {
  seconds: "if these are milliseconds, rename the column, for example to `time_ms`",
  "minutes-and-seconds": "if these are hours and minutes, write them as `hh:mm:ss`",
  "time-of-day": "if this is the time since the start, name the column `elapsed`",
  elapsed: "if this is the duration of each step or epoch, name the column `step_time`",
  "step-durations": "if this is the time since the start, name the column `elapsed`",
};
