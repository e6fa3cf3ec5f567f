import { setTimeout as sleep } from "node:timers/promises";
import { decideRecovery } from "../../diagnose/recovery/decide-recovery.ts";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import type { LaunchedJob } from "../../launch/launcher.ts";
import type {
  LaunchTarget,
  LaunchTargetOf,
  SshHost,
} from "../../schema/run/hosts/launch-target.ts";
import type {
  AttemptFault,
  RecoveryDecision,
  RecoveryRequest,
} from "../../schema/run/events/recovery.ts";
import type { LifecycleEvent } from "../../schema/run/events/lifecycle-event.ts";
import type { RunEvent } from "../../schema/run/events/run-event.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import { scopeOf, withExclude } from "../launch/targets/leave-out-hosts.ts";
import { type Launched, type LaunchParts, startJob } from "../launch/running/launch-run.ts";
import type { RunWorld, TargetWorld } from "../launch/targets/run-world.ts";
import { type AttemptEnd, faultOfAttempt } from "./fault-of-attempt.ts";

/** A host that was lost may answer again: the job is started there if it does within this time. */
const hostReturnsMs = 60_000;
const tryAgainMs = 2000;

/** The next attempt of a run, or that there is none. */
export type Recovered =
  | { kind: "restarted"; attempt: number; job: LaunchedJob; queuedMs: number | undefined }
  | { kind: "gave-up" };

interface RecoveryParts {
  request: RunRequest & { recovery: RecoveryRequest };
  world: RunWorld;
  launching: Omit<LaunchParts, "launcher" | "attempt">;
  /** What an earlier process has recorded. */
  events?: readonly LifecycleEvent[];
}

/** What the decision needs to know of a job that has ended. */
export type EndedJob = Pick<LaunchedJob, "launchedMs" | "hosts" | "spareHosts">;

interface Placed {
  target: LaunchTarget;
  spares: readonly SshHost[];
}

/** Where the newest attempt of a run was to be started, by the decisions on record. */
export function placeOfAttempt(
  { launchTarget, recovery }: Pick<RunRequest, "launchTarget" | "recovery">,
  events: readonly LifecycleEvent[],
): Placed {
  return events.reduce<Placed>(
    (placed, { event }) =>
      event.kind === "restarting" ? placedAfter(placed, event.decision) : placed,
    { target: launchTarget, spares: recovery?.spares ?? [] },
  );
}

/** Starts the job of a run again after failures, for as long as its policy allows. */
export class JobRecovery {
  readonly #parts: RecoveryParts;
  readonly #faults: AttemptFault[] = [];
  readonly #opened: TargetWorld[] = [];
  #placed: Placed;

  constructor(parts: RecoveryParts) {
    const { request, events = [] } = parts;
    this.#parts = parts;
    this.#placed = placeOfAttempt(request, events);
    for (const { event } of events) if (event.kind === "restarting") this.#faults.push(event.fault);
  }

  get hangTimeoutMs(): number | undefined {
    return this.#parts.request.recovery.hangTimeoutMs;
  }

  /**
   * Diagnoses why a job failed, decides, and starts the next attempt.
   *
   * @param failed all of its events are on record, and no process of it is left on a host that answers
   */
  async *afterFailure(failed: LaunchedJob, end: AttemptEnd): AsyncGenerator<RunEvent, Recovered> {
    const { request, world, launching } = this.#parts;
    const { runId } = request;
    const { interrupt } = launching;
    const { fault, decision } = await this.#decide(failed, end);
    await this.#exclude(fault, decision);
    if (decision.kind === "give-up") return yield* this.#giveUp(fault, decision, end.endedMs);
    const attempt = await this.#recordRestart(fault, decision, world.nowMs());
    yield { kind: "restarting", runId, attempt, fault, decision };
    this.#placed = placedAfter(this.#placed, decision);
    await failed.release?.({ isRestarted: true });
    const started = yield* this.#start(attempt);
    // Ctrl-C while the next attempt waited: the run ends with the failure of this one.
    if (interrupt.aborted || started.kind === "withdrawn") {
      if (started.kind === "launched") {
        await started.job.stop({ graceMs: 0 });
        await started.job.release?.();
      }
      return { kind: "gave-up" };
    }
    if (started.kind === "refused") {
      const { detail } = started;
      const stopped = { kind: "give-up", reason: "start-failed", detail } as const;
      return yield* this.#giveUp(fault, stopped, end.endedMs);
    }
    const { job, queuedMs } = started;
    return { kind: "restarted", attempt, job, queuedMs };
  }

  /**
   * Decides whether a job that ended with its Pitwall is to be started again by a later process, which `startPending` then does.
   *
   * @returns the number of the next attempt; undefined if there is none
   */
  async endedWithPitwall(
    job: EndedJob,
    end: Required<Pick<AttemptEnd, "endedMs" | "pitwall">>,
  ): Promise<number | undefined> {
    const outcome = { kind: "died", exitCode: undefined, signal: undefined } as const;
    const { fault, decision } = await this.#decide(job, { outcome, ...end });
    if (decision.kind === "give-up") return undefined;
    return this.#recordRestart(fault, decision, end.endedMs);
  }

  async #decide(
    failed: EndedJob,
    end: AttemptEnd,
  ): Promise<{ fault: AttemptFault; decision: RecoveryDecision }> {
    const { request, world, launching } = this.#parts;
    const { runId, recovery } = request;
    await launching.writer.flush();
    const opened = await world.store.open(runId);
    if (opened.kind !== "opened") throw new Error(`the record of ${runId} cannot be opened`);
    const fault = await faultOfAttempt(opened.record, failed.launchedMs, end);
    this.#faults.push(fault);
    const decision = decideRecovery({
      limits: recovery,
      faults: this.#faults,
      hosts: failed.hosts,
      spares: failed.spareHosts ?? this.#placed.spares.map(({ name }) => name),
      givesOthers: this.#placed.target.kind === "slurm",
      schedulerState: end.schedulerState,
    });
    return { fault, decision };
  }

  async #recordRestart(
    fault: AttemptFault,
    decision: RecoveryDecision,
    timeMs: number,
  ): Promise<number> {
    const attempt = this.#faults.length + 1;
    const { writer } = this.#parts.launching;
    await writer.appendEvent({ kind: "restarting", attempt, fault, decision }, timeMs);
    return attempt;
  }

  /**
   * Starts an attempt that an earlier process has decided on and not started.
   *
   * @throws WorldError `start-failed`
   */
  async *startPending(): AsyncGenerator<RunEvent, Launched> {
    const started = yield* this.#start(this.#faults.length + 1);
    if (started.kind !== "refused") return started;
    throw new WorldError("start-failed", "the next attempt did not start", {
      saw: started.detail,
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map(async ({ launcher }) => launcher.close?.()));
  }

  async *#giveUp(
    fault: AttemptFault,
    decision: RecoveryDecision,
    timeMs: number,
  ): AsyncGenerator<RunEvent, Recovered> {
    const { request, launching } = this.#parts;
    // The run ended with its last attempt.
    await launching.writer.appendEvent({ kind: "gave-up", fault, decision }, timeMs);
    yield { kind: "gave-up", runId: request.runId, fault, decision };
    return { kind: "gave-up" };
  }

  /** Later runs leave out the hosts that this one replaced or dropped, or lost for good. */
  async #exclude(fault: AttemptFault, decision: RecoveryDecision): Promise<void> {
    const { world, request } = this.#parts;
    const isLost = decision.kind === "give-up" && fault.kind === "host-lost";
    const blamed = "hosts" in decision ? decision.hosts : isLost ? fault.hosts : [];
    const scope = scopeOf(this.#placed.target);
    // A host that was preempted is as good as before.
    if (scope === undefined || fault.kind === "preemption") return;
    for (const host of blamed)
      await world.excludeHost?.({ host, scope, reason: fault.text, runId: request.runId });
  }

  async *#start(
    attempt: number,
  ): AsyncGenerator<RunEvent, Launched | { kind: "refused"; detail: string }> {
    const { request, world, launching } = this.#parts;
    const untilMs = performance.now() + hostReturnsMs;
    for (;;) {
      // Connections to a lost host are of no use any more.
      const { launcher, ...observed } = world.openTarget(this.#placed.target);
      this.#opened.push({ launcher, ...observed });
      try {
        await launcher.reap?.((runId) => Promise.resolve(runId === request.runId));
        return yield* startJob(request, world, { ...launching, launcher, attempt });
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const mayReturn = error.code === "host-unreachable" && performance.now() < untilMs;
        if (!mayReturn || launching.interrupt.aborted)
          return { kind: "refused", detail: error.message };
        await sleep(tryAgainMs);
      }
    }
  }
}

/** The hosts of the next attempt. */
function placedAfter(placed: Placed, decision: RecoveryDecision): Placed {
  const { target, spares } = placed;
  if (decision.kind !== "replace-host" && decision.kind !== "drop-host") return placed;
  if (target.kind === "slurm") return { target: withoutNodes(target, decision), spares };
  const isNamed = target.kind === "ssh" || target.kind === "mpi";
  if (!isNamed || target.hosts === undefined) return placed;
  const gone = new Set(decision.hosts);
  const replacing = decision.kind === "replace-host" ? spares.slice(0, gone.size) : [];
  const left = spares.slice(replacing.length);
  const hosts = target.hosts.flatMap((host) => {
    if (!gone.has(host.name)) return [host];
    const spare = replacing.shift();
    return spare === undefined ? [] : [spare];
  });
  return { target: { ...target, hosts }, spares: left };
}

/** Slurm chooses the nodes; a spare is a node that the job has already. */
function withoutNodes(
  target: LaunchTargetOf<"slurm">,
  decision: Extract<RecoveryDecision, { kind: "replace-host" | "drop-host" }>,
): LaunchTargetOf<"slurm"> {
  const { hosts } = decision;
  const { spareNodes = 0, ...others } = target;
  const left = decision.kind === "replace-host" ? spareNodes - decision.spares.length : spareNodes;
  return {
    ...others,
    ...(left > 0 ? { spareNodes: left } : {}),
    nodes: decision.kind === "drop-host" ? target.nodes - hosts.length : target.nodes,
    sbatch: withExclude(target.sbatch ?? [], hosts),
  };
}
