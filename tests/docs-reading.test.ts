import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MetricReader } from "../src/formats/text/metric-reader.ts";
import { finding } from "../src/schema/run/finding.ts";

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
