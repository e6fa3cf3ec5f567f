import { describe, expect, test } from "vitest";
import type { SeriesBuckets } from "../../../src/schema/dashboard/run-series.ts";
import { drawSvg } from "./draw-svg.ts";
import { paperPalette } from "../palette.ts";
import { qualityChart } from "../run/quality-chart.ts";
import { stepTimeChart } from "../run/step-time-chart.ts";
import { powerChart } from "../run/power-chart.ts";

const clock = { label: "clock", unit: "milliseconds" } as const;
const size = { width: 480, height: 260 };

const buckets = (name: string, values: number[], spread = 0): SeriesBuckets => ({
  name,
  unit: name === "quality" ? "" : name === "powerWatts" ? "watts" : "milliseconds",
  x: values.map((_, index) => (index + 1) * 60_000),
  min: values.map((value) => value - spread),
  max: values.map((value) => value + spread),
  last: values,
  count: values.map(() => (spread > 0 ? 4 : 1)),
  ...(spread > 0 ? { median: values } : {}),
});

describe("drawSvg", () => {
  test("draws quality against its target, with the predicted crossing", () => {
    const chart = qualityChart(buckets("quality", [0.5, 0.8, 0.9]), clock, {
      target: { metric: "val_acc", direction: "at-least", value: 0.95 },
      crossing: { atX: 260_000, lowX: 240_000, highX: 300_000 },
    });
    expect(drawSvg(chart, paperPalette, size)).toMatchSnapshot();
  });

  test("draws the parts of a step as lines over bands with distinct dashes", () => {
    const chart = stepTimeChart(
      {
        computeMs: buckets("computeMs", [10, 12, 11], 2),
        dataWaitMs: buckets("dataWaitMs", [1, 1, 6], 0.5),
      },
      clock,
    );
    const svg = drawSvg(chart, paperPalette, size);
    expect(svg).toMatchSnapshot();
    const dashes = [
      ...svg.matchAll(/stroke-width="1.5"[^>]*?(stroke-dasharray="[^"]*")?\/>/gu),
    ].map(([, dash]) => dash);
    expect(new Set(dashes).size).toBe(dashes.length);
  });

  test("dots an estimate but not a measurement", () => {
    const estimated = powerChart(buckets("powerWatts", [30, 31]), clock, { isMeasured: false });
    const measured = powerChart(buckets("powerWatts", [30, 31]), clock, { isMeasured: true });
    expect(drawSvg(estimated, paperPalette, size)).toContain('stroke-dasharray="2 3"');
    expect(drawSvg(measured, paperPalette, size)).not.toContain('stroke-dasharray="2 3"');
  });

  test.each([
    { name: '<script>"&', shown: "&lt;script&gt;&quot;&amp;" },
    {
      name: '"><img src=x onerror=alert(1)>',
      shown: "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;",
    },
    { name: "]]></text><script>alert(1)</script>", shown: "]]&gt;&lt;/text&gt;&lt;script&gt;" },
    { name: "acc\u202egpj", shown: "acc⟨U+202E⟩gpj" },
    { name: "acc\u001b[31m\u0000", shown: "acc␛[31m␀" },
  ])("the name $name from a log stays text", ({ name, shown }) => {
    const target = { metric: name, direction: "at-least", value: 1 } as const;
    const chart = qualityChart(buckets("quality", [0.5]), clock, { target, crossing: undefined });
    const svg = drawSvg(chart, paperPalette, size);
    expect(svg).toContain(shown);
    expect(svg).not.toMatch(/<script|<img|\p{Bidi_Control}|(?!\n)\p{Cc}/u);
  });

  test("writes a valid file for an empty chart", () => {
    const svg = drawSvg(stepTimeChart({}, clock), paperPalette, size);
    expect(svg).not.toContain("NaN");
    expect(svg.endsWith("</svg>\n")).toBe(true);
  });
});
