import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMetricPattern } from "../../formats/text/metrics/metric-pattern.ts";
import { MetricReader } from "../../formats/text/metrics/metric-reader.ts";
import type { WantedMetric } from "../../formats/text/metrics/wanted-metric.ts";
import { OutputReader, type OutputPatterns } from "./read-output.ts";

function pattern(text: string): WantedMetric {
  const parsed = parseMetricPattern(text);
  if (parsed.kind !== "pattern") throw new Error(parsed.kind);
  return { kind: "pattern", ...parsed.pattern };
}

function metrics(...wanted: WantedMetric[]): MetricReader {
  return new MetricReader({ metrics: wanted });
}

const accuracy = pattern("val_acc=([0-9.]+)");
const event =
  ':::MLLOG {"namespace":"","time_ms":5,"event_type":"POINT_IN_TIME","key":"eval_accuracy","value":0.5,"metadata":{}}';

function take(reader: OutputReader, text: string, source = "stdout") {
  return reader.take({ source, bytes: new TextEncoder().encode(text), text }, 9);
}

function reading(patterns: OutputPatterns, text: string) {
  return take(new OutputReader(patterns), text);
}

describe("OutputReader", () => {
  test("finds metrics, samples and MLLOG lines in order, whatever stands between", () => {
    const { seen, lines } = reading(
      {
        metrics: new MetricReader({ metrics: [accuracy], samples: pattern("samples=([0-9]+)") }),
      },
      `noise\nsamples=64 val_acc=0.5\r\n 0: ${event}\nval_acc=0.7 done\rmore`,
    );
    expect(seen.map((observation) => observation.kind)).toEqual([
      "samples",
      "metric",
      "event",
      "metric",
    ]);
    expect(lines).toMatchObject([{ kind: "event", lineNumber: 3, byteOffset: 34 }]);
  });

  test("starts the clock once, at the first line that says so", () => {
    const { seen } = reading(
      { metrics: metrics(accuracy), clockStart: new RegExp("^epoch") },
      "loading\nepoch 1\nepoch 2\n",
    );
    expect(seen.map(({ kind }) => kind)).toEqual(["clock-start"]);
  });

  test("counts MLLOG lines that can't be read, and keeps the first", () => {
    const reader = new OutputReader({ metrics: metrics() });
    take(reader, ':::MLLOG {"torn\n:::MLLOG {"torn too\n');
    expect(reader.findings()).toEqual([
      { rule: "unreadable-log-lines", count: 2, firstLine: ':::MLLOG {"torn' },
    ]);
  });

  test("tells which metric no line has matched, with the line that nearly did", () => {
    const reader = new OutputReader({ metrics: metrics(accuracy, pattern("loss=([0-9.]+)")) });
    take(reader, "loss=2\nVal-Acc 0.5\n");
    expect(reader.unmatched()).toEqual([
      {
        rule: "metric-never-matched",
        metric: "val_acc",
        pattern: "val_acc=([0-9.]+)",
        nearestLine: "Val-Acc 0.5",
        suggestion: "Val-Acc",
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
        const fast = reading({ metrics: metrics(accuracy) }, text);
        expect(fast).toEqual(reading({ metrics: metrics(slow) }, text));
      }),
    );
  });

  test("reads an MLPerf line that comes in pieces once, where its end comes", () => {
    const reader = new OutputReader({ metrics: metrics(accuracy) });
    const [head, tail] = [event.slice(0, 40), event.slice(40)];
    expect(take(reader, `one\n${head}`).seen).toEqual([]);
    const { seen, lines } = take(reader, `${tail}\nval_acc=1\n`);
    expect(seen.map(({ kind }) => kind)).toEqual(["event", "metric"]);
    expect(lines).toMatchObject([{ lineNumber: 2, byteOffset: 4 }]);
  });

  test("places MLPerf lines in the whole log, though blocks without them are not parsed", () => {
    const reader = new OutputReader({ metrics: metrics() });
    take(reader, "one\ntwo\n");
    take(reader, "αβγ\r\n");
    expect(take(reader, `${event}\n`).lines).toMatchObject([{ lineNumber: 4, byteOffset: 16 }]);
  });

  test("patterns see the beginning of a long line, and one finding says so for all", () => {
    const reader = new OutputReader({ metrics: metrics(accuracy) }, 20);
    const values = [
      `val_acc=0.1 ${"-".repeat(30)} val_acc=0.2\n`,
      "val_acc=0.3\n",
      `val_acc=0.4 ${"-".repeat(30)}`,
      "val_acc=0.5",
      "\nval_acc=0.6\n",
    ].flatMap((text) =>
      take(reader, text).seen.map((seen) => seen.kind === "metric" && seen.value),
    );
    expect(values).toEqual([0.1, 0.3, 0.4, 0.6]);
    expect(reader.findings()).toEqual([
      { rule: "long-lines-cut", count: 2, longestBytes: 54, keptBytes: 20 },
    ]);
  });

  test("keeps the lines of two sources apart, where one is in the middle of a long line", () => {
    const reader = new OutputReader({ metrics: metrics(accuracy) }, 20);
    take(reader, "-".repeat(30));
    const other = take(reader, "val_acc=0.5\n", "stderr");
    expect(other.seen).toMatchObject([{ kind: "metric", value: 0.5 }]);
    expect(take(reader, "val_acc=0.7\nval_acc=0.8\n").seen).toMatchObject([{ value: 0.8 }]);
  });
});
