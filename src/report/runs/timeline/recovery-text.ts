import type { LifecycleEventBody } from "../../../schema/run/events/lifecycle-event.ts";
import type {
  AttemptFault,
  GiveUpReason,
  RecoveryDecision,
} from "../../../schema/run/events/recovery.ts";

type RecoveryEvent = Extract<LifecycleEventBody, { kind: "restarting" | "gave-up" }>;

export function isRecoveryEvent(event: LifecycleEventBody): event is RecoveryEvent {
  return event.kind === "restarting" || event.kind === "gave-up";
}

/** Why an attempt failed, and what is done about it. */
export function recoveryText(event: RecoveryEvent): string {
  const { fault, decision } = event;
  const what = decisionText(decision);
  const number = event.kind === "restarting" ? ` (attempt ${event.attempt})` : "";
  return `${what}${number}: ${fault.text}${stepText(fault)}`;
}

function stepText({ step }: AttemptFault): string {
  return step === undefined ? "" : `, at about step ${step}`;
}

function decisionText(decision: RecoveryDecision): string {
  switch (decision.kind) {
    case "restart":
      return "restarting the job";
    case "replace-host":
      return `restarting the job with ${decision.spares.join(", ") || "other nodes"} in place of ${decision.hosts.join(", ")}`;
    case "drop-host":
      return `restarting the job without ${decision.hosts.join(", ")}`;
    case "give-up":
      return `not restarted, ${giveUpTexts[decision.reason]}${decision.detail === undefined ? "" : ` (${decision.detail})`}`;
  }
}

const giveUpTexts: Record<GiveUpReason, string> = {
  "no-restarts-left": "no restarts left",
  "budget-used": "the budget for this kind of fault is used up",
  "same-fault-again": "the same fault at the same step twice, so the program or its data causes it",
  "lasting-fault": "a restart would not change it",
  "start-failed": "the next attempt did not start",
  canceled: "the job was canceled",
};
