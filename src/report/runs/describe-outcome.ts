import type { Outcome } from "../../schema/run/run-result.ts";
import type { Paint } from "../paint.ts";

/** An outcome in a word or two. */
export function describeOutcome(outcome: Outcome, paint: Paint): string {
  switch (outcome.kind) {
    case "reached":
      return paint.good("reached");
    case "missed":
      return paint.bad(missedBy[outcome.reason]);
    case "died":
      return paint.bad(
        outcome.signal === undefined
          ? `died, exit code ${outcome.exitCode ?? "unknown"}`
          : `died by ${outcome.signal}`,
      );
    case "interrupted":
      return paint.warn("interrupted");
  }
}

const missedBy = {
  ended: "missed: the program ended first",
  "max-time": "missed: out of time",
  "max-cost": "missed: out of money",
  "max-samples": "missed: out of samples",
} as const;
