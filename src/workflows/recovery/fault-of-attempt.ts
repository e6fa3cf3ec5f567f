import { describeCause } from "../../report/diagnosis/describe-cause.ts";
import type { AttemptFault } from "../../schema/run/events/recovery.ts";
import type { Outcome } from "../../schema/run/outcome/outcome.ts";
import type { StepSample } from "../../schema/run/measured/telemetry-sample.ts";
import type { RunRecord } from "../../store/records/run-store.ts";
import { diagnoseRecord } from "../diagnose/diagnose-target.ts";
import { stepsOf } from "../diagnose/facts-of-record.ts";

/** How an attempt ended. */
export interface AttemptEnd {
  outcome: Extract<Outcome, { kind: "died" }>;
  /** It was stopped because it printed nothing for this long. */
  silentMs?: number | undefined;
  /** In the words of the scheduler that ended it. */
  schedulerState?: string | undefined;
  endedMs: number;
  /** Pitwall was told to make way, or was killed, and its job ended with it. */
  pitwall?: "told-to-stop" | "killed";
}

const endsOfPitwall = {
  "told-to-stop": {
    kind: "preemption",
    text: "Pitwall received SIGTERM, as when its machine is preempted",
  },
  killed: { kind: "launcher-killed", text: "Pitwall was killed, and its job ended with it" },
} as const;

/**
 * Why an attempt failed, from the record of its run.
 *
 * @param sinceMs when the attempt was launched
 */
export async function faultOfAttempt(
  record: RunRecord,
  sinceMs: number,
  { outcome, silentMs, endedMs, pitwall }: AttemptEnd,
): Promise<AttemptFault> {
  if (pitwall !== undefined) {
    const step = lastStep(await stepsOf(record, sinceMs));
    return { ...endsOfPitwall[pitwall], ranks: [], hosts: [], ...step };
  }
  const findings =
    silentMs === undefined ? [] : [{ rule: "output-stopped" as const, silentMs, usualMs: 0 }];
  const { diagnosis } = await diagnoseRecord(record, endedMs, {
    state: "finished",
    outcome,
    findings,
  });
  const { verdict } = diagnosis;
  const step = lastStep(await stepsOf(record, sinceMs));
  if (verdict.kind === "fault") {
    const [cause] = verdict.causes;
    if (cause !== undefined) {
      const { kind, ranks, hosts } = cause;
      return { kind, ranks, hosts, text: describeCause(cause), ...step };
    }
  }
  if (silentMs !== undefined) {
    const text = `the program printed nothing for ${Math.round(silentMs / 1000)} s`;
    return { kind: "hang", ranks: [], hosts: [], text, ...step };
  }
  const text = verdict.kind === "not-sure" ? verdict.reason : endText(outcome);
  return { kind: "unknown", ranks: [], hosts: [], text, ...step };
}

function endText({ exitCode, signal }: AttemptEnd["outcome"]): string {
  if (signal !== undefined) return `a rank was ended by ${signal}`;
  return exitCode === undefined
    ? "the job failed, and the record does not show why"
    : `a rank ended with exit code ${exitCode}`;
}

/** The furthest step of all ranks, and how many steps a sample covers. */
function lastStep(
  steps: ReadonlyMap<number, readonly StepSample[]>,
): Pick<AttemptFault, "step" | "stepMargin"> {
  const samples = [...steps.values()].flat();
  if (samples.length === 0) return {};
  return {
    step: Math.max(...samples.map(({ step }) => step)),
    stepMargin: Math.max(...samples.map(({ stepCount }) => stepCount)),
  };
}
