import type { SeriesBuckets } from "../../../src/schema/dashboard/run-series.ts";
import type { MetricTarget } from "../../../src/schema/run/outcome/metric-target.ts";
import type { ChartSpec, Mark } from "./chart-spec.ts";
import { targetLevels } from "./target-level.ts";

/** Predicted x range in which the target is reached. */
export interface ExpectedCrossing {
  atX: number;
  lowX: number;
  highX: number;
}

/** The target metric, the target, and the predicted crossing. */
export function qualityChart(
  quality: SeriesBuckets | undefined,
  x: ChartSpec["x"],
  goal: { target: MetricTarget | undefined; crossing: ExpectedCrossing | undefined },
): ChartSpec {
  const { target, crossing } = goal;
  const metric = target?.metric ?? "quality";
  const { x: at = [], last = [], unit = "" } = quality ?? {};
  const line: Mark = {
    kind: "line",
    label: metric,
    tone: 1,
    stroke: "solid",
    x: at,
    y: last,
    withPoints: at.length <= 120,
  };
  return {
    name: "quality",
    title: `${metric} against its target`,
    x,
    y: { label: metric, unit },
    marks: [
      ...crossingMarks(crossing),
      ...targetLevels(target === undefined ? [] : [target]),
      line,
    ],
  };
}

function crossingMarks(crossing: ExpectedCrossing | undefined): Mark[] {
  if (crossing === undefined) return [];
  const { atX, lowX, highX } = crossing;
  return [{ kind: "range", label: "predicted crossing", fromX: lowX, toX: highX, atX }];
}
