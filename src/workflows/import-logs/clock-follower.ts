import type { LogClock } from "../../formats/training-log/log-clock.ts";
import type { LogTextLine } from "../../formats/training-log/read-log-line.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";

/** Lines of several processes may be out of order by this much. */
const toleranceMs = 1000;

/** Follows the clock of a log, line by line. Its time never runs backwards; if the log's does, that is a finding. */
export class ClockFollower {
  readonly #clock: LogClock;
  #back: { line: number; fromMs: number; toMs: number; count: number } | undefined;
  firstMs: number | undefined;
  newestMs: number | undefined;

  constructor(clock: LogClock) {
    this.#clock = clock;
  }

  get isAbsolute(): boolean {
    return this.#clock.isAbsolute;
  }

  read(line: LogTextLine): void {
    const timeMs = this.#clock.read(line);
    if (timeMs === undefined) return;
    this.firstMs ??= timeMs;
    const newestMs = this.newestMs ?? timeMs;
    const isBack = timeMs < newestMs - (this.isAbsolute ? toleranceMs : 0);
    if (isBack) this.#noteBack(line.lineNumber, { fromMs: newestMs, toMs: timeMs });
    this.newestMs = Math.max(newestMs, timeMs);
  }

  findings(): Finding[] {
    return this.#back === undefined ? [] : [{ rule: "log-clock-backwards", ...this.#back }];
  }

  #noteBack(line: number, times: { fromMs: number; toMs: number }): void {
    this.#back ??= { line, ...times, count: 0 };
    this.#back.count += 1;
  }
}
