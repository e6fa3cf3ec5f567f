import { spawn } from "node:child_process";
import type { FollowedClock } from "../../agent/host-access.ts";
import { stepWords, type RunningJob } from "../job/job-step.ts";

const roundCount = 4;
/** A node that does not answer does not hold up the others for longer. */
const roundMs = 2000;
const stepMs = 20_000;
const repeatMs = 600_000;
/** A step that starts beside the ranks may miss the first question: nodes without an answer are asked again. */
const retryMs = 2000;
const retryCount = 5;

/** The step takes CPU time from ranks that are starting: it waits for their first output, but not for longer. */
export const latestAskMs = 10_000;

/**
 * Asks all nodes of a running job for their times, through one job step: once a time has to be converted, and again every ten minutes,
 * because clocks drift.
 */
export class NodeClocks {
  readonly #job: RunningJob;
  readonly #nowMs: () => number;
  readonly #followers = new Map<string, FollowedClock>();
  #firstAsk: NodeJS.Timeout | undefined;
  #hasAsked = false;
  #repeating: NodeJS.Timeout | undefined;

  constructor(job: RunningJob, { nowMs }: { nowMs: () => number }) {
    this.#job = job;
    this.#nowMs = nowMs;
  }

  follow(host: string, follower: FollowedClock): { askNow: () => void } {
    this.#followers.set(host, follower);
    this.#firstAsk ??= setTimeout(() => this.#askFirst(), latestAskMs).unref();
    return { askNow: () => this.#askFirst() };
  }

  #askFirst(): void {
    if (this.#hasAsked) return;
    this.#hasAsked = true;
    clearTimeout(this.#firstAsk);
    // All nodes are known when the caller is done.
    queueMicrotask(() => void this.#ask());
    this.#repeating = setInterval(() => void this.#ask(), repeatMs);
    this.#repeating.unref();
  }

  async #ask(retriesLeft = retryCount): Promise<void> {
    const heard = await this.#askOnce();
    const unheard = [...this.#followers].filter(([host]) => !heard.has(host));
    for (const [, follower] of unheard) follower.unknown();
    if (unheard.length > 0 && retriesLeft > 0)
      setTimeout(() => void this.#ask(retriesLeft - 1), retryMs).unref();
    // The job has ended.
    else if (heard.size === 0) clearInterval(this.#repeating);
  }

  /** The nodes that have answered. */
  #askOnce(): Promise<ReadonlySet<string>> {
    const { hosts, tools, agent } = this.#job;
    const command = ["--label", ...agent, "clock"];
    const [program = "", ...args] = [...stepWords(this.#job, hosts.length), ...command];
    const child = spawn(program, args, {
      env: tools.env,
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
      timeout: stepMs,
    });
    const heard = new Set<string>();
    let [rounds, answered, text] = [0, 0, ""];
    let timer: NodeJS.Timeout | undefined;
    const nextRound = (): void => {
      clearTimeout(timer);
      answered = 0;
      rounds += 1;
      if (rounds > roundCount) {
        child.stdin.end();
        return;
      }
      child.stdin.write(`ping ${this.#nowMs()}\n`);
      // The first round waits for the start of the step, which may miss the question.
      timer = setTimeout(nextRound, rounds > 1 ? roundMs : 2 * roundMs);
    };
    child.stdin.on("error", () => undefined);
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      const lines = (text + piece).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        const host = this.#take(line);
        if (host === undefined) continue;
        heard.add(host);
        answered += 1;
      }
      if (answered >= hosts.length) nextRound();
    });
    nextRound();
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        resolve(heard);
      };
      child.once("error", finish);
      child.once("close", finish);
    });
  }

  /** A line of `srun --label`: the number of the task, which is that of the node, this machine's time, and the node's. */
  #take(line: string): string | undefined {
    const [, task, askedMs, hostMs] =
      /^\s*(\d+): (\d+(?:\.\d+)?) (\d+(?:\.\d+)?)$/u.exec(line) ?? [];
    const host = task === undefined ? undefined : this.#job.hosts[Number(task)];
    if (host === undefined) return undefined;
    const answer = { askedMs: Number(askedMs), hostMs: Number(hostMs), nowMs: this.#nowMs() };
    this.#followers.get(host)?.answered(answer);
    return host;
  }
}
