import type { Exit, SchedulerEnd } from "../../../launch/launcher.ts";
import type { Finding } from "../../../schema/run/findings/finding.ts";
import type { Place } from "../../../schema/run/hosts/rank.ts";
import type { RunResult } from "../../../schema/run/outcome/run-result.ts";
import type { RankExit } from "../../../schema/run/events/run-event.ts";

/** The first failure of a job. */
type Failure = ({ kind: "rank"; exit: RankExit } & Place) | { kind: "host"; host: string };

/** How the ranks of a job have ended so far. */
export class RankEnds {
  readonly #ranks: readonly Place[];
  readonly #lostHosts: Extract<Finding, { rule: "host-lost" }>[] = [];
  #schedulerEnd: Extract<Finding, { rule: "ended-by-scheduler" }> | undefined;
  #failure: Failure | undefined;

  constructor(ranks: readonly Place[]) {
    this.#ranks = ranks;
  }

  /** The size of the job for its result; empty for a job of one rank. */
  get job(): RunResult["job"] {
    if (this.#ranks.length === 1) return undefined;
    const hosts = [...new Set(this.#ranks.map(({ host }) => host))];
    return { hosts, rankCount: this.#ranks.length };
  }

  exited({ host, rank }: Place, exit: RankExit): void {
    const isClean = "exitCode" in exit && exit.exitCode === 0;
    if (!isClean) this.#failure ??= { kind: "rank", host, rank, exit };
  }

  lost(host: string, reason: string): void {
    this.#failure ??= { kind: "host", host };
    this.#lostHosts.push({ rule: "host-lost", host, reason });
  }

  endedByScheduler({ scheduler, state, reason }: SchedulerEnd): void {
    this.#schedulerEnd = { rule: "ended-by-scheduler", scheduler, state, reason };
  }

  /** Whether a rank has failed or was lost, so that the other ranks wait for it. */
  get hasFailedRank(): boolean {
    return this.#failure !== undefined;
  }

  /** The exit of the job: that of the first rank to fail; unknown if its host was lost. */
  get exit(): { exitCode: number | undefined; signal: string | undefined } {
    if (this.#failure === undefined) return { exitCode: 0, signal: undefined };
    const unknown = { exitCode: undefined, signal: undefined };
    return this.#failure.kind === "host" ? unknown : { ...unknown, ...this.#failure.exit };
  }

  /** In the words of the scheduler that ended the job; undefined if it ended on its own. */
  get schedulerState(): string | undefined {
    return this.#schedulerEnd?.state;
  }

  /** Then the exits of its ranks are no failures; of a job without memory it matters which rank was killed. */
  get #wasEndedByScheduler(): boolean {
    return this.#schedulerEnd !== undefined && this.#schedulerEnd.state !== "OUT_OF_MEMORY";
  }

  /**
   * Which rank of several failed first, and which hosts were lost.
   *
   * @param wasStopped whether ranks were ended on request: then their exits are no failures
   */
  findings({ wasStopped }: { wasStopped: boolean }): Finding[] {
    const failure = this.#failure;
    const byScheduler = this.#schedulerEnd === undefined ? [] : [this.#schedulerEnd];
    const rest = [...byScheduler, ...this.#lostHosts];
    const isStated = wasStopped || this.#wasEndedByScheduler;
    if (failure?.kind !== "rank" || isStated || this.#ranks.length === 1) return rest;
    const { host, rank, exit } = failure;
    return [{ rule: "rank-failed", host, rank, ...exit }, ...rest];
  }
}

/** How a rank ended, as recorded. */
export function rankExit(exit: Exit): RankExit {
  switch (exit.kind) {
    case "exited":
      return { exitCode: exit.exitCode };
    case "signalled":
      return { signal: exit.signal };
  }
}
