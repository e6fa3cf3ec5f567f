import { AsyncQueue } from "../../foundation/collections/async-queue.ts";
import { sampleToken } from "../../schema/run/events/sample-token.ts";
import type { PlacedAgentSample } from "../../schema/run/events/agent-sample.ts";
import type { LaunchedRank } from "../../schema/run/hosts/rank.ts";
import { EventQueue } from "../event-queue.ts";
import type { LaunchedJob, LaunchEvent } from "../launcher.ts";
import { ranksOfHosts } from "../ranks-of-hosts.ts";
import type { Simulation } from "./read-simulation.ts";

/** Ranks take turns within a second, in this many groups, so that output arrives in bursts. */
const groupCount = 20;
const groupMs = 1000 / groupCount;

interface SimulatedJobParts extends Simulation {
  hosts: readonly string[];
  ranksPerHost: number;
  tickMs: number;
  nowMs: () => number;
}

/** Ranks that do not exist: they print lines and samples at given rates, so that everything behind the launcher can be tried at scale. */
export class SimulatedJob implements LaunchedJob {
  readonly hosts: readonly string[];
  readonly ranks: readonly LaunchedRank[];
  readonly launchedMs: number;
  readonly guard = { kind: "watched" } as const;
  readonly hostSamples = new AsyncQueue<PlacedAgentSample>();
  /** Lines printed so far by all ranks together, samples not counted. */
  printedLines = 0;
  readonly #parts: SimulatedJobParts;
  readonly #queue: EventQueue;
  readonly #timer: NodeJS.Timeout;
  readonly #ticking: NodeJS.Timeout | undefined;
  #round = 0;
  #isPaused = false;
  #isOver = false;

  constructor(parts: SimulatedJobParts) {
    const { hosts, ranksPerHost, nowMs, tickMs } = parts;
    this.#parts = parts;
    this.hosts = hosts;
    this.ranks = ranksOfHosts(hosts.map((host) => ({ host, rankCount: ranksPerHost })));
    this.launchedMs = nowMs();
    this.#queue = new EventQueue((flow) => {
      this.#isPaused = flow === "pause";
    });
    this.#timer = setInterval(() => this.#advance(), groupMs);
    this.#ticking = tickMs > 0 ? setInterval(() => this.#tick(), tickMs) : undefined;
  }

  get events(): AsyncIterable<LaunchEvent> {
    return this.#queue;
  }

  processIds(): number[] {
    return [];
  }

  stop(): Promise<void> {
    this.#end({ kind: "signalled", signal: "SIGTERM" });
    return Promise.resolve();
  }

  /** A reader that is slow holds the simulation up, as it would hold up programs. */
  #advance(): void {
    if (this.#isPaused) return;
    const group = this.#round % groupCount;
    const second = Math.floor(this.#round / groupCount);
    if (second >= this.#parts.seconds) {
      this.#end({ kind: "exited", exitCode: 0 });
      return;
    }
    this.#round++;
    const timeMs = this.#parts.nowMs();
    for (let index = group; index < this.ranks.length; index += groupCount) {
      const rank = this.ranks[index];
      if (rank !== undefined) this.#print(rank, { second, timeMs });
    }
    for (let index = group; index < this.hosts.length; index += groupCount)
      this.#sample(index, { second, timeMs });
  }

  #print(
    { host, rank }: LaunchedRank,
    { second, timeMs }: { second: number; timeMs: number },
  ): void {
    const { seconds, linesPerSecond } = this.#parts;
    const lines: string[] = [];
    for (let line = 0; line < linesPerSecond; line++) {
      const step = second * linesPerSecond + line;
      lines.push(`rank=${rank} step=${step} loss=${(2 / (1 + step / 50)).toFixed(4)}`);
    }
    this.printedLines += lines.length;
    if (rank === 0) lines.push(`step=${second} val_acc=${((second + 1) / seconds).toFixed(4)}`);
    lines.push(sampleToken + JSON.stringify(this.#stepSample(rank, second, timeMs)));
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    this.#queue.push({ kind: "output", timeMs, host, rank, stream: "stdout", bytes });
  }

  /** One rank in 64 is a tenth slower than the others. */
  #stepSample(rank: number, second: number, timeMs: number): object {
    const { linesPerSecond } = this.#parts;
    const stepCount = Math.max(1, linesPerSecond);
    const computeMs = rank % 64 === 7 ? 88 : 80;
    return {
      kind: "step",
      timeMs,
      rank,
      step: (second + 1) * stepCount,
      samplesCount: (second + 1) * stepCount * this.ranks.length,
      stepCount,
      computeMs: computeMs * stepCount,
      communicationMs: (98 - computeMs) * stepCount,
      dataWaitMs: 2 * stepCount,
    };
  }

  #sample(index: number, { second, timeMs }: { second: number; timeMs: number }): void {
    const { ranksPerHost } = this.#parts;
    this.hostSamples.push({
      host: this.hosts[index] ?? "",
      timeMs,
      cpuSeconds: second * ranksPerHost,
      memoryBytes: ranksPerHost * 2 ** 33,
      processCount: ranksPerHost,
      joules: {},
      gpus: [],
      network: { eth0: [second * 1e9, second * 1e9] },
    });
  }

  #tick(): void {
    if (this.#queue.isEmpty && !this.#isOver)
      this.#queue.push({ kind: "tick", timeMs: this.#parts.nowMs() });
  }

  #end(exit: Extract<LaunchEvent, { kind: "rank-exited" }>["exit"]): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    clearInterval(this.#ticking);
    const timeMs = this.#parts.nowMs();
    for (const { host, rank } of this.ranks)
      this.#queue.push({ kind: "rank-exited", timeMs, host, rank, exit });
    this.hostSamples.close();
    const leftovers = { stoppedCount: 0, unkillablePids: [] };
    this.#queue.push({ kind: "ended", timeMs, leftovers });
  }
}
