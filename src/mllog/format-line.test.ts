import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../foundation/json.ts";
import { eventTypes, type LogEvent } from "../schema/logs/log-event.ts";
import { formatLine } from "./format-line.ts";
import { parseLine } from "./parse-line.ts";

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(1e21, -1e300, -0, 0.1, 5e-324, 2 ** 53 + 2),
);
const anyCharacter = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
const anyText = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.constantFrom("__proto__", "\uE000NaN", "NaN", ":::MLL"),
);

const anyValue = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyNumber,
    anyText,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(anyText, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

const anyEvent: fc.Arbitrary<LogEvent> = fc
  .record({
    timeMs: anyNumber,
    namespace: anyText,
    eventType: fc.constantFrom(...eventTypes),
    key: anyText,
    value: anyValue,
    metadata: anyValue,
    asFloat: fc.boolean(),
  })
  .map(({ asFloat, ...event }) => {
    const marksFloat = asFloat && Number.isInteger(event.value);
    return marksFloat ? Object.assign(event, { valueWrittenAsFloat: true as const }) : event;
  });

describe("formatLine", () => {
  test("parses a written line as the same event", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(parseLine(formatLine(event))).toEqual({ kind: "event", event });
      }),
      { numRuns: 1000 },
    );
  });

  test("writes the fields in the order of the published logs", () => {
    expect(
      formatLine({
        timeMs: 1746074108602,
        namespace: "",
        eventType: "INTERVAL_START",
        key: "run_start",
        value: null,
        metadata: { file: "train.py", lineno: 12, rate: 0.5 },
      }),
    ).toBe(
      `:::MLLOG {"namespace": "", "time_ms": 1746074108602, "event_type": "INTERVAL_START", "key": "run_start", "value": null, "metadata": {"file": "train.py", "lineno": 12, "rate": 0.5}}`,
    );
  });
});
