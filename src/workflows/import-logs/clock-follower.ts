import type { LogClock } from "../../formats/training-log/log-clock.ts";
import { LogLineReader } from "../../formats/training-log/read-log-line.ts";
import type { Finding } from "../../schema/run/finding.ts";

/** Lines of several processes may be out of order by this much. */
const toleranceMs = 1000;

/** Follows the clock of a log, line by line. Its time never runs backwards; if the log's does, that is a finding. */
export class ClockFollower {
  readonly #clock: LogClock;
  readonly #reader = new LogLineReader();
  #line = 0;
  #back: { line: number; fromMs: number; toMs: number; count: number } | undefined;
  firstMs: number | undefined;
  newestMs: number | undefined;

  constructor(clock: LogClock) {
    this.#clock = clock;
  }

  get isAbsolute(): boolean {
    return this.#clock.isAbsolute;
  }

  get lastMs(): number | undefined {
    return this.newestMs;
  }

  read(text: string): void {
    this.#line += 1;
    const line = this.#reader.read(text);
    const timeMs = line === undefined ? undefined : this.#clock.read(line);
    if (timeMs === undefined) return;
    this.firstMs ??= timeMs;
    const newestMs = this.newestMs ?? timeMs;
    if (timeMs < newestMs - (this.isAbsolute ? toleranceMs : 0)) this.#noteBack(newestMs, timeMs);
    this.newestMs = Math.max(newestMs, timeMs);
  }

  findings(): Finding[] {
    return this.#back === undefined ? [] : [{ rule: "log-clock-backwards", ...this.#back }];
  }

  #noteBack(fromMs: number, toMs: number): void {
    this.#back ??= { line: this.#line, fromMs, toMs, count: 0 };
    this.#back.count += 1;
  }
}
