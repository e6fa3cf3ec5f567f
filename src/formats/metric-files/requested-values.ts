import type { PrintedValue } from "../../schema/run/events/observation.ts";
import type { LoggedValue } from "../logged-value.ts";
import type { Section } from "../text/sections/line-section.ts";
import { columnDurationMs } from "../text/numbers/read-duration.ts";
import type { FileNames } from "./file-names.ts";
import type { FileReading } from "./file-reading.ts";

/** Chooses the requested values among those that a file or a tracker has. */
export class RequestedValues {
  readonly #names: FileNames;

  constructor(names: FileNames) {
    this.#names = names;
  }

  isUsed(name: string, section?: Section): boolean {
    const { metrics, isSamples, isClock } = this.#names.useOf(name, section);
    return metrics.length > 0 || isSamples || isClock;
  }

  /** Consecutive values of one step and time are one reading. */
  of(values: readonly LoggedValue[]): FileReading[] {
    const readings: FileReading[] = [];
    let row: LoggedValue[] = [];
    for (const value of values) {
      const [first] = row;
      const isSameRow =
        first?.step === value.step &&
        first?.timeMs === value.timeMs &&
        row.every(({ metric }) => metric !== value.metric);
      if (first !== undefined && !isSameRow) {
        readings.push(...this.#readingOf(row));
        row = [];
      }
      // Most columns of wide tables are not requested.
      const isUsed = this.isUsed(value.metric, value.section);
      if (row.length === 0 || isUsed) row.push(value);
    }
    return [...readings, ...this.#readingOf(row)];
  }

  /** Nothing if the row has no requested value. */
  #readingOf(row: readonly LoggedValue[]): FileReading[] {
    const [first] = row;
    if (first === undefined) return [];
    const metrics = row.flatMap((value) =>
      this.#names
        .useOf(value.metric, value.section)
        .metrics.map((metric) => printedValue(metric, value)),
    );
    const finite = row.filter(({ value }) => Number.isFinite(value));
    const samplesCount = finite.find(({ metric }) => this.#names.useOf(metric).isSamples)?.value;
    const clock = finite.find(({ metric }) => this.#names.useOf(metric).isClock);
    const clockMs =
      clock === undefined ? undefined : columnDurationMs(clock.value, clock.unitMs, clock.metric);
    const isUsed = metrics.length > 0 || samplesCount !== undefined || clockMs !== undefined;
    const { step, timeMs } = first;
    return isUsed ? [{ step, timeMs, metrics, samplesCount, clockMs }] : [];
  }
}

function printedValue(metric: string, { value, isPercent }: LoggedValue): PrintedValue {
  const text = `${value}${isPercent === true ? "%" : ""}`;
  return { metric, value, text, ...(isPercent === true ? { isPercent } : {}) };
}
