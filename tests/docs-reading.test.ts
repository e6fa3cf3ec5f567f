import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MetricReader } from "../src/formats/text/metrics/metric-reader.ts";
import { finding } from "../src/schema/run/findings/finding.ts";

const page = readFileSync(new URL("../docs/reading.md", import.meta.url), "utf8");

interface Example {
  name: string;
  metric: string;
  values: number[];
  lines: string[];
}

/** Examples are written as `**name**…: `--metric metric` reads value` with the lines in a fenced block. */
function examples(): Example[] {
  const pattern =
    /^\*\*(?<name>.+?)\*\*.*: `--metric (?<metric>.+?)` reads (?<values>.+)\n\n```\n(?<lines>[\s\S]*?)\n```$/gmu;
  return [...page.matchAll(pattern)].map(({ groups = {} }) => ({
    name: groups["name"] ?? "",
    metric: (groups["metric"] ?? "").replaceAll('"', ""),
    values: (groups["values"] ?? "").split(", ").map(Number),
    lines: (groups["lines"] ?? "").split("\n"),
  }));
}

function readFrom(metric: string, lines: readonly string[]): number[] {
  const reader = new MetricReader({ metrics: [{ kind: "name", metric }] });
  const readings = lines.flatMap((line) => reader.read(line).metrics);
  return readings.map(({ value, outOf = 1 }) => value / outOf);
}

describe("docs/reading.md", () => {
  test.each(examples())(
    "shows what is read from the output of $name",
    ({ metric, values, lines }) => {
      const reader = new MetricReader({ metrics: [{ kind: "name", metric }] });
      const readings = lines.flatMap((line) => reader.read(line).metrics);
      const read = readings.map(({ value, outOf = 1, doubt }) => ({ value: value / outOf, doubt }));
      expect(read).toEqual(values.map((value) => ({ value, doubt: undefined })));
      expect(reader.findings()).toEqual([]);
    },
  );

  test.each(examples())(
    "shows what is read late in a long output of $name",
    ({ metric, values, lines }) => {
      const reader = new MetricReader({ metrics: [{ kind: "name", metric }] });
      for (let index = 0; index < 600; index++) reader.read(`elapsed=${index}`);
      const late = lines.filter(
        (line) => reader.mayHold(line) && reader.read(line).metrics.length > 0,
      );
      expect(late.length).toBe(values.length);
    },
  );

  test.each([
    "2031-02-03 04:05:06,123 - INFO - ",
    "2031-02-03 04:05:06,123 - my.module - INFO - ",
    "2031-02-03 04:05:06.123 | INFO     | __main__:main:42 - ",
    "[2031-02-03 04:05:06] [INFO] ",
    "2031-02-03T04:05:06.123456789Z ",
    "I0203 04:05:06.123456 12345 train.py:42] ",
    "Feb 03 04:05:06 node-1 python[1234]: ",
    "INFO:root:",
    "INFO: ",
    "\u001B[32mINFO\u001B[0m ",
    "[rank0]: ",
    "0: ",
    "[1,0]<stdout>:",
    "(RayTrainWorker pid=12345, ip=10.0.0.4) ",
    "[  12.345s] ",
    "train.py:123 - ",
    "- ",
    "✅ ",
  ])("shows what is read from each output also after %j", (prefix) => {
    const other = examples().filter(({ metric, values, lines }) => {
      const read = readFrom(
        metric,
        lines.map((line) => `${prefix}${line}`),
      );
      return JSON.stringify(read) !== JSON.stringify(values);
    });
    expect(other.map(({ name }) => name)).toEqual([]);
  });

  test.each([
    { what: "empty lines", between: ["", ""] },
    { what: "a rule", between: ["-----------------------------"] },
    { what: "a sentence of three words", between: ["Training is done"] },
    { what: "words that look like columns", between: ["loading validation data now"] },
    {
      what: "a warning of Python",
      between: ["x.py:3: UserWarning: slow", "  warnings.warn(text)"],
    },
    { what: "other numbers", between: ["lr: 0.001 | grad_norm: 1.5"] },
    { what: "a log line", between: ["node-1:123:456 [0] NCCL INFO Channel 00/02 : 0 1 2 3"] },
    { what: "JSON", between: ['{"event": "checkpoint", "step": 100}'] },
  ])("shows what is read from each output also with $what between its lines", ({ between }) => {
    const other = examples().filter(({ metric, values, lines }) => {
      const read = readFrom(
        metric,
        lines.flatMap((line) => [...between, line]),
      );
      return JSON.stringify(read) !== JSON.stringify(values);
    });
    expect(other.map(({ name }) => name)).toEqual([]);
  });

  test("shows what is read from each output also if a logger wraps its lines in JSON", () => {
    const other = examples().filter(({ metric, values, lines }) => {
      const wrapped = lines.map((msg) =>
        JSON.stringify({ ts: 1_928_034_306.5, level: "info", line: 42, msg }),
      );
      return JSON.stringify(readFrom(metric, wrapped)) !== JSON.stringify(values);
    });
    expect(other.map(({ name }) => name)).toEqual([]);
  });

  test("has an example for each heading in bold", () => {
    const bold = page.match(/^\*\*/gmu) ?? [];
    expect(examples().length).toBe(bold.length);
  });

  test("lists only findings that exist, and each finding about a metric", () => {
    const rules = finding.options.map(({ shape }) => ({
      rule: shape.rule.value,
      isAboutMetric: "metric" in shape,
    }));
    const listed = [...page.matchAll(/^\| `([a-z-]+)` \| /gmu)].map((row) => row[1] ?? "");
    const known = new Set<string>(rules.map(({ rule }) => rule));
    expect(listed.filter((rule) => !known.has(rule))).toEqual([]);
    const aboutMetrics = rules.filter(({ isAboutMetric }) => isAboutMetric);
    expect(aboutMetrics.filter(({ rule }) => !listed.includes(rule))).toEqual([]);
  });
});
