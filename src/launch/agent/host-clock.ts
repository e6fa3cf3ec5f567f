/** How far a host's clock is from that of this machine. */
export interface ClockOffset {
  /** To add to a time of the host to get one of this machine, milliseconds. */
  offsetMs: number;
  /** The offset is at most half of this wrong, milliseconds. */
  roundTripMs: number;
}

/** What the times of a host are converted with from now on. */
export interface ClockReading {
  /** To add to a time of the host to get one of this machine, milliseconds. */
  offsetMs: number;
  /** The offset is at most this wrong, milliseconds. */
  uncertaintyMs: number;
  /** How much faster the host's clock runs, parts per million; undefined as long as it cannot be told from zero. */
  driftPpm: number | undefined;
}

/** A question about a host's time and its answer; `hostMs` is by the host's clock, the others by this machine's. */
export interface ClockAnswer {
  askedMs: number;
  hostMs: number;
  nowMs: number;
}

interface Measured extends ClockOffset {
  measuredMs: number;
}

/** Answers older than this no longer count, because clocks drift. */
const validForMs = 60_000;
/** Smaller changes of the offset are not worth a new conversion, milliseconds. */
const leastChangeMs = 1;
/** No clock of a computer drifts faster: it was set, parts per million. */
const mostDriftPpm = 1000;

/**
 * Measures the offset of a host's clock with questions and answers; the fastest recent answer is the most exact. Times are converted with
 * one offset until another is known to be better, so that a record needs few of them.
 */
export class HostClock {
  #best: Measured | undefined;
  #applied: Measured | undefined;
  /** Where the drift is measured from. */
  #first: Measured | undefined;
  #startMs: number | undefined;
  #reportedDriftPpm: number | undefined;

  get offset(): ClockOffset | undefined {
    return this.#best;
  }

  /** @returns the new conversion of times, if the answer has changed it */
  answered(answer: ClockAnswer): ClockReading | undefined {
    this.#measure(answer);
    const best = this.#best;
    if (best === undefined || !isBetterThan(this.#applied, best)) return undefined;
    this.#applied = best;
    return this.#reading(best);
  }

  /** The conversion again, if its drift has become known since it was returned. */
  lastReading(): ClockReading | undefined {
    const applied = this.#applied;
    if (applied === undefined || this.#driftPpm() === this.#reportedDriftPpm) return undefined;
    return this.#reading(applied);
  }

  /** A time of the host as one of this machine. */
  toOwnMs(hostMs: number): number {
    return hostMs + (this.#applied?.offsetMs ?? 0);
  }

  #measure({ askedMs, hostMs, nowMs }: ClockAnswer): void {
    const roundTripMs = Math.max(0, nowMs - askedMs);
    const best = this.#best;
    const isStale = best !== undefined && nowMs - best.measuredMs > validForMs;
    if (best !== undefined && !isStale && best.roundTripMs < roundTripMs) return;
    this.#best = { offsetMs: (askedMs + nowMs) / 2 - hostMs, roundTripMs, measuredMs: nowMs };
    this.#startMs ??= nowMs;
    const isEarly = nowMs - this.#startMs < validForMs;
    if (isEarly && roundTripMs < (this.#first?.roundTripMs ?? Number.POSITIVE_INFINITY))
      this.#first = this.#best;
  }

  #reading({ offsetMs, roundTripMs }: Measured): ClockReading {
    this.#reportedDriftPpm = this.#driftPpm();
    return { offsetMs, uncertaintyMs: roundTripMs / 2, driftPpm: this.#reportedDriftPpm };
  }

  #driftPpm(): number | undefined {
    const [first, best] = [this.#first, this.#best];
    if (first === undefined || best === undefined) return undefined;
    const passedMs = best.measuredMs - first.measuredMs;
    if (passedMs < validForMs) return undefined;
    const gainedMs = first.offsetMs - best.offsetMs;
    const ppm = (gainedMs / passedMs) * 1e6;
    if (Math.abs(ppm) > mostDriftPpm) {
      this.#first = best;
      return undefined;
    }
    return Math.abs(gainedMs) > uncertaintyOf(first, best) ? ppm : undefined;
  }
}

/** Of a difference, in milliseconds. */
function uncertaintyOf(a: Measured, b: Measured): number {
  return (a.roundTripMs + b.roundTripMs) / 2;
}

/** Whether a measurement is much more exact than the one in use, or contradicts it. */
function isBetterThan(applied: Measured | undefined, best: Measured): boolean {
  if (applied === undefined) return true;
  const gainedMs = (applied.roundTripMs - best.roundTripMs) / 2;
  if (gainedMs >= leastChangeMs && best.roundTripMs <= applied.roundTripMs / 2) return true;
  const differenceMs = Math.abs(best.offsetMs - applied.offsetMs);
  return differenceMs > Math.max(leastChangeMs, uncertaintyOf(applied, best));
}
