import { AsyncQueue } from "../../foundation/collections/async-queue.ts";
import type { LaunchedJob } from "../../launch/launcher.ts";
import type { PlacedAgentSample } from "../../schema/run/events/agent-sample.ts";

/** The jobs of a run that is restarted after failures, as one job for the probe: its hosts are observed from the first to the last. */
export class JobAttempts implements LaunchedJob {
  readonly launchedMs: number;
  readonly hostSamples?: AsyncIterable<PlacedAgentSample>;
  #current: LaunchedJob;
  readonly #jobs = new AsyncQueue<LaunchedJob>();

  #isDetached = false;

  /** @param earlier attempts of the run, before the job of this one */
  constructor(first: LaunchedJob, earlier?: { launchedMs: number }) {
    this.#current = first;
    this.launchedMs = earlier?.launchedMs ?? first.launchedMs;
    this.#jobs.push(first);
    if (first.hostSamples !== undefined) this.hostSamples = this.#joinedSamples();
  }

  /** The job of the newest attempt. */
  get current(): LaunchedJob {
    return this.#current;
  }

  get hosts() {
    return this.#current.hosts;
  }

  get ranks() {
    return this.#current.ranks;
  }

  get guard() {
    return this.#current.guard;
  }

  get findings() {
    return this.#current.findings ?? [];
  }

  get events() {
    return this.#current.events;
  }

  processIds(host: string): number[] {
    return this.#current.processIds(host);
  }

  stop(options: { graceMs: number }): Promise<void> {
    return this.#current.stop(options);
  }

  askForCheckpoint(): void {
    this.#current.askForCheckpoint?.();
  }

  detach(): void {
    this.#isDetached = true;
    this.#current.detach?.();
  }

  async release(next?: { isRestarted: boolean }): Promise<void> {
    await this.#current.release?.(next);
  }

  /** The next attempt has been launched. */
  restarted(job: LaunchedJob): void {
    this.#current = job;
    this.#jobs.push(job);
    if (this.#isDetached) job.detach?.();
  }

  /** No other attempt follows: the samples end with those of the newest job. */
  over(): void {
    this.#jobs.close();
  }

  /** Counters of CPU time begin anew with each job. */
  async *#joinedSamples(): AsyncGenerator<PlacedAgentSample> {
    const total = new Map<string, number>();
    for await (const { hostSamples } of this.#jobs) {
      const earlier = new Map(total);
      for await (const sample of hostSamples ?? []) {
        const cpuSeconds = (earlier.get(sample.host) ?? 0) + sample.cpuSeconds;
        total.set(sample.host, cpuSeconds);
        yield { ...sample, cpuSeconds };
      }
    }
  }
}
