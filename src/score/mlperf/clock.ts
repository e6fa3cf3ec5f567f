/**
 * The official clock of one log: from `run_start` to `run_stop`. This is the only place that interprets the two.
 *
 * Several ranks may log either. As in the official scorer, the last of each counts, up to the line where both are
 * known; later lines change nothing.
 *
 * @typeParam Moment the data kept for a line: its time, or more
 */
export class OfficialClock<Moment = number> {
  #start: Moment | undefined;
  #stop: Moment | undefined;
  #isStartFixed = false;

  get start(): Moment | undefined {
    return this.#start;
  }

  get stop(): Moment | undefined {
    return this.#stop;
  }

  /** Whether both ends are known, so that no later line counts. */
  get isOver(): boolean {
    return this.#start !== undefined && this.#stop !== undefined;
  }

  /**
   * The program was started again after a failure. The clock runs on: a known start stays, and an earlier stop does not count.
   *
   * @param keepsStart whether a later `run_start` changes nothing
   */
  restart({ keepsStart }: { keepsStart: boolean }): void {
    this.#isStartFixed = keepsStart && this.#start !== undefined;
    this.#stop = undefined;
  }

  /**
   * Takes the next event of the log.
   *
   * @param moment undefined if the line has no usable time
   * @returns which end the event set, if any
   */
  push(key: string, moment: Moment | undefined): "start" | "stop" | undefined {
    if (this.isOver) return undefined;
    if (key === "run_start" && this.#isStartFixed) return undefined;
    if (key === "run_start") {
      this.#start = moment;
      return "start";
    }
    if (key !== "run_stop") return undefined;
    this.#stop = moment;
    return "stop";
  }
}

/** Time to train in milliseconds; undefined if either end is missing. */
export function clockedMs(clock: {
  runStartMs: number | undefined;
  runStopMs: number | undefined;
}): number | undefined {
  const { runStartMs, runStopMs } = clock;
  return runStartMs === undefined || runStopMs === undefined ? undefined : runStopMs - runStartMs;
}
