import type { Finding } from "../../schema/run/findings/finding.ts";
import type { LaunchedRank } from "../../schema/run/hosts/rank.ts";
import { AsyncQueue } from "../../foundation/collections/async-queue.ts";
import { EventQueue } from "../event-queue.ts";
import type { Exit, LaunchedJob, LaunchEvent, Leftovers } from "../launcher.ts";
import type { Frame } from "./frame-decoder.ts";
import type { AgentPlace } from "./host-access.ts";
import { framesFile, removeFrames } from "./frame-spool.ts";
import { fieldIn, jsonIn, numberIn, textIn } from "./frame-payload.ts";
import { FrameMerge } from "./frame-merge.ts";
import type { ClockReading } from "./host-clock.ts";
import { HostLink } from "./host-link.ts";
import { signalProcess } from "../local/process-tree.ts";
import { launchingHost } from "../../schema/run/hosts/launching-host.ts";
import { agentSample, type PlacedAgentSample } from "../../schema/run/events/agent-sample.ts";

/** Default of `mergeMs`. */
const defaultMergeMs = 5000;

interface AgentJobParts {
  places: readonly AgentPlace[];
  ranks: readonly LaunchedRank[];
  launchedMs: number;
  guard: LaunchedJob["guard"];
  nowMs: () => number;
  tickMs: number;
  /** A host that does not answer for this long is lost; default: 60 s. */
  lostAfterMs?: number | undefined;
  /** How long the output of a job that has just started waits for hosts that do not answer; default: 5 s. */
  mergeMs?: number;
  /** Whether the job was launched by an earlier process: its events begin with those that are stored on the hosts. */
  isAttached?: boolean;
  findings?: readonly Finding[];
  /** The run's record directory, if it holds what has arrived. */
  spoolDirectory?: string;
  /** The agent's process, if it is one of this machine. */
  agentPid?: number | undefined;
}

/** A job whose ranks are run by an agent on each of its hosts. */
export class AgentJob implements LaunchedJob {
  readonly hosts: readonly string[];
  readonly ranks: readonly LaunchedRank[];
  readonly launchedMs: number;
  readonly guard: LaunchedJob["guard"];
  readonly findings: readonly Finding[];
  /** For one reader. */
  readonly hostSamples = new AsyncQueue<PlacedAgentSample>();
  readonly #queue: EventQueue;
  readonly #links: readonly HostLink[];
  readonly #nowMs: () => number;
  readonly #pids = new Map<number, number>();
  readonly #agentPid: number | undefined;
  readonly #spoolDirectory: string | undefined;
  readonly #running: Set<string>;
  readonly #ticking: NodeJS.Timeout | undefined;
  #leftovers: Leftovers = { stoppedCount: 0, unkillablePids: [] };
  /** Of all hosts. */
  #lastMs: number;
  readonly #lastOfHost = new Map<string, number>();
  readonly #ended: Promise<void>;
  /**
   * Puts the frames that were stored before the hosts were followed in order: a host that answers first would push the earlier ones of
   * others to a later time.
   */
  #merge: FrameMerge | undefined;
  readonly #isAttached: boolean;
  readonly #mergeTimer: NodeJS.Timeout | undefined;
  #isQueueFull = false;
  #resolveEnded: () => void = () => undefined;

  constructor(parts: AgentJobParts) {
    const { places, ranks, launchedMs, guard, nowMs, tickMs } = parts;
    this.hosts = places.map(({ access }) => access.host);
    this.ranks = ranks;
    this.launchedMs = launchedMs;
    this.guard = guard;
    this.findings = parts.findings ?? [];
    this.#nowMs = nowMs;
    this.#agentPid = parts.agentPid;
    this.#spoolDirectory = parts.spoolDirectory;
    this.#lastMs = launchedMs;
    this.#running = new Set(this.hosts);
    this.#ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#queue = new EventQueue((flow) => {
      this.#isQueueFull = flow === "pause";
      for (const link of this.#links) this.#setFlow(link);
    });
    this.#isAttached = parts.isAttached === true;
    if (this.#isAttached || places.length > 1) this.#merge = new FrameMerge(this.hosts);
    if (!this.#isAttached && this.#merge !== undefined)
      this.#mergeTimer = setTimeout(() => this.#releaseMerge(), parts.mergeMs ?? defaultMergeMs);
    this.#ticking = tickMs > 0 ? setInterval(() => this.#tick(), tickMs) : undefined;
    this.#links = places.map((place) => this.#follow(this.#withSpool(place), parts.lostAfterMs));
  }

  get events(): AsyncIterable<LaunchEvent> {
    return this.#queue;
  }

  processIds(host: string): number[] {
    if (!this.#running.has(host)) return [];
    const ofHost = this.ranks.filter((each) => each.host === host);
    const pids = [this.#agentPid, ...ofHost.map(({ rank }) => this.#pids.get(rank))];
    return pids.filter((pid) => pid !== undefined);
  }

  async stop({ graceMs }: { graceMs: number }): Promise<void> {
    for (const link of this.#links) link.stop(graceMs);
    await this.#ended;
  }

  askForCheckpoint(): void {
    // It asks its ranks, in which SIGUSR1 does nothing unless they handle it.
    if (this.#agentPid !== undefined && this.#running.size > 0)
      signalProcess(this.#agentPid, "SIGUSR1");
  }

  /** Gives up hosts that are still running; default: all. */
  lose(reason: string, hosts: readonly string[] = this.hosts): void {
    for (const link of this.#links) if (hosts.includes(link.host)) link.giveUp(reason);
  }

  detach(): void {
    clearTimeout(this.#mergeTimer);
    for (const link of this.#links) link.close();
    clearInterval(this.#ticking);
    this.hostSamples.close();
    this.#queue.close();
  }

  async release(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.release()));
    if (this.#spoolDirectory !== undefined) await removeFrames(this.#spoolDirectory);
  }

  #withSpool(place: AgentPlace): AgentPlace {
    if (this.#spoolDirectory === undefined || place.isReadHere === true) return place;
    return { ...place, spool: framesFile(this.#spoolDirectory, place.access.host) };
  }

  #follow(place: AgentPlace, lostAfterMs: number | undefined): HostLink {
    const { host } = place.access;
    return new HostLink(
      place,
      { nowMs: this.#nowMs, lostAfterMs, isAttached: this.#isAttached },
      {
        onFrame: (frame, ownMs) => this.#arrived(host, frame, ownMs),
        onClock: (reading) => this.#clockMeasured(host, reading),
        onLost: (reason) => {
          this.#mergeEnded(host);
          this.#queue.push({ kind: "host-lost", timeMs: this.#now(), host, reason });
          this.#hostEnded(host);
        },
      },
    );
  }

  #arrived(host: string, frame: Frame, ownMs: number): void {
    const merge = this.#merge;
    if (merge === undefined) {
      this.#take(host, frame, ownMs);
      return;
    }
    if (frame.kind === "heartbeat") merge.caughtUp(host);
    else merge.push(host, { frame, ownMs });
    if (frame.kind === "ended") merge.caughtUp(host);
    this.#takeMerged(merge);
  }

  #mergeEnded(host: string): void {
    this.#merge?.caughtUp(host);
    if (this.#merge !== undefined) this.#takeMerged(this.#merge);
  }

  #takeMerged(merge: FrameMerge): void {
    for (const { host, frame, ownMs } of merge.inOrder()) this.#take(host, frame, ownMs);
    if (merge.isCaughtUp) this.#endMerge();
    for (const link of this.#links) this.#setFlow(link);
  }

  /** A host that can't be reached does not hold back the others for long. */
  #releaseMerge(): void {
    for (const host of this.hosts) this.#mergeEnded(host);
  }

  #endMerge(): void {
    if (this.#merge === undefined) return;
    this.#merge = undefined;
    clearTimeout(this.#mergeTimer);
    if (!this.#isAttached) return;
    this.#queue.push({ kind: "caught-up", timeMs: this.#lastMs });
  }

  #setFlow(link: HostLink): void {
    const isAhead = this.#merge?.isAhead(link.host) === true;
    link.setFlow(this.#isQueueFull || isAhead ? "pause" : "resume");
  }

  #clockMeasured(host: string, { driftPpm, ...reading }: ClockReading): void {
    // An agent of this machine has the same clock.
    if (host === launchingHost) return;
    const drift = driftPpm === undefined ? {} : { driftPpm };
    const timeMs = Math.max(this.launchedMs, this.#nowMs());
    const event = { kind: "clock-measured", timeMs, host } as const;
    this.#queue.push({ ...event, ...reading, ...drift });
  }

  #take(host: string, { kind, rank, payload, hostMs }: Frame, ownMs: number): void {
    const timeMs = this.#at(host, ownMs);
    const raw = host === launchingHost ? {} : { hostMs };
    switch (kind) {
      case "stdout":
      case "stderr":
        this.#queue.push({
          kind: "output",
          timeMs,
          ...raw,
          host,
          rank,
          stream: kind,
          bytes: payload,
        });
        return;
      case "started":
        this.#pids.set(rank, numberIn(payload, "pid") ?? 0);
        return;
      case "exited":
        this.#pids.delete(rank);
        this.#queue.push({
          kind: "rank-exited",
          timeMs,
          ...raw,
          host,
          rank,
          exit: exitOf(payload),
        });
        return;
      case "sample":
        this.#takeSample({ host, timeMs, ...raw }, payload);
        return;
      case "failure":
        this.#queue.push({ kind: "host-lost", timeMs, host, ...failureIn(payload) });
        return;
      case "ended":
        this.#addLeftovers(payload);
        this.#hostEnded(host);
        return;
      case "pong":
      case "heartbeat":
    }
  }

  #takeSample(place: { host: string; timeMs: number; hostMs?: number }, payload: Buffer): void {
    const parsed = agentSample.safeParse(jsonIn(payload));
    if (parsed.success) this.hostSamples.push({ ...parsed.data, ...place });
  }

  #addLeftovers(payload: Buffer): void {
    const { stoppedCount, unkillablePids } = this.#leftovers;
    const pids = fieldIn(payload, "unkillablePids");
    const left = Array.isArray(pids) ? pids.filter((pid) => typeof pid === "number") : [];
    this.#leftovers = {
      stoppedCount: stoppedCount + (numberIn(payload, "stoppedCount") ?? 0),
      unkillablePids: [...unkillablePids, ...left],
    };
  }

  #hostEnded(host: string): void {
    this.#running.delete(host);
    if (this.#running.size > 0) return;
    this.#endMerge();
    clearInterval(this.#ticking);
    this.hostSamples.close();
    const timeMs = this.#lastMs;
    this.#queue.push({ kind: "ended", timeMs, leftovers: this.#leftovers });
    this.#resolveEnded();
  }

  #tick(): void {
    // Stored output has its own, earlier times.
    if (!this.#queue.isEmpty || this.#merge !== undefined) return;
    this.#queue.push({ kind: "tick", timeMs: this.#now() });
  }

  /** A time of a host as one that never decreases on that host and is never in the future. */
  #at(host: string, ownMs: number): number {
    const earliestMs = this.#lastOfHost.get(host) ?? this.launchedMs;
    const timeMs = Math.max(earliestMs, Math.min(ownMs, this.#nowMs()));
    this.#lastOfHost.set(host, timeMs);
    this.#lastMs = Math.max(this.#lastMs, timeMs);
    return timeMs;
  }

  #now(): number {
    this.#lastMs = Math.max(this.#lastMs, this.#nowMs());
    return this.#lastMs;
  }
}

function failureIn(payload: Buffer): { reason: string; isPreempted?: true } {
  const reason = textIn(payload, "reason");
  return fieldIn(payload, "isPreempted") === true ? { reason, isPreempted: true } : { reason };
}

function exitOf(payload: Buffer): Exit {
  const signal = fieldIn(payload, "signal");
  if (typeof signal === "string" && isSignal(signal)) return { kind: "signalled", signal };
  return { kind: "exited", exitCode: numberIn(payload, "exitCode") ?? 1 };
}

function isSignal(name: string): name is NodeJS.Signals {
  return name.startsWith("SIG");
}
