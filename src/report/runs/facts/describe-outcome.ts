import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import { isJudged } from "../../../schema/run/outcome/is-judged.ts";
import type { Outcome } from "../../../schema/run/outcome/outcome.ts";
import type { RunResult } from "../../../schema/run/outcome/run-result.ts";
import type { Paint } from "../../paint.ts";

/** How a run ended in a few words. A program without a target that exits by itself has missed nothing. */
export function describeEnd(
  result: Pick<RunResult, "outcome" | "target" | "clock">,
  paint: Paint,
): string {
  const { outcome } = result;
  return outcome.kind === "missed" && outcome.reason === "ended" && !isJudged(result)
    ? "ended, no target"
    : describeOutcome(outcome, paint);
}

/** An outcome in a few words. */
export function describeOutcome(outcome: Outcome, paint: Paint): string {
  switch (outcome.kind) {
    case "reached":
      return paint.good("reached");
    case "missed":
      return paint.bad(missedBy[outcome.reason]);
    case "died":
      if (outcome.notStarted === true) return paint.bad("not started");
      return paint.bad(
        outcome.signal === undefined
          ? `failed, exit code ${outcome.exitCode ?? "unknown"}`
          : `killed by ${outcome.signal}`,
      );
    case "interrupted":
      return paint.warn("interrupted");
    case "untimed":
      return paint.good("reached, without times");
  }
}

const missedBy = {
  ended: "missed: the program exited first",
  "max-time": "missed: time limit reached",
  "max-cost": "missed: cost limit reached",
  "max-samples": "missed: sample limit reached",
  "not-a-number": "missed: diverged to NaN",
} as const;

/** What an abandoned run is: Pitwall itself ended before the run did. */
export function abandonedText(request: Pick<RunRequest, "launchTarget" | "runId">): string {
  const job = mayStillRun(request)
    ? `; its job may continue: \`pitwall attach ${request.runId}\``
    : "";
  return `its Pitwall process ended without writing a result; it was killed, or the disk was full${job}`;
}

/** Whether the job of a run outlives its Pitwall process: those of all launch targets do, except processes of its own. */
export function mayStillRun({ launchTarget }: Pick<RunRequest, "launchTarget">): boolean {
  return launchTarget.kind !== "local" && launchTarget.kind !== "simulated";
}
