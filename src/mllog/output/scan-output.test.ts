import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMetricPattern, type MetricPattern } from "./metric-pattern.ts";
import { OutputScanner } from "./scan-output.ts";

function pattern(text: string): MetricPattern {
  const parsed = parseMetricPattern(text);
  if (parsed.kind !== "pattern") throw new Error(parsed.kind);
  return parsed.pattern;
}

const accuracy = pattern("val_acc=([0-9.]+)");
const event =
  ':::MLLOG {"namespace":"","time_ms":5,"event_type":"POINT_IN_TIME","key":"eval_accuracy","value":0.5,"metadata":{}}';

describe("OutputScanner", () => {
  test("finds metrics, samples and MLLOG lines in order, whatever stands between", () => {
    const scanner = new OutputScanner({
      metrics: [accuracy],
      samples: pattern("samples=([0-9]+)"),
    });
    const seen = scanner.scan(
      `noise\nsamples=64 val_acc=0.5\r\n 0: ${event}\nval_acc=0.7 done\rmore`,
      9,
    );
    expect(seen.map((observation) => observation.kind)).toEqual([
      "samples",
      "metric",
      "event",
      "metric",
    ]);
    expect(scanner.sawEvent).toBe(true);
  });

  test("starts the clock once, at the first line that says so", () => {
    const scanner = new OutputScanner({ metrics: [accuracy], clockStart: new RegExp("^epoch") });
    const kinds = scanner.scan("loading\nepoch 1\nepoch 2\n", 1).map((seen) => seen.kind);
    expect(kinds).toEqual(["clock-start"]);
  });

  test("counts MLLOG lines that can't be read, and keeps the first", () => {
    const scanner = new OutputScanner({ metrics: [] });
    scanner.scan(':::MLLOG {"torn\n:::MLLOG {"torn too\n', 1);
    expect(scanner.unreadableCount).toBe(2);
    expect(scanner.firstUnreadableLine).toBe(':::MLLOG {"torn');
  });

  test("tells which metric no line has matched, with the line that nearly did", () => {
    const scanner = new OutputScanner({ metrics: [accuracy, pattern("loss=([0-9.]+)")] });
    scanner.scan("loss=2\nVal-Acc 0.5\n", 1);
    expect(scanner.unmatched()).toEqual([
      {
        rule: "metric-never-matched",
        metric: "val_acc",
        pattern: "val_acc=([0-9.]+)",
        nearestLine: "Val-Acc 0.5",
      },
    ]);
  });

  test("finds the same by searching for literals as by looking at every line", () => {
    const line = fc.oneof(
      fc.constantFrom(
        "val_acc=0.5",
        "x val_acc=0.25 y",
        "val_acc",
        "",
        event,
        "epoch 1",
        "αβγ val_acc=1",
      ),
      fc.string(),
    );
    const text = fc
      .array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")))
      .map((lines) => lines.flat().join(""));
    // The same pattern with a group around its text has no literal to search for.
    const slow = pattern("(?:val_acc)=(?<val_acc>[0-9.]+)");
    fc.assert(
      fc.property(text, (text) => {
        const fast = new OutputScanner({ metrics: [accuracy] }).scan(text, 1);
        expect(fast).toEqual(new OutputScanner({ metrics: [slow] }).scan(text, 1));
      }),
    );
  });
});
