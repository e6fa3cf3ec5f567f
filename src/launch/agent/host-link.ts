import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { FrameDecoder, type Frame } from "./frame-decoder.ts";
import { FrameSpool } from "./frame-spool.ts";
import type { AgentPlace } from "./host-access.ts";
import { textIn } from "./frame-payload.ts";
import { type ClockAnswer, HostClock, type ClockReading } from "./host-clock.ts";
import { runOnHost } from "./run-on-host.ts";

/** A connection without any byte for this long is broken: an agent sends a heartbeat every second. */
const silentMs = 10_000;
/** A host that can't be reached for this long is lost, unless the user gives another time. */
const defaultLostAfterMs = 60_000;
const pingEveryMs = 5000;
/** So many questions about a host's time follow each other: the first is answered late, because the connection has to be opened. */
const firstPingCount = 3;
/** The time of a host that is asked in another way is waited for this long. */
const clockWaitMs = 5000;
const watchEveryMs = 500;
const firstRetryMs = 200;
const longestRetryMs = 5000;
const releaseMs = 10_000;
const keptErrorLength = 2000;
/** The answer of a host that will not say its time, because its job has ended. */
const clockUnknown = "unknown";

/** Frames that are shown at once: they wait for the host's clock, others wait for them. */
const waitingKinds: ReadonlySet<Frame["kind"]> = new Set([
  "stdout",
  "stderr",
  "exited",
  "failure",
  "ended",
]);

export interface HostLinkEvents {
  /**
   * In order, each once, whatever happens to the connection; a heartbeat says that all frames stored before have arrived.
   *
   * @param ownMs its time by this machine's clock
   */
  onFrame(frame: Frame, ownMs: number): void;
  /** Before the frames whose times it converts. */
  onClock(reading: ClockReading): void;
  /** The last call: the host can no longer be reached, or its agent is gone. */
  onLost(reason: string): void;
}

/**
 * Follows the agent of one host. A broken connection is opened again at the byte where it broke, so that no frame is lost or
 * repeated.
 */
export class HostLink {
  readonly #place: AgentPlace;
  readonly #events: HostLinkEvents;
  readonly #nowMs: () => number;
  readonly #lostAfterMs: number;
  #decoder = new FrameDecoder();
  readonly #spool: FrameSpool | undefined;
  #isReplaying = false;
  #resume: (() => void) | undefined;
  readonly clock = new HostClock();
  #child: ChildProcess | undefined;
  #held: Frame[] = [];
  #errorText = "";
  #heardMs: number;
  #connectedMs = 0;
  #attempts = 0;
  #lastReason = "";
  #isOver = false;
  #hasEnded = false;
  #isPaused = false;
  #stopMs: number | undefined;
  readonly #watch: NodeJS.Timeout;
  #lastPingMs = 0;
  #answerCount = 0;
  /** Whether frames are emitted as they arrive; their times mean nothing before the host's clock is known. */
  #isClockKnown = false;
  #clockTimer: NodeJS.Timeout | undefined;
  #askClock: (() => void) | undefined;

  constructor(
    place: AgentPlace,
    {
      nowMs,
      lostAfterMs,
      isAttached = false,
    }: { nowMs: () => number; lostAfterMs: number | undefined; isAttached?: boolean },
    events: HostLinkEvents,
  ) {
    this.#place = place;
    this.#events = events;
    this.#nowMs = nowMs;
    this.#lostAfterMs = lostAfterMs ?? defaultLostAfterMs;
    this.#heardMs = performance.now();
    this.#watch = setInterval(() => this.#check(), watchEveryMs);
    this.#spool = place.spool === undefined ? undefined : new FrameSpool(place.spool);
    if (isAttached && this.#spool !== undefined) void this.#replay(this.#spool);
    else this.#start();
  }

  get host(): string {
    return this.#place.access.host;
  }

  /** Ends the processes of the host: SIGTERM, and SIGKILL after a time. Repeated after each new connection. */
  stop(graceMs: number): void {
    this.#stopMs = Math.min(this.#stopMs ?? graceMs, graceMs);
    this.#send(`stop ${this.#stopMs}`);
  }

  setFlow(flow: "pause" | "resume"): void {
    this.#isPaused = flow === "pause";
    this.#child?.stdout?.[flow]();
    if (flow === "resume") this.#resume?.();
  }

  /** Emits the frames that an earlier process has received, then asks the host for those that follow. */
  async #replay(spool: FrameSpool): Promise<void> {
    this.#isReplaying = true;
    const stored = spool.stored();
    for (;;) {
      const next = await stored.next();
      if (next.done === true) {
        this.#decoder = new FrameDecoder(next.value);
        break;
      }
      if (this.#isOver) return;
      const { frame, ownMs } = next.value;
      if (frame.kind === "ended") this.#finish();
      this.#events.onFrame(frame, ownMs);
      if (this.#isPaused) await this.#resumed();
    }
    this.#isReplaying = false;
    this.#heardMs = performance.now();
    if (!this.#isOver) this.#start();
  }

  async #resumed(): Promise<void> {
    while (this.#isPaused && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    }
  }

  #start(): void {
    const { lostBecause } = this.#place;
    if (lostBecause !== undefined) {
      // The handlers refer to this link, which is not complete yet.
      setImmediate(() => this.giveUp(lostBecause));
      return;
    }
    this.#followClock();
    this.#connect();
  }

  #followClock(): void {
    const { followClock } = this.#place;
    if (followClock === undefined) return;
    const { askNow } = followClock({
      answered: (answer) => {
        this.#answered(answer);
        this.#countAnswer();
      },
      unknown: () => this.#clockKnown(),
    });
    this.#askClock = () => {
      this.#askClock = undefined;
      this.#clockTimer = setTimeout(() => this.#clockKnown(), clockWaitMs);
      askNow();
    };
  }

  #connect(): void {
    const { access, agent, folder } = this.#place;
    const words = [...agent, "follow", folder, String(this.#decoder.storedBytes)];
    const [program = "", ...args] = access.wrap(words);
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe"],
      ...(access.env === undefined ? {} : { env: access.env }),
    });
    this.#child = child;
    this.#connectedMs = performance.now();
    this.#errorText = "";
    this.#listen(child, child.stdout, child.stderr);
    this.#ping();
    if (this.#stopMs !== undefined) this.#send(`stop ${this.#stopMs}`);
    if (this.#isPaused) child.stdout.pause();
  }

  #listen(child: ChildProcess, stdout: Readable, stderr: Readable): void {
    stdout.on("data", (bytes: Buffer) => {
      if (this.#child === child) this.#take(bytes);
    });
    stderr.on("data", (bytes: Buffer) => {
      this.#errorText = (this.#errorText + bytes.toString()).slice(-keptErrorLength);
    });
    // Writing fails once the connection is broken; `close` follows.
    child.stdin?.on("error", () => undefined);
    child.once("error", (error) => this.#broken(child, error.message));
    child.once("close", () => this.#broken(child, this.#errorText.trim()));
  }

  #take(bytes: Buffer): void {
    this.#heardMs = performance.now();
    this.#attempts = 0;
    for (const frame of this.#decoder.push(bytes)) {
      if (frame.kind === "not-frames") {
        this.#errorText = frame.text;
        this.#child?.kill();
        return;
      }
      this.#takeFrame(frame);
    }
    // Before the log: what the log holds of a host that is lost later must not be missing here.
    this.#spool?.flush();
  }

  #takeFrame(frame: Frame): void {
    if (frame.kind === "pong") {
      this.#takePong(frame);
      return;
    }
    if (this.#isOver) return;
    // Not stored by the agent but stated about it: it has died.
    if (frame.kind === "failure" && frame.number < 0) {
      this.giveUp(textIn(frame.payload, "reason"));
      return;
    }
    if (this.#isClockKnown) {
      this.#emit(frame);
      return;
    }
    this.#held.push(frame);
    if (waitingKinds.has(frame.kind)) this.#askClock?.();
  }

  #takePong({ payload, hostMs }: Frame): void {
    // The command that follows the frames runs on this machine.
    if (this.#place.followClock !== undefined) return;
    const text = payload.toString();
    if (text === clockUnknown) {
      this.#clockKnown();
      return;
    }
    const askedMs = Number(text);
    this.#answered({ askedMs, hostMs, nowMs: this.#nowMs() });
    this.#countAnswer();
    if (this.#answerCount < firstPingCount) this.#ping();
  }

  #countAnswer(): void {
    this.#answerCount += 1;
    if (this.#answerCount >= firstPingCount) this.#clockKnown();
  }

  #answered(answer: ClockAnswer): void {
    const reading = this.clock.answered(answer);
    if (reading !== undefined && !this.#isOver) this.#events.onClock(reading);
  }

  #clockKnown(): void {
    if (this.#isClockKnown) return;
    clearTimeout(this.#clockTimer);
    this.#isClockKnown = true;
    const held = this.#held;
    this.#held = [];
    for (const each of held) this.#emit(each);
  }

  #emit(frame: Frame): void {
    if (this.#isOver) return;
    const ownMs = this.clock.toOwnMs(frame.hostMs);
    this.#spool?.add(frame, ownMs - frame.hostMs);
    if (frame.kind === "ended") this.#finish();
    const drift = frame.kind === "ended" ? this.clock.lastReading() : undefined;
    if (drift !== undefined) this.#events.onClock(drift);
    this.#events.onFrame(frame, ownMs);
  }

  /** The last frame has arrived. The agent keeps the job's folder until `release`. */
  #finish(): void {
    this.#isOver = true;
    this.#hasEnded = true;
    this.#endTimers();
  }

  /** Stops following; the job continues. */
  close(): void {
    this.#isOver = true;
    this.#endTimers();
    this.#child?.kill("SIGKILL");
  }

  /** The record of the run is closed: removes the job's folder from the host. */
  async release(): Promise<void> {
    if (!this.#hasEnded) return;
    const child = this.#child;
    const { access, agent, folder } = this.#place;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      await runOnHost(access, [...agent, "remove", folder], { timeoutMs: releaseMs });
      return;
    }
    const closed = new Promise((resolve) => child.once("close", resolve));
    this.#send("done");
    child.stdin?.end();
    const timer = setTimeout(() => child.kill("SIGKILL"), releaseMs);
    await closed;
    clearTimeout(timer);
  }

  #broken(child: ChildProcess, reason: string): void {
    if (this.#child !== child || this.#isOver) return;
    this.#child = undefined;
    this.#decoder.reset();
    const silentForMs = performance.now() - this.#heardMs;
    if (silentForMs > this.#lostAfterMs) {
      this.#lose(reason);
      return;
    }
    const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** this.#attempts++);
    setTimeout(() => {
      if (!this.#isOver) this.#connect();
    }, waitMs);
    this.#lastReason = reason;
  }

  #check(): void {
    // A slow reader is not a broken connection.
    if (this.#isPaused || this.#isReplaying) this.#heardMs = performance.now();
    const silentForMs = performance.now() - this.#heardMs;
    if (silentForMs > this.#lostAfterMs) this.#lose(this.#lastReason);
    // A new connection has as long to say something as an old one.
    else if (performance.now() - Math.max(this.#heardMs, this.#connectedMs) > silentMs)
      this.#child?.kill("SIGKILL");
    else if (performance.now() - this.#lastPingMs > pingEveryMs) this.#ping();
  }

  #lose(reason: string): void {
    const seconds = Math.round(this.#lostAfterMs / 1000);
    const text = `no answer for ${seconds} s`;
    this.giveUp(reason === "" ? text : `${text}: ${reason}`);
  }

  /** The host is lost: no further frames are emitted. */
  giveUp(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endTimers();
    this.#child?.kill("SIGKILL");
    this.#events.onLost(reason);
  }

  #endTimers(): void {
    clearInterval(this.#watch);
    clearTimeout(this.#clockTimer);
    this.#spool?.flush();
    this.#spool?.close();
    this.#resume?.();
  }

  #ping(): void {
    this.#lastPingMs = performance.now();
    this.#send(`ping ${this.#nowMs()}`);
  }

  #send(line: string): void {
    const stdin = this.#child?.stdin;
    if (stdin?.writable === true) stdin.write(`${line}\n`);
  }
}
