import { tickLabel } from "../axes/tick-label.ts";
import { durationTicks } from "../axes/duration-ticks.ts";
import { doublingTicks, logDomain } from "../axes/log-ticks.ts";
import {
  logScale,
  pathThrough,
  pixel,
  plotBox,
  type AxisTick,
  type PlotBox,
} from "./chart-scale.ts";

/** Time of a training on a number of accelerators, with the interval of 80 %. */
export interface ScalingStep {
  count: number;
  timeMs: number;
  lowMs: number;
  highMs: number;
}

/** A published result of the same accelerator. */
export interface PublishedPoint {
  id: string;
  text: string;
  count: number;
  timeMs: number;
}

export interface ScalingMarks {
  box: PlotBox;
  xTicks: readonly AxisTick[];
  yTicks: readonly AxisTick[];
  line: string;
  band: string;
  /** Perfect scaling from the smallest number on. */
  ideal: string;
  published: readonly { id: string; text: string; x: number; y: number }[];
  chosen: { x: number; y: number } | undefined;
}

/** Time against accelerators on logarithmic axes; undefined without steps. */
export function scalingChart(
  {
    steps,
    published,
    chosenCount,
  }: { steps: readonly ScalingStep[]; published: readonly PublishedPoint[]; chosenCount: number },
  { width, height }: { width: number; height: number },
): ScalingMarks | undefined {
  const [first] = steps;
  const x = logDomain(
    [...steps, ...published].map(({ count }) => count),
    1.3,
  );
  const times = [
    ...steps.flatMap(({ lowMs, highMs }) => [lowMs, highMs]),
    ...published.map(({ timeMs }) => timeMs),
  ];
  const y = logDomain(times, 1.15);
  if (first === undefined || x === undefined || y === undefined) return undefined;
  const box = plotBox(width, height);
  const toX = logScale(x, box.left, box.right);
  const toY = logScale(y, box.bottom, box.top);
  const chosen = steps.find(({ count }) => count === chosenCount);
  const idealEnd = Math.min(x.to, (first.count * first.timeMs) / y.from);
  const upper = steps.map(({ count, highMs }) => [toX(count), toY(highMs)] as const);
  const lower = steps.map(({ count, lowMs }) => [toX(count), toY(lowMs)] as const);
  return {
    box,
    xTicks: doublingTicks(x, width / 56).map((count) => ({
      at: pixel(toX(count)),
      text: tickLabel(count),
    })),
    yTicks: durationTicks(y, height / 36).map(({ ms, text }) => ({ at: pixel(toY(ms)), text })),
    line: pathThrough(steps.map(({ count, timeMs }) => [toX(count), toY(timeMs)] as const)),
    band: `${pathThrough([...upper, ...lower.toReversed()])}Z`,
    ideal: pathThrough([
      [toX(first.count), toY(first.timeMs)],
      [toX(idealEnd), toY((first.count * first.timeMs) / idealEnd)],
    ]),
    published: published.map(({ id, text, count, timeMs }) => ({
      id,
      text,
      x: pixel(toX(count)),
      y: pixel(toY(timeMs)),
    })),
    chosen: chosen && { x: pixel(toX(chosen.count)), y: pixel(toY(chosen.timeMs)) },
  };
}
