/** What Slurm says about a job, from `scontrol show job`. */
export interface SlurmJobState {
  /** In Slurm's words: `PENDING`, `RUNNING`, `COMPLETED`, `TIMEOUT`… */
  state: string;
  /** Why it waits, or why it ended; undefined for none. */
  reason: string | undefined;
  /** Milliseconds since the epoch; Slurm counts whole seconds. */
  startMs: number | undefined;
  /** The nodes in Slurm's notation, `node[1-2]`. */
  nodeList: string | undefined;
  exitCode: number | undefined;
  /** How often Slurm has started it again. */
  restartCount: number;
  /** Where its script runs. */
  batchHost?: string | undefined;
  /** Slurm has asked it to make way for another job, and ends it after a grace period. */
  isPreempted?: boolean;
}

/** Reads the line of `TZ=UTC scontrol --oneliner show job`; undefined if it is something else. */
export function parseJobState(line: string): SlurmJobState | undefined {
  const field = (name: string): string | undefined => {
    const value = new RegExp(`(?:^|\\s)${name}=(\\S+)`, "u").exec(line)?.[1];
    return value === undefined || /^(?:\(null\)|None|Unknown|N\/A)$/u.test(value)
      ? undefined
      : value;
  };
  const state = field("JobState");
  if (state === undefined) return undefined;
  const start = field("StartTime");
  const exit = /^(\d+):\d+$/u.exec(field("ExitCode") ?? "")?.[1];
  return {
    state,
    reason: field("Reason"),
    startMs: start === undefined ? undefined : Date.parse(`${start}Z`),
    nodeList: field("NodeList"),
    exitCode: exit === undefined ? undefined : Number(exit),
    restartCount: Number(field("Restarts") ?? 0),
    batchHost: field("BatchHost"),
    ...(field("PreemptTime") === undefined ? {} : { isPreempted: true }),
  };
}

const waitingStates = new Set([
  "PENDING",
  "CONFIGURING",
  "REQUEUED",
  "REQUEUE_HOLD",
  "REQUEUE_FED",
  "SPECIAL_EXIT",
  "RESV_DEL_HOLD",
]);
const activeStates = new Set([
  "RUNNING",
  "COMPLETING",
  "SUSPENDED",
  "STOPPED",
  "RESIZING",
  "SIGNALING",
  "STAGE_OUT",
]);

/** Unknown states of newer versions count as ended, so that a run never waits for a job that is gone. */
export function phaseOf({ state }: Pick<SlurmJobState, "state">): "waiting" | "active" | "ended" {
  if (waitingStates.has(state)) return "waiting";
  return activeStates.has(state) ? "active" : "ended";
}

/** Whether Slurm starts further steps of a job; it refuses them once the job is completing. */
export function acceptsSteps(state: Pick<SlurmJobState, "state">): boolean {
  return phaseOf(state) === "active" && state.state !== "COMPLETING" && state.state !== "STAGE_OUT";
}

/** Reasons for which a job would wait forever, with what to do. */
const hopelessReasons: Readonly<Record<string, string>> = {
  PartitionConfig: "the partition cannot provide what it requests",
  PartitionNodeLimit: "the partition does not allow that many nodes",
  PartitionTimeLimit: "the time limit is above that of the partition",
  BadConstraints: "no nodes meet the constraints",
  InvalidAccount: "the account is invalid",
  InvalidQOS: "the quality of service is invalid",
  JobHeldAdmin: "an administrator holds the job",
  JobHeldUser: "the job is held",
};

/** Why a waiting job will never start; undefined if it may. */
export function whyNeverStarts({ reason = "" }: Pick<SlurmJobState, "reason">): string | undefined {
  return Object.hasOwn(hopelessReasons, reason) ? hopelessReasons[reason] : undefined;
}

const endWords: Readonly<Record<string, string>> = {
  TIMEOUT: "its time limit was reached",
  DEADLINE: "its deadline was reached",
  PREEMPTED: "it was preempted by another job",
  NODE_FAIL: "a node failed",
  BOOT_FAIL: "a node did not boot",
  OUT_OF_MEMORY: "it used more memory than it was given",
  CANCELLED: "it was canceled",
};

/** Why Slurm itself ended a job; undefined if the job ended on its own. */
export function whySlurmEnded({ state }: Pick<SlurmJobState, "state">): string | undefined {
  return Object.hasOwn(endWords, state) ? endWords[state] : undefined;
}
