import { describe, expect, test } from "vitest";
import type { LogLine } from "../../schema/logs/log-event.ts";
import { digestNodeMeter, digestSwitchMeter, measureEnergy } from "./measure-energy.ts";

/** Creates a meter log from entries of key, milliseconds and value. */
function meterLog(...entries: [key: string, timeMs: number, value?: number][]): LogLine[] {
  return entries.map(([key, timeMs, value = null], index) => ({
    kind: "event",
    lineNumber: index + 1,
    byteOffset: 0,
    event: { timeMs, namespace: "", eventType: "POINT_IN_TIME", key, value, metadata: "" },
  }));
}

function clock(runStartMs: number, runStopMs: number | undefined) {
  return { runStartMs, runStopMs };
}

const start = "power_measurement_start";
const stop = "power_measurement_stop";
const reading = "power_reading";

describe("measureEnergy", () => {
  test("multiplies mean power by time to train: 1 kW for 1 s, then 2 kW for 3 s, with 8 s of training", () => {
    const node = digestNodeMeter(
      meterLog(
        [start, 1000],
        ["conversion_eff", 1000, 0.9],
        [reading, 2000, 1000],
        [reading, 5000, 2000],
        [stop, 5000],
      ),
    );
    const watts = (0.9 * (1000 * 1000 + 2000 * 3000)) / 4000;
    expect(measureEnergy([node], clock(1000, 9000))).toEqual({
      kind: "measured",
      joules: watts * 8,
      inRunJoules: undefined,
      switchJoules: 0,
      readingIntervalMs: 3000,
      metersEndedByLastReading: 0,
    });
  });

  test("takes the reading interval of the meter that is read most rarely", () => {
    const readAt = (...times: number[]) =>
      digestNodeMeter(
        meterLog([start, 0], ...times.map((ms): [string, number, number] => [reading, ms, 10]), [
          stop,
          9000,
        ]),
      );
    // A gap while a meter restarts is not its interval.
    const meters = [readAt(1000, 2000, 3000, 8000), readAt(2000, 4000, 6000), readAt(5000)];
    expect(measureEnergy(meters, clock(1000, 9000))).toMatchObject({ readingIntervalMs: 2000 });
    expect(measureEnergy([readAt(5000)], clock(1000, 9000))).toMatchObject({
      readingIntervalMs: undefined,
    });
  });

  test("also integrates the readings between the start and the stop of the run alone", () => {
    // Idle at 100 W for a second on both sides of a run of 2 s at 1 kW.
    const node = digestNodeMeter(
      meterLog(
        [start, 0],
        ["conversion_eff", 0, 0.5],
        [reading, 1000, 100],
        [reading, 3000, 1000],
        [reading, 4000, 100],
        [stop, 4000],
      ),
    );
    const sw = digestSwitchMeter(meterLog(["interconnect_power_est", 0, 10]));
    expect(measureEnergy([node, sw], clock(1000, 3000))).toMatchObject({
      joules: 570,
      inRunJoules: 1020,
    });
  });

  test("adds the estimate of each switch with its own efficiency", () => {
    const node = digestNodeMeter(meterLog([start, 0], [reading, 1000, 100], [stop, 1000]));
    const sw = digestSwitchMeter(
      meterLog(
        ["conversion_eff", 0, 0.5],
        ["interconnect_power_est", 0, 60],
        ["interconnect_power_est", 1, 999],
      ),
    );
    expect(measureEnergy([node, sw], clock(0, 10_000))).toMatchObject({
      joules: 1300,
      switchJoules: 300,
    });
  });

  test("ignores readings before the start and after the stop, regardless of log order", () => {
    const node = digestNodeMeter(
      meterLog(
        [reading, 9000, 5000],
        [reading, 2000, 100],
        [stop, 2000],
        [reading, 2000, 4000],
        [start, 1000],
        [reading, 500, 7000],
      ),
    );
    expect(measureEnergy([node], clock(0, 1000))).toMatchObject({ joules: 100 });
  });

  test.each([
    { name: "at the start", entries: [[stop, 0] as const] },
    { name: "missing", entries: [] },
  ])("ends at the last reading if the stop is $name", ({ entries }) => {
    const node = digestNodeMeter(
      meterLog(
        [start, 0],
        ...entries.map(([key, timeMs]) => [key, timeMs] as [string, number]),
        [reading, 1000, 300],
        [reading, 2000, 500],
      ),
    );
    expect(measureEnergy([node], clock(0, 2000))).toMatchObject({
      joules: 800,
      metersEndedByLastReading: 1,
    });
  });

  test.each([
    { name: "no node log", meters: [], reason: "no-node-log" },
    {
      name: "no start",
      meters: [digestNodeMeter(meterLog([reading, 1, 5], [stop, 9]))],
      reason: "no-start",
    },
    {
      name: "no readings and no stop",
      meters: [digestNodeMeter(meterLog([start, 1]))],
      reason: "no-readings",
    },
  ])("cannot compute with $name", ({ meters, reason }) => {
    expect(measureEnergy(meters, clock(0, 1000))).toEqual({ kind: "not-computable", reason });
  });

  test("cannot compute without a time to train", () => {
    expect(measureEnergy([], clock(0, undefined))).toEqual({
      kind: "not-computable",
      reason: "no-clock",
    });
  });
});
