import { describe, expect, test } from "vitest";
import { paretoFront } from "../../../src/atlas/scaling/pareto-front.ts";
import { measured } from "./sample-results.ts";
import {
  atlasChart,
  chartNotes,
  familyCounts,
  frontOf,
  gainsOf,
  tipOf,
  toggledFamily,
} from "./view-model.ts";

const view = { measure: "system", benchmark: "bert", withFront: true } as const;

describe("atlasChart", () => {
  test("shows minutes, chip-minutes, dollars, and kilowatt-hours", () => {
    const rows = [measured("A")];
    const y = (measure: "system" | "chip" | "dollar" | "kwh"): number | undefined =>
      atlasChart(rows, { ...view, measure })?.points[0]?.y;
    expect(y("system")).toBe(10);
    expect(y("chip")).toBe(80);
    expect(y("dollar")).toBeCloseTo(4, 9);
    expect(y("kwh")).toBeCloseTo((8 * 700 * 600) / 3.6e6, 9);
  });

  test("sets the shape by availability, and marks open division, estimates, and own results", () => {
    const rows = [
      measured("Open", { division: "open", availability: "rdi" }),
      measured("Metered", { energyJoules: 1e6, energyLabel: "measured" }),
      measured("Mine", { suite: "own", division: undefined, availability: undefined }),
      measured("Old", { division: undefined, availability: undefined }),
    ];
    const points = atlasChart(rows, { ...view, measure: "kwh" })?.points ?? [];
    const by = Object.fromEntries(
      points.map(({ rowId, kind, isOpen, isEstimated }) => [
        rowId.split("/")[2],
        [kind, isOpen, isEstimated],
      ]),
    );
    expect(by).toEqual({
      Open: ["rdi", true, true],
      Metered: ["on-premise", false, false],
      Mine: ["own", false, true],
      Old: ["not-stated", false, true],
    });
  });

  test("marks results under older rules, but never own results", () => {
    const rows = [
      measured("New"),
      measured("Old", { compatibilityGroup: 1 }),
      measured("Mine", { suite: "own", compatibilityGroup: 1 }),
    ];
    const marked = atlasChart(rows, view)?.points.filter(({ isOfOtherRules }) => isOfOtherRules);
    expect(marked?.map(({ rowId }) => rowId)).toEqual(["mlperf-training/v5.0/Old/bert"]);
  });

  test("places systems without accelerators by nodes, and omits them per chip", () => {
    const bare = {
      acceleratorCount: undefined,
      accelerator: undefined,
      acceleratorFamily: undefined,
    };
    const rows = [measured("Processors", { ...bare, nodeCount: 16 })];
    expect(atlasChart(rows, view)?.points[0]).toMatchObject({ x: 16, family: "processors" });
    expect(atlasChart(rows, { ...view, measure: "chip" })).toBeUndefined();
    expect(chartNotes(rows, "system")).toContain(
      "1 system without accelerators, placed by node count",
    );
    expect(chartNotes(rows, "chip")).toContain(
      "1 result without chip-min is shown only in the table",
    );
  });

  test("sorts the points by accelerators", () => {
    const rows = [64, 8, 8, 512].map((acceleratorCount, index) =>
      measured(`S${index}`, { acceleratorCount, scoreMs: 600_000 - index }),
    );
    const points = atlasChart(rows, view)?.points ?? [];
    expect(points.map(({ x }) => x)).toEqual([8, 8, 64, 512]);
    expect(points[0]?.y).toBeLessThan(points[1]?.y ?? 0);
  });

  test("has lines of constant accelerator-time only for times", () => {
    const rows = [measured("A", { acceleratorCount: 8 }), measured("B", { acceleratorCount: 512 })];
    const chart = atlasChart(rows, view);
    expect(chart?.lines.length).toBeGreaterThan(0);
    for (const { from, to, chipMinutes } of chart?.lines ?? []) {
      expect(from.x * from.y).toBeCloseTo(chipMinutes, 6);
      expect(to.x * to.y).toBeCloseTo(chipMinutes, 6);
    }
    expect(atlasChart(rows, { ...view, measure: "dollar" })?.lines).toEqual([]);
  });
});

describe("frontOf", () => {
  test("is the front of results under the newest rules and own results", () => {
    const rows = [
      measured("A", { scoreMs: 60_000, acceleratorCount: 128 }),
      measured("B", { scoreMs: 600_000, acceleratorCount: 8 }),
      measured("Dominated", { scoreMs: 700_000, acceleratorCount: 16 }),
      measured("Old", { scoreMs: 1000, compatibilityGroup: 1 }),
    ];
    const expected = paretoFront(rows.slice(0, 3), ["system", "dollar", "kwh"]);
    expect(frontOf(rows)).toEqual(expected);
    const ringed = atlasChart(rows, view)?.points.filter(({ isOnFront }) => isOnFront);
    expect(ringed?.map(({ rowId }) => rowId.split("/")[2]).toSorted()).toEqual(["A", "B"]);
    const without = atlasChart(rows, { ...view, withFront: false });
    expect(without?.points.some(({ isOnFront }) => isOnFront)).toBe(false);
  });
});

describe("gainsOf", () => {
  test("uses closed results of all rounds regardless of the round filter, and no own results", () => {
    const rows = [
      measured("A", { round: "v4.1", publishedOn: "2024-11-13", scoreMs: 600_000 }),
      measured("B", { round: "v5.0", scoreMs: 300_000 }),
      measured("Open", { round: "v5.0", scoreMs: 1000, division: "open" }),
      measured("Mine", { suite: "own", round: "own", scoreMs: 1 }),
    ];
    const { system, chip } = gainsOf(rows, { filter: { benchmark: "bert", round: "v5.0" } }, []);
    expect(system).toMatchObject({ kind: "gains", gains: { totalGain: 2, division: "closed" } });
    expect(chip).toMatchObject({ kind: "gains", gains: { totalGain: 2 } });
  });

  test("requires two rounds", () => {
    const { system } = gainsOf([measured("A")], { filter: { benchmark: "bert" } }, []);
    expect(system.kind).toBe("too-few-rounds");
  });
});

describe("families", () => {
  test("are counted, largest count first", () => {
    const rows = [measured("A"), measured("B"), measured("C", { acceleratorFamily: "A100" })];
    expect(familyCounts(rows)).toEqual([
      { family: "H100", count: 2 },
      { family: "A100", count: 1 },
    ]);
  });

  test.each([
    { name: "selects one family", before: undefined, after: "H100" },
    { name: "adds a family", before: "A100", after: "A100,H100" },
    { name: "removes a family", before: "A100,H100", after: "A100" },
    { name: "removes the last family", before: "H100", after: "" },
  ])("a click $name", ({ before, after }) => {
    expect(toggledFamily(before, "H100")).toBe(after);
  });
});

describe("tipOf", () => {
  test("has the figure as in the terminal, and the submitter", () => {
    expect(tipOf(measured("Dell"), "system")).toEqual({
      head: ["Dell", "v5.0"],
      lines: ["10.00 minutes", "8 x h100-sxm", "Dell-box", "closed, on-prem"],
    });
    expect(tipOf(measured("Dell"), "dollar").lines[0]).toBe("$4.00");
    expect(tipOf(measured("Dell"), "kwh").lines[0]).toBe("~0.9333 kWh");
  });
});
