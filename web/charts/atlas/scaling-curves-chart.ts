import type { ScalingStudy } from "../../../src/schema/atlas/answers/scaling-study.ts";
import { durationTicks } from "../axes/duration-ticks.ts";
import { doublingTicks, logDomain } from "../axes/log-ticks.ts";
import { tickLabel } from "../axes/tick-label.ts";
import {
  type AxisTick,
  logScale,
  pathThrough,
  pixel,
  type PlotBox,
  titledPlotBox,
} from "../plan/chart-scale.ts";

/** One curve in pixels. */
export interface CurveMarks {
  /** `h100-sxm by NVIDIA`; distinct among the curves of a report. */
  name: string;
  /** Index of a color; curves with the same color have different dashes. */
  hue: number;
  isDashed: boolean;
  path: string;
  points: readonly { rowId: string; text: string; x: number; y: number }[];
  /** Perfect scaling from the smallest system. */
  ideal: string;
}

export interface ScalingCurvesMarks {
  box: PlotBox;
  xTicks: readonly AxisTick[];
  yTicks: readonly AxisTick[];
  curves: readonly CurveMarks[];
}

/** Colors 1 to 11 of accelerator families; 0 is grey. */
const hueCount = 11;

export function curveName({ accelerator, submitters }: ScalingStudy): string {
  return `${accelerator} by ${submitters.join(", ")}`;
}

/** Time against accelerators on logarithmic axes. */
export function scalingCurvesChart(
  studies: readonly ScalingStudy[],
  { width, height }: { width: number; height: number },
): ScalingCurvesMarks | undefined {
  const all = studies.flatMap(({ points }) => points);
  const x = logDomain(
    all.map(({ acceleratorCount }) => acceleratorCount),
    1.3,
  );
  const y = logDomain(
    all.map(({ timeMs }) => timeMs),
    1.25,
  );
  if (x === undefined || y === undefined) return undefined;
  const box = titledPlotBox(width, height);
  const toX = logScale(x, box.left, box.right);
  const toY = logScale(y, box.bottom, box.top);
  return {
    box,
    xTicks: doublingTicks(x, width / 56).map((count) => ({
      at: pixel(toX(count)),
      text: tickLabel(count),
    })),
    yTicks: durationTicks(y, height / 36).map(({ ms, text }) => ({ at: pixel(toY(ms)), text })),
    curves: studies.map((study, index) => {
      const [first] = study.points;
      const size = first?.acceleratorCount ?? 1;
      const timeMs = first?.timeMs ?? 1;
      const last = study.points.at(-1)?.acceleratorCount ?? size;
      const idealEnd = Math.min(last, (size * timeMs) / y.from);
      return {
        name: curveName(study),
        hue: 1 + (index % hueCount),
        isDashed: index >= hueCount,
        path: pathThrough(
          study.points.map((point) => [toX(point.acceleratorCount), toY(point.timeMs)] as const),
        ),
        points: study.points.map((point) => ({
          rowId: point.row.rowId,
          text: `${tickLabel(point.acceleratorCount)} accelerators, ${tickLabel(point.timeMs / 60_000)} min`,
          x: pixel(toX(point.acceleratorCount)),
          y: pixel(toY(point.timeMs)),
        })),
        ideal: pathThrough([
          [toX(size), toY(timeMs)],
          [toX(idealEnd), toY((size * timeMs) / idealEnd)],
        ]),
      };
    }),
  };
}
