import { median } from "../../foundation/numbers/statistics.ts";
import type { RunPhase, Silence, SilenceChange } from "../../schema/run/findings/silence.ts";
import { type LineShape, shapeOfLine } from "./shape-of-line.ts";
import { earlyLimitMs, silenceLimitMs, type PastPauses } from "./silence-limit.ts";

/** Output that arrives within this time is one burst: ranks that print the same step, or the lines of a table. */
const burstMs = 50;
/** A program that prints without a pause is seen as bursts of this length, so that it has a period too. */
const longestBurstMs = 500;
const keptIntervals = 16;
/** The period of a kind of line is known after this many intervals. */
const minimumIntervals = 3;
const maximumShapes = 256;
const keptPauses = 16;
/** Longer times between two calls of `update` were not watched: this process was suspended. */
const unwatchedMs = 5000;

/** Whether the processes of the run have used almost no CPU time since then; false if that is not known. */
export type IsIdleSince = (sinceMs: number) => boolean;

/** The last line of some output; read only where it ends a burst. */
type LastLine = () => string;

interface Burst {
  startMs: number;
  last: { source: string; line: LastLine };
  /** The last line of the source that the period is learnt from. */
  leaderLine: LastLine | undefined;
}

interface Repeats {
  kind: LineShape["kind"];
  startMs: number;
  intervalsMs: number[];
  medianMs: number | undefined;
}

/**
 * Learns how often a program prints lines of steps and how long its evaluations and checkpoints take, from the arrival of its output
 * alone, and reports a silence that exceeds them. See `silence-limit.ts` for when.
 *
 * Times are milliseconds since the epoch. Work is per burst of output, not per line.
 */
export class SilenceWatch {
  #burst: Burst | undefined;
  #lastMs: number;
  #leader: string | undefined;
  /** Bursts of the leader with a step in them. */
  #beatCount = 0;
  #phase: RunPhase = "start";
  readonly #repeats = new Map<string, Repeats>();
  /** How long the program was silent after lines that are not steps. */
  readonly #after = new Map<string, { longestMs: number }>();
  readonly #pauses: PastPauses[number][] = [];
  #updatedMs: number | undefined;
  #unwatchedMs = 0;
  #reported: Silence | undefined;
  #hasResumed = false;

  constructor(launchedMs: number) {
    this.#lastMs = launchedMs;
  }

  /** @param lastLine the last line of the output, without its line end */
  output(source: string, timeMs: number, lastLine: LastLine): void {
    const burst = this.#burst;
    const gapMs = timeMs - this.#lastMs - this.#unwatchedMs;
    // Output of another host may be older, after a broken connection.
    this.#lastMs = Math.max(this.#lastMs, timeMs);
    this.#unwatchedMs = 0;
    if (this.#reported !== undefined) this.#hasResumed = true;
    if (burst !== undefined && gapMs < burstMs && timeMs - burst.startMs < longestBurstMs) {
      burst.last = { source, line: lastLine };
      if (source === this.#leader) burst.leaderLine = lastLine;
      return;
    }
    if (burst !== undefined) this.#learn(burst, gapMs);
    const leaderLine = source === this.#leader ? lastLine : undefined;
    this.#burst = { startMs: timeMs, last: { source, line: lastLine }, leaderLine };
  }

  /** To be called often; returns what has changed since the last call. */
  update(nowMs: number, isIdleSince: IsIdleSince): SilenceChange | undefined {
    const sinceMs = nowMs - (this.#updatedMs ?? nowMs);
    this.#updatedMs = nowMs;
    if (sinceMs > unwatchedMs && nowMs > this.#lastMs) {
      this.#unwatchedMs += Math.min(sinceMs, nowMs - this.#lastMs);
    }
    const reported = this.#reported;
    if (reported !== undefined && this.#hasResumed) {
      this.#reported = undefined;
      this.#hasResumed = false;
      return { phase: "ended", silentMs: reported.silentMs };
    }
    const found = this.#silence(nowMs, isIdleSince);
    if (found === undefined) return undefined;
    this.#reported = found;
    return reported === undefined ? { phase: "started", ...found } : undefined;
  }

  /** The silence that was reported and has not ended. */
  get reported(): Silence | undefined {
    return this.#hasResumed ? undefined : this.#reported;
  }

  /** The usual time between lines of steps; undefined until it is known. */
  get periodMs(): number | undefined {
    return this.#shortest("step") ?? this.#shortest("evaluation");
  }

  #silence(nowMs: number, isIdleSince: IsIdleSince): Silence | undefined {
    const silentMs = nowMs - this.#lastMs - this.#unwatchedMs;
    if (silentMs < unwatchedMs) return undefined;
    const { periodMs } = this;
    if (this.#burst === undefined || periodMs === undefined)
      return this.#earlySilence(silentMs, nowMs, isIdleSince);
    const { key, kind } = shapeOfLine(this.#burst.last.line());
    const longestMs = this.#after.get(key)?.longestMs;
    const limitMs = silenceLimitMs({
      periodMs,
      after: kind === "step" ? { kind: "step" } : { kind: "other", longestMs },
      pauses: this.#pauses,
      beat: this.#beatCount + 1,
    });
    const during = kind === "other" ? this.#phase : kind;
    return silentMs < limitMs ? undefined : { silentMs, limitMs, periodMs, during };
  }

  /** Before the period is known: loading and compiling take any time, but not without using a processor. */
  #earlySilence(silentMs: number, nowMs: number, isIdleSince: IsIdleSince): Silence | undefined {
    const { idleMs, busyMs } = earlyLimitMs;
    const during = this.#phase === "step" ? "start" : this.#phase;
    if (silentMs >= busyMs) return { silentMs, limitMs: busyMs, during };
    const isIdle = silentMs >= idleMs && isIdleSince(nowMs - 0.9 * idleMs);
    return isIdle ? { silentMs, limitMs: idleMs, during, idle: true } : undefined;
  }

  /** The burst has ended and was followed by a silence of `gapMs`. */
  #learn(burst: Burst, gapMs: number): void {
    const shape = shapeOfLine(burst.last.line());
    if (shape.kind !== "other") this.#phase = shape.kind;
    if (this.#leader === undefined && shape.kind !== "other") {
      this.#leader = burst.last.source;
      burst.leaderLine = burst.last.line;
    }
    if (burst.leaderLine !== undefined) {
      this.#repeat(
        burst.leaderLine === burst.last.line ? shape : shapeOfLine(burst.leaderLine()),
        burst.startMs,
      );
    }
    if (shape.kind === "step") this.#learnPause(gapMs);
    else {
      const known = this.#after.get(shape.key);
      if (known === undefined) remember(this.#after, shape.key, { longestMs: gapMs });
      else known.longestMs = Math.max(known.longestMs, gapMs);
    }
  }

  #learnPause(gapMs: number): void {
    const { periodMs } = this;
    // The first steps compile and fill caches: what they take says nothing about later ones.
    if (periodMs === undefined || gapMs < Math.max(2 * periodMs, periodMs + 2000)) return;
    this.#pauses.push({ durationMs: gapMs, atBeat: this.#beatCount });
    if (this.#pauses.length > keptPauses) this.#pauses.shift();
  }

  #repeat({ key, kind }: LineShape, startMs: number): void {
    if (kind !== "step" && kind !== "evaluation") return;
    if (kind === "step") this.#beatCount += 1;
    const known = this.#repeats.get(key);
    if (known === undefined) {
      remember(this.#repeats, key, { kind, startMs, intervalsMs: [], medianMs: undefined });
      return;
    }
    known.intervalsMs.push(startMs - known.startMs);
    if (known.intervalsMs.length > keptIntervals) known.intervalsMs.shift();
    known.startMs = startMs;
    known.medianMs =
      known.intervalsMs.length < minimumIntervals ? undefined : median(known.intervalsMs);
  }

  #shortest(kind: "step" | "evaluation"): number | undefined {
    let shortest: number | undefined;
    for (const each of this.#repeats.values()) {
      if (each.kind === kind && each.medianMs !== undefined)
        shortest = Math.min(shortest ?? each.medianMs, each.medianMs);
    }
    return shortest;
  }
}

/** Forgets the oldest of too many. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  const [oldest] = map.keys();
  if (map.size >= maximumShapes && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
