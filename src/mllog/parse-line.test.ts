import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseLine } from "./parse-line.ts";

function mllog(json: string): string {
  return `:::MLLOG ${json}`;
}

describe("parseLine on MLLOG", () => {
  test.each([
    { name: "behind a rank", prefix: "   3: " },
    { name: "behind an MPI rank", prefix: "[1,0]<stdout>:" },
    { name: "behind a progress bar", prefix: "  0% 0/40 [00:00<?, ?it/s]" },
    { name: "behind an earlier token on the same line", prefix: ":::MLLOG {torn " },
    { name: "behind terminal noise", prefix: "\x1b[O\xe2\x96\x88" },
  ])("reads an event $name", ({ prefix }) => {
    const json = `{"namespace": "worker0", "time_ms": 12, "event_type": "INTERVAL_END", "key": "run_stop", "value": null, "metadata": {"status": "success"}}`;
    expect(parseLine(prefix + mllog(json))).toEqual({
      kind: "event",
      event: {
        namespace: "worker0",
        timeMs: 12,
        eventType: "INTERVAL_END",
        key: "run_stop",
        value: null,
        metadata: { status: "success" },
      },
    });
  });

  test.each([
    { name: "no token", line: "epoch 3 loss 0.2", expected: { kind: "other" } },
    { name: "half a token", line: ":::ML", expected: { kind: "other" } },
    { name: "nothing behind the token", line: mllog(" \x85\x1c"), reason: "empty" },
    { name: "torn JSON", line: mllog('{"value": "adamw"Lambdaorkspace/'), reason: "not-json" },
    { name: "null", line: mllog("null"), reason: "json-null" },
    { name: "a list", line: mllog("[1]"), reason: "not-an-object" },
    { name: "no time", line: mllog('{"key": "a"}'), reason: "time-missing" },
    { name: "time null", line: mllog('{"time_ms": null}'), reason: "time-not-a-number" },
    { name: "time in words", line: mllog('{"time_ms": "noon"}'), reason: "time-text-not-a-number" },
    { name: "no key", line: mllog('{"time_ms": 1}'), reason: "key-missing" },
    {
      name: "key no text, no value",
      line: mllog('{"time_ms": 1, "key": 2}'),
      reason: "value-missing",
    },
    {
      name: "key no text",
      line: mllog('{"time_ms": 1, "key": 2, "value": 1, "metadata": {}}'),
      reason: "key-not-text",
    },
    { name: "a bare number as a name", line: mllog("{NaN : 1}"), reason: "not-json" },
    { name: "nesting beyond reason", line: mllog("[".repeat(100_000)), reason: "nested-too-deep" },
  ])("$name", ({ line, expected, reason }) => {
    expect(parseLine(line)).toEqual(expected ?? { kind: "unreadable", dialect: "mllog", reason });
  });

  test.each([
    { name: "number as text", fields: `"time_ms": " 1_0.5e1 "`, event: { timeMs: 105 } },
    { name: "boolean", fields: `"time_ms": true`, event: { timeMs: 1 } },
    {
      name: "seconds under another name",
      fields: `"time_s": 12.5`,
      event: { timeMs: 12500, lacks: "time_ms" },
    },
    { name: "NaN", fields: `"time_ms": NaN`, event: { timeMs: Number.NaN } },
  ])("accepts a time that is a $name", ({ fields, event }) => {
    const line = mllog(`{${fields}, "key": "k", "value": 1, "metadata": null}`);
    expect(parseLine(line)).toMatchObject({ kind: "event", event });
  });

  test.each([
    { json: "1", value: 1, asFloat: undefined },
    { json: "1.0", value: 1, asFloat: true },
    { json: "1e3", value: 1000, asFloat: true },
    { json: "1.5", value: 1.5, asFloat: undefined },
    { json: "true", value: true, asFloat: undefined },
    { json: `1, "metadata": {"value": 2.0}`, value: 1, asFloat: undefined },
    { json: `1.0, "metadata": {"value": 2}`, value: 1, asFloat: true },
    {
      json: `"x", "metadata": {"a": "\\"value\\": 2.0"}, "value": 3`,
      value: 3,
      asFloat: undefined,
    },
    { json: "-Infinity", value: Number.NEGATIVE_INFINITY, asFloat: undefined },
    {
      json: `["NaN", NaN, "a \\" NaN"]`,
      value: ["NaN", Number.NaN, 'a " NaN'],
      asFloat: undefined,
    },
  ])("reads the value $json", ({ json, value, asFloat }) => {
    const parsed = parseLine(mllog(`{"time_ms": 1, "key": "k", "metadata": 0, "value": ${json}}`));
    expect(parsed).toMatchObject({ kind: "event", event: { value } });
    expect(parsed.kind === "event" && parsed.event.valueWrittenAsFloat).toBe(asFloat);
  });
});

describe("parseLine on the older dialects", () => {
  test("v0.6: seconds, key, value and metadata", () => {
    const line = `[1,0]<stdout>::::MLL 1560881700.827 eval_accuracy: {"value": 0.759, "metadata": {"epoch_num": 61}}`;
    expect(parseLine(line)).toEqual({
      kind: "event",
      event: {
        timeMs: 1560881700827,
        timeSeconds: 1560881700.827,
        namespace: "",
        eventType: "POINT_IN_TIME",
        key: "eval_accuracy",
        value: 0.759,
        metadata: { epoch_num: 61 },
        dialect: "mll",
      },
    });
  });

  test.each([
    {
      name: "unquoted pseudo-JSON",
      line: ":::MLL 1.5 seed: {value: true, metadata: {}}",
      reason: "not-json",
    },
    {
      name: "a line cut by another process",
      line: ":::MLL 15608[2019-06-18]",
      reason: "wrong-shape",
    },
    { name: "two points in the time", line: ":::MLL 1.2.3 seed: {}", reason: "wrong-shape" },
    {
      name: "no blank behind the colon",
      line: ':::MLL 1.5 seed:{"value": 1}',
      reason: "wrong-shape",
    },
    { name: "a v0.7 token without its blank", line: ":::MLLOG", reason: "wrong-shape" },
  ])("v0.6: cannot read $name", ({ line, reason }) => {
    expect(parseLine(line)).toEqual({ kind: "unreadable", dialect: "mll", reason });
  });

  test("v0.6: reports what is missing in a line", () => {
    expect(parseLine(':::MLL 1 seed : {"value": 3}')).toMatchObject({
      event: { value: 3, lacks: "metadata" },
    });
    expect(parseLine(":::MLL 1 seed: 3")).toMatchObject({ event: { value: 3, lacks: "value" } });
  });

  test.each([
    { text: "run_start", key: "run_start", value: null },
    { text: 'run_stop: {"success": true}', key: "run_stop", value: { success: true } },
    {
      text: 'eval_accuracy : {"epoch": 0, "value": 0.5}',
      key: "eval_accuracy",
      value: { epoch: 0, value: 0.5 },
    },
    { text: "opt_name: bare word", key: "opt_name", value: "bare word" },
  ])("v0.5: $text", ({ text, key, value }) => {
    expect(
      parseLine(
        `INFO:mlperf_compliance::::MLPv0.5.0 ncf 1542322551.640 (Example.scala:70) ${text}`,
      ),
    ).toEqual({
      kind: "event",
      event: {
        timeMs: 1542322551640,
        timeSeconds: 1542322551.64,
        namespace: "",
        eventType: "POINT_IN_TIME",
        key,
        value,
        metadata: { benchmark: "ncf", file: "Example.scala", lineno: 70 },
        dialect: "mlpv",
      },
    });
  });
});

test("the parser does not throw for any text", () => {
  const token = fc.constantFrom(":::MLLOG ", ":::MLL ", ":::MLPv0.5.0 ", ":::ML");
  const jsonPiece = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"',
    "\\",
    "0",
    ".",
    "-",
    "e",
    " ",
    "NaN",
    "null",
    '"time_ms"',
    '"key"',
    '"value"',
  );
  const junk = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.array(jsonPiece, { maxLength: 20 }).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(junk, token, junk, junk, (before, token, middle, after) => {
      expect(["event", "other", "unreadable"]).toContain(
        parseLine(before + token + middle + after).kind,
      );
    }),
    { numRuns: 150 },
  );
});
