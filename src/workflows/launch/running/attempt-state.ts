import type { LaunchedJob, LaunchEvent } from "../../../launch/launcher.ts";
import type { StopReason } from "../../../schema/run/events/run-event.ts";
import type { TrackedRun } from "../../../score/tracking/tracked-run.ts";
import { RankEnds } from "./rank-ends.ts";
import type { EndEvent } from "./store-end-event.ts";

/** After a rank has failed, the others may print their reason for this long: what was seen first is often a victim. */
const lastWordsMs = 2000;

/** Time between SIGTERM and SIGKILL, and where ranks store a checkpoint because they have to make way. */
const usualGraceMs = 5000;
const checkpointGraceMs = 30_000;

/** The state of one attempt of a run: of its only one, unless the job is started again after a failure. */
export class AttemptState {
  readonly ranks: RankEnds;
  /** Being written: the exits of thousands of ranks do not wait for each other. */
  readonly exits: Promise<unknown>[] = [];
  end: Extract<LaunchEvent, { kind: "ended" }> | undefined;
  stopReason: StopReason | undefined;
  isStopReported = false;
  /** A reason to end the run that came while its job was stopped after a failure. */
  overruling: StopReason | undefined;
  /** A host was told to make way. */
  isPreempted = false;
  /** The job is stopped because it printed nothing for this long. */
  silentMs: number | undefined;
  #lastOutputMs: number;
  readonly #isAlone: boolean;
  /** When the first of several ranks failed. */
  #failedMs: number | undefined;

  constructor({ ranks, launchedMs }: Pick<LaunchedJob, "ranks" | "launchedMs">) {
    this.#isAlone = ranks.length === 1;
    this.ranks = new RankEnds(ranks);
    this.#lastOutputMs = launchedMs;
  }

  printed(timeMs: number): void {
    this.#lastOutputMs = Math.max(this.#lastOutputMs, timeMs);
  }

  /**
   * Whether the job has to be stopped, because the other ranks wait forever for the one that has ended: at once if its host is gone, else
   * `isFailedFor` says when.
   */
  mustStopAfter(event: EndEvent, newestMs: number): boolean {
    if (!this.ranks.hasFailedRank || this.#isAlone) return false;
    if (event.kind !== "host-lost") {
      this.#failedMs ??= Math.max(event.timeMs, newestMs);
      return false;
    }
    this.isPreempted ||= event.isPreempted === true;
    return true;
  }

  /** Whether the other ranks have had their time to end by themselves after a failure. */
  isFailedFor(nowMs: number): boolean {
    const { end } = this;
    return end === undefined && nowMs - (this.#failedMs ?? nowMs) >= lastWordsMs;
  }

  /** Whether a running job has printed nothing for the given time, which `silentMs` then states. */
  hangs(nowMs: number, timeoutMs: number | undefined): boolean {
    const silentMs = nowMs - this.#lastOutputMs;
    if (timeoutMs === undefined || silentMs < timeoutMs) return false;
    if (this.stopReason !== undefined || this.end !== undefined) return false;
    this.silentMs = silentMs;
    return true;
  }

  /** How long the ranks may take to end after they were told to. */
  get graceMs(): number {
    const makesWay = this.stopReason === "failure" && this.isPreempted;
    return makesWay || this.stopReason === "preemption" ? checkpointGraceMs : usualGraceMs;
  }

  /** Whether it was stopped before its target because it had to make way. */
  hasMadeWay({ reached }: Pick<TrackedRun, "reached">): boolean {
    return this.stopReason === "preemption" && reached === undefined;
  }

  /** Whether the job has failed by itself: not reached, and not stopped on request. */
  hasFailed({ reached, stop }: Pick<TrackedRun, "reached" | "stop">): boolean {
    const wasStopped = this.stopReason !== undefined && this.stopReason !== "failure";
    const isOver = reached !== undefined || stop?.status === "success";
    // A preempted program may exit with code 0.
    const { hasFailedRank, schedulerState } = this.ranks;
    const hasEndedEarly =
      hasFailedRank || schedulerState !== undefined || this.silentMs !== undefined;
    return !wasStopped && !isOver && hasEndedEarly;
  }
}
