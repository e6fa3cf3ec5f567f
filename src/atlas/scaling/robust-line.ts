import { median } from "../../foundation/numbers/statistics.ts";

export interface Line {
  slope: number;
  intercept: number;
}

/**
 * Theil-Sen line: the median slope over all pairs of points, and the median of the residuals as intercept. Up to 29 % of the
 * points can be outliers with little effect on it. Absent if all points have the same x.
 *
 * @see Sen 1968, Estimates of the regression coefficient based on Kendall's tau
 */
export function robustLine(points: readonly (readonly [number, number])[]): Line | undefined {
  const slopes = points.flatMap(([x, y], index) =>
    points.slice(index + 1).flatMap(([otherX, otherY]) => {
      return otherX === x ? [] : [(otherY - y) / (otherX - x)];
    }),
  );
  if (slopes.length === 0) return undefined;
  const slope = median(slopes);
  return { slope, intercept: median(points.map(([x, y]) => y - slope * x)) };
}
