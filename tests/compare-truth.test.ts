import { describe, expect, test } from "vitest";
import { splitRatio } from "../src/atlas/compare/split-ratio.ts";
import type { ResultRow } from "../src/schema/atlas/results/result-row.ts";
import { readResultRows } from "../src/store/results/read-results.ts";

const { rows } = await readResultRows();

/** Every row beside the first comparable row with samples in the same unit. */
const pairs = rows.flatMap((row): [ResultRow, ResultRow][] => {
  const other = rows.find(
    (one) =>
      one.suite === row.suite &&
      one.benchmark === row.benchmark &&
      one.compatibilityGroup === row.compatibilityGroup &&
      one.scaling === row.scaling &&
      one.samplesUnit === row.samplesUnit &&
      one.samplesToConverge !== undefined,
  );
  return other === undefined || other === row ? [] : [[other, row]];
});

describe("comparisons of the shipped results", () => {
  test("split every ratio of two results into factors that multiply to it", () => {
    const splits = pairs.map(([from, to]) => splitRatio(from, to));
    const products = splits.flatMap((split) =>
      split.kind === "split"
        ? [split.factors.reduce((total, { ratio }) => total * ratio, 1) / split.totalRatio]
        : [],
    );
    expect(products.length).toBeGreaterThan(1500);
    expect(Math.max(...products)).toBeLessThan(1 + 1e-9);
    expect(Math.min(...products)).toBeGreaterThan(1 - 1e-9);
  });

  test("name the RCP scaling factor of about 500 results", () => {
    const factored = rows.filter(({ scoreMs, unscaledMs }) => {
      return scoreMs !== undefined && Math.abs(scoreMs / (unscaledMs ?? scoreMs) - 1) > 1e-6;
    });
    expect(factored.length).toBeGreaterThan(450);
    const shown = pairs
      .filter(([, to]) => factored.includes(to))
      .flatMap(([from, to]) => {
        const split = splitRatio(from, to);
        if (split.kind !== "split") return [];
        const factor = split.factors.find((one) => one.factor === "scaling-factor");
        return [(factor?.ratio ?? 0) * ((to.scoreMs ?? 0) / (to.unscaledMs ?? 1))];
      });
    expect(shown.length).toBeGreaterThan(300);
    for (const ratio of shown) expect(ratio).toBeGreaterThanOrEqual(1 - 1e-9);
  });
});
