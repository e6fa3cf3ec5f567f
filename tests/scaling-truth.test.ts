import { describe, expect, test } from "vitest";
import { scalingCurves } from "../src/atlas/scaling/scaling-curves.ts";
import type { ResultRow } from "../src/schema/atlas/results/result-row.ts";
import type { ScalingStudy } from "../src/schema/atlas/answers/scaling-study.ts";
import { readResultRows } from "../src/store/results/read-results.ts";

const { rows } = await readResultRows();

function curvesOf(some: readonly ResultRow[]): readonly ScalingStudy[] {
  const outcome = scalingCurves(some);
  return outcome.kind === "curves" ? [outcome.report, ...outcome.report.otherCurves] : [];
}

const closed = (round: string, benchmark: string): ResultRow[] =>
  rows.filter(
    (row) => row.round === round && row.benchmark === benchmark && row.division === "closed",
  );

function curveOf(curves: readonly ScalingStudy[], accelerator: string, submitter: string) {
  const found = curves.find(
    (curve) => curve.accelerator === accelerator && curve.submitters.includes(submitter),
  );
  if (found === undefined) throw new Error(`no curve of ${accelerator}`);
  return found;
}

describe("scaling of the shipped results", () => {
  test("keeps the accelerators of Llama 3.1 405B in v5.1 apart", () => {
    const curves = curvesOf(closed("v5.1", "llama31_405b"));
    for (const { points, accelerator } of curves) {
      expect(new Set(points.map(({ row }) => row.accelerator))).toEqual(new Set([accelerator]));
      for (const { efficiency } of points) expect(efficiency ?? 1).toBeLessThan(1.1);
    }
    const { stopsPaying } = curveOf(curves, "gb200-nvl72", "NVIDIA");
    // Measured from 2,560 to 5,120 GB200: 18.79 to 9.995 minutes, 1.88 times.
    const speedup = "doublingSpeedup" in stopsPaying ? stopsPaying.doublingSpeedup : undefined;
    expect(speedup?.toFixed(2)).toBe("1.90");
  });

  test("shows the RCP factor of Llama 2 70B LoRA on 512 GB300 in v5.1", () => {
    const curve = curveOf(curvesOf(closed("v5.1", "llama2_70b_lora")), "gb300-nvl72", "NVIDIA");
    const point = curve.points.at(-1);
    expect(point?.acceleratorCount).toBe(512);
    expect(point?.speedup).toBeCloseTo(14.8022, 3);
    expect(point?.efficiency).toBeCloseTo(0.231285, 5);
    expect(point?.parts?.samples).toBeCloseTo(0.432432, 5);
    expect(point?.parts?.throughput).toBeCloseTo(0.518894, 5);
    expect(point?.parts?.scalingFactor).toBeCloseTo(0.231285 / 0.432432 / 0.518894, 4);
  });

  test("shows the RCP factor of 1.150 of Llama 3.1 405B on 2,496 GB200 in v5.0", () => {
    const curve = curveOf(curvesOf(closed("v5.0", "llama31_405b")), "gb200-nvl72", "NVIDIA");
    const point = curve.points.find(({ acceleratorCount }) => acceleratorCount === 2496);
    expect(point?.efficiency?.toFixed(3)).toBe("0.902");
    expect(point?.parts?.samples.toFixed(3)).toBe("0.857");
    expect(point?.parts?.throughput.toFixed(3)).toBe("0.915");
    expect(point?.parts?.scalingFactor.toFixed(3)).toBe("1.150");
  });

  test("never joins A100 and V100", () => {
    for (const curve of curvesOf(rows.filter(({ benchmark }) => benchmark === "bert")))
      expect(new Set(curve.points.map(({ row }) => row.accelerator)).size).toBe(1);
  });

  test("splits every efficiency into parts that multiply to it, and prints none above 150 %", () => {
    const groups = new Map<string, ResultRow[]>();
    for (const row of rows) {
      const key = [row.suite, row.round, row.benchmark, row.division].join("/");
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    let count = 0;
    let factoredCount = 0;
    for (const some of groups.values())
      for (const { efficiency, parts } of curvesOf(some).flatMap(({ points }) => points)) {
        expect(efficiency ?? 1).toBeLessThanOrEqual(1.5);
        if (parts === undefined || efficiency === undefined) continue;
        const { samples, throughput, scalingFactor } = parts;
        expect((samples * throughput * scalingFactor) / efficiency).toBeCloseTo(1, 9);
        for (const part of [samples, throughput]) expect(part).toBeLessThanOrEqual(1.5);
        count += 1;
        if (Math.abs(scalingFactor - 1) > 5e-4) factoredCount += 1;
      }
    expect(count).toBeGreaterThan(500);
    expect(factoredCount).toBeGreaterThan(50);
  });
});
