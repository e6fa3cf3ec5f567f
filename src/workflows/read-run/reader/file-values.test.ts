import fc from "fast-check";
import { expect, test } from "vitest";
import { parseLine } from "../../../mllog/parse-line.ts";
import type { LogEvent } from "../../../schema/logs/log-event.ts";
import {
  FileLines,
  fileObservations,
  isFileValues,
  type PlacedReading,
  readingObservations,
} from "./file-values.ts";

const maybe = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined });
const printed = fc.record({
  metric: fc.constantFrom("acc", "loss", "val/acc é"),
  value: fc.oneof(fc.double(), fc.constant(Number.NaN)),
  isPercent: fc.constantFrom(true, undefined),
});
const placedReading: fc.Arbitrary<PlacedReading> = fc.record({
  path: fc.constantFrom("a.csv", "b.csv"),
  timeFrom: fc.constantFrom("file" as const, "written" as const),
  placedMs: fc.integer({ min: 1_900_000_000_000, max: 1_900_000_009_999 }),
  step: maybe(fc.nat()),
  timeMs: fc.constant(undefined),
  samplesCount: maybe(fc.nat()),
  clockMs: maybe(fc.nat()),
  metrics: fc
    .uniqueArray(printed, { selector: ({ metric }) => metric, maxLength: 3 })
    .map((metrics) =>
      metrics.map(({ metric, value, isPercent }) => {
        const text = `${value}${isPercent === true ? "%" : ""}`;
        return isPercent === true ? { metric, value, text, isPercent } : { metric, value, text };
      }),
    ),
});

function eventsOf(text: string): LogEvent[] {
  return text.split("\n").flatMap((line) => {
    const parsed = parseLine(line);
    return parsed.kind === "event" ? [parsed.event] : [];
  });
}

test("lines of many readings give the observations of each reading", () => {
  fc.assert(
    fc.property(fc.array(placedReading, { maxLength: 30 }), (readings) => {
      const lines = new FileLines();
      lines.push(readings);
      const events = eventsOf(lines.take());
      expect(events.every((event) => isFileValues(event))).toBe(true);
      expect(lines.take()).toBe("");
      const texts = (seen: ReturnType<typeof fileObservations>): string[] =>
        seen.map((each) =>
          JSON.stringify(each, (_, value) => (Number.isNaN(value) ? "NaN" : value)),
        );
      // Metrics of one reading have no order.
      const ofLines = events.flatMap((event) => texts(fileObservations(event)));
      const ofReadings = readings.flatMap((reading) => texts(readingObservations(reading)));
      expect(new Set(ofLines)).toEqual(new Set(ofReadings));
      expect(ofLines).toHaveLength(ofReadings.length);
    }),
  );
});

test("a long table takes few bytes for each row", () => {
  const lines = new FileLines();
  for (let step = 1; step <= 10_000; step++) {
    const value = step / 20_000;
    lines.push([
      {
        path: "metrics.csv",
        timeFrom: "written",
        placedMs: 1_900_000_000_000,
        step,
        timeMs: undefined,
        samplesCount: undefined,
        clockMs: undefined,
        metrics: [{ metric: "acc", value, text: String(value) }],
      },
    ]);
  }
  const text = lines.take();
  expect(text.length).toBeLessThan(100_000);
  expect(eventsOf(text).at(-1)?.metadata).toMatchObject({ step: { from: 9001, by: 1 } });
});
