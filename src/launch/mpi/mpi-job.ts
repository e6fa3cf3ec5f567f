import { setTimeout as sleep } from "node:timers/promises";
import type { AgentJob } from "../agent/agent-job.ts";
import { JobOfAgents } from "../agent/job-of-agents.ts";
import type { Exit, LaunchEvent } from "../launcher.ts";
import { lastLines } from "../ssh/explain-ssh.ts";

/** How long ranks may take to end after mpirun has ended, and mpirun after its ranks. */
const lagMs = 5000;
const notStartedMs = 1000;
const shownLineCount = 5;
const keptLength = 8192;
const newline = 10;
/** Open MPI prints its explanations between two lines of hyphens. */
const pageStart = /^-{20,}$/mu;
const scheduler = "mpirun";

type Output = Extract<LaunchEvent, { kind: "output" }>;

/**
 * Ranks that mpirun has started: the agents of the hosts report on them, and another agent, on this machine, on mpirun. What mpirun prints
 * is attributed to rank 0, as standard error.
 */
export class MpiJob extends JobOfAgents {
  readonly #mpirun: AgentJob | undefined;
  readonly #mpirunEnded: Promise<void>;
  #unread: Output[] = [];
  #text = "";
  #exit: Exit | undefined;
  #hasStarted = false;
  #hasFailed = false;
  #isStopped = false;
  #isMpirunStopped = false;
  #isOver = false;
  #hasMpirunEnded = false;
  #isLineOpen = false;
  #lastMs: number;

  /** @param mpirun absent if nothing is known of it any more */
  constructor(agents: AgentJob, mpirun: AgentJob | undefined) {
    super(agents);
    this.#mpirun = mpirun;
    this.#lastMs = agents.launchedMs;
    this.#mpirunEnded = this.#followMpirun();
  }

  get events(): AsyncIterable<LaunchEvent> {
    return this.#events();
  }

  async stop({ graceMs }: { graceMs: number }): Promise<void> {
    this.#isStopped = true;
    await this.agents.stop({ graceMs });
    await this.#endMpirun();
  }

  detach(): void {
    this.agents.detach();
    this.#mpirun?.detach?.();
  }

  override async release(): Promise<void> {
    await Promise.all([super.release(), this.#mpirun?.release?.()]);
  }

  async *#events(): AsyncGenerator<LaunchEvent> {
    for await (const event of this.agents.events) {
      if (event.kind === "ended") {
        await this.#endMpirun();
        // The end of a rank explains that of mpirun, about which it prints a page.
        if (!this.#hasFailed && !this.#isStopped) yield* this.#takeUnread();
        yield* this.#conclude();
        yield this.#inOrder(event);
        return;
      }
      this.#notice(event);
      yield this.#inOrder(event);
      if (!this.#isLineOpen) yield* this.#takeUnlessPage();
    }
  }

  #notice(event: LaunchEvent): void {
    if (event.kind === "output" || event.kind === "rank-exited") this.#hasStarted = true;
    if (event.kind === "rank-exited" && !isClean(event.exit)) this.#hasFailed = true;
    if (event.kind === "host-lost") this.#hasFailed = true;
    const isOfFirst = "rank" in event && event.rank === this.ranks[0]?.rank;
    if (!isOfFirst) return;
    if (event.kind === "output" && event.stream === "stderr")
      this.#isLineOpen = event.bytes.at(-1) !== newline;
    if (event.kind === "rank-exited") this.#isLineOpen = false;
  }

  /** What mpirun has printed since, with times that do not go back. */
  *#takeUnread(): Generator<LaunchEvent> {
    const unread = this.#unread;
    this.#unread = [];
    for (const event of unread) yield this.#inOrder(event);
  }

  /** A page about the end of a rank may arrive before that end does. */
  *#takeUnlessPage(): Generator<LaunchEvent> {
    const isHeld =
      this.#hasFailed || this.#unread.some(({ bytes }) => pageStart.test(textOf(bytes)));
    if (!isHeld) yield* this.#takeUnread();
  }

  #inOrder<Event extends LaunchEvent>(event: Event): Event {
    this.#lastMs = Math.max(this.#lastMs, event.timeMs);
    return event.timeMs === this.#lastMs ? event : { ...event, timeMs: this.#lastMs };
  }

  /** Until mpirun has ended. */
  async #followMpirun(): Promise<void> {
    const [first] = this.ranks;
    if (this.#mpirun === undefined || first === undefined) return;
    const { host, rank } = first;
    for await (const event of this.#mpirun.events) {
      if (event.kind === "output") {
        this.#unread.push({ ...event, host, rank, stream: "stderr" });
        this.#text = (this.#text + textOf(event.bytes)).slice(-keptLength);
      }
      if (event.kind === "rank-exited") this.#exit = event.exit;
    }
    this.#hasMpirunEnded = true;
    void this.#endRanks();
  }

  /** Ranks end with mpirun, and those that it did not start are no longer waited for. */
  async #endRanks(): Promise<void> {
    await sleep(this.#hasStarted ? lagMs : notStartedMs, undefined, { ref: false });
    if (!this.#isOver) await this.agents.stop({ graceMs: lagMs });
  }

  async #endMpirun(): Promise<void> {
    this.#isOver = true;
    if (this.#mpirun === undefined || this.#hasMpirunEnded) return;
    const ended = this.#mpirunEnded.then(() => true);
    const late = sleep(lagMs, false, { ref: false });
    if (!(await Promise.race([ended, late]))) {
      this.#isMpirunStopped = true;
      await this.#mpirun.stop({ graceMs: lagMs });
    }
    await this.#mpirunEnded;
  }

  /** Why mpirun failed, if no rank explains it. */
  *#conclude(): Generator<LaunchEvent> {
    const [first] = this.ranks;
    const exit = this.#exit;
    if (exit === undefined || first === undefined) return;
    const timeMs = this.#lastMs;
    if (exit.kind === "signalled" && !this.#isMpirunStopped) {
      const reason = "mpirun itself was ended";
      yield { kind: "ended-by-scheduler", scheduler, timeMs, state: exit.signal, reason };
      return;
    }
    if (this.#isStopped || this.#hasFailed || (this.#hasStarted && isClean(exit))) return;
    const said = lastLines(this.#text, shownLineCount);
    if (!this.#hasStarted) {
      const reason = `mpirun ended ${exitText(exit)} before it started the ranks: ${said}`;
      yield { kind: "host-lost", timeMs, host: first.host, reason };
      return;
    }
    const state = exitText(exit);
    yield { kind: "ended-by-scheduler", scheduler, timeMs, state, reason: said };
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function isClean(exit: Exit): boolean {
  return exit.kind === "exited" && exit.exitCode === 0;
}

function exitText(exit: Exit): string {
  return exit.kind === "exited" ? `with exit code ${exit.exitCode}` : `by ${exit.signal}`;
}
