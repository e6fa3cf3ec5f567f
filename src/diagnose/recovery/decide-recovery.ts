import type {
  AttemptFault,
  FaultKind,
  RecoveryDecision,
  RecoveryRequest,
} from "../../schema/run/events/recovery.ts";

/** A fault as far as it matters for what to do about it. */
export type KnownFault = Pick<AttemptFault, "kind" | "hosts" | "text" | "step" | "stepMargin">;

export interface FailedAttempts {
  limits: Pick<RecoveryRequest, "maxRestarts" | "restartBudget" | "minNodes">;
  /** Of all failed attempts, the newest last. */
  faults: readonly KnownFault[];
  /** Of the attempt that failed last. */
  hosts: readonly string[];
  /** Hosts that are not used yet. */
  spares: readonly string[];
  /** Whether a scheduler chooses the hosts, and can give others. */
  givesOthers?: boolean;
  /** In the words of the scheduler that ended the attempt. */
  schedulerState?: string | undefined;
}

/**
 * What to do after an attempt failed: restart the job in place, replace or drop a host, or give up. One step of this ladder after the
 * other: a host is kept after its first fault, unless the fault itself is that the host is gone.
 */
export function decideRecovery(failed: FailedAttempts): RecoveryDecision {
  const { limits, faults } = failed;
  const newest = faults.at(-1);
  if (newest === undefined) throw new RangeError("no attempt has failed");
  // On request, and not because of a fault.
  if (failed.schedulerState === "CANCELLED") return giveUp("canceled");
  if (faults.length > limits.maxRestarts) return giveUp("no-restarts-left");
  const ofKind = faults.filter(({ kind }) => kind === newest.kind).length;
  if (ofKind > (limits.restartBudget?.[newest.kind] ?? Number.POSITIVE_INFINITY))
    return giveUp("budget-used");
  if (isRepeated(newest, faults.at(-2))) return giveUp("same-fault-again");
  const suspects = suspectHosts(failed, newest);
  const placed = suspects.length === 0 ? undefined : withoutHosts(suspects, failed);
  if (placed !== undefined) return placed;
  return persistence[newest.kind] === "lasting" ? giveUp("lasting-fault") : { kind: "restart" };
}

function giveUp(reason: Extract<RecoveryDecision, { kind: "give-up" }>["reason"]) {
  return { kind: "give-up", reason } as const;
}

/**
 * Whose faults they are. `outside`: a process was ended, or a machine failed, at any step of the training; `program`: what the program did
 * or was given; `lasting`: a restart on the same hosts ends in the same way.
 */
const persistence: Record<FaultKind, "outside" | "program" | "lasting"> = {
  crash: "program",
  killed: "outside",
  "out-of-memory": "program",
  "host-lost": "outside",
  "disk-full": "program",
  "bad-checkpoint": "program",
  preemption: "outside",
  // What continues from a checkpoint gets further each time.
  "out-of-time": "program",
  "launcher-killed": "outside",
  "accelerator-error": "outside",
  "not-a-number": "program",
  "loss-spike": "program",
  "compute-straggler": "outside",
  "data-starvation": "outside",
  "thermal-throttle": "outside",
  lock: "outside",
  "slow-link": "outside",
  "replica-divergence": "outside",
  "silent-corruption": "outside",
  configuration: "lasting",
  "clock-step": "outside",
  "collective-mismatch": "program",
  hang: "outside",
  "stalled-collective": "outside",
  "connection-lost": "outside",
  unknown: "program",
};

/**
 * The same fault twice in a row at the same step. Where no steps are known, the same words twice are the program's, but processes that are
 * ended from outside leave no words of their own.
 */
function isRepeated(newest: KnownFault, before: KnownFault | undefined): boolean {
  if (before === undefined || before.kind !== newest.kind) return false;
  if (newest.step === undefined || before.step === undefined) {
    const isUnknown = newest.step === before.step;
    return isUnknown && persistence[newest.kind] !== "outside" && newest.text === before.text;
  }
  const marginSteps = Math.max(newest.stepMargin ?? 0, before.stepMargin ?? 0);
  return Math.abs(newest.step - before.step) <= marginSteps;
}

/** Hosts that the next attempt should do without: those that are gone, and those blamed for two faults. */
function suspectHosts({ faults, hosts }: FailedAttempts, newest: KnownFault): string[] {
  const isGone =
    newest.kind === "host-lost" || newest.kind === "configuration" || newest.kind === "preemption";
  const blamed = newest.hosts.filter((host) => hosts.includes(host));
  // If every host is to blame, none is.
  if (blamed.length === hosts.length && hosts.length > 1) return [];
  return blamed.filter((host) => {
    const count = faults.filter((fault) => fault.hosts.length === 1 && fault.hosts[0] === host);
    return isGone || count.length > 1;
  });
}

function withoutHosts(
  suspects: readonly string[],
  { limits, hosts, spares, givesOthers = false }: FailedAttempts,
): RecoveryDecision | undefined {
  if (spares.length >= suspects.length)
    return {
      kind: "replace-host",
      hosts: [...suspects],
      spares: spares.slice(0, suspects.length),
    };
  const canShrink = hosts.length - suspects.length >= (limits.minNodes ?? hosts.length);
  if (canShrink) return { kind: "drop-host", hosts: [...suspects] };
  return givesOthers ? { kind: "replace-host", hosts: [...suspects], spares: [] } : undefined;
}
