import { tickLabel } from "../axes/tick-label.ts";
import { durationTicks } from "../axes/duration-ticks.ts";
import { logDomain, logTicks } from "../axes/log-ticks.ts";
import {
  logScale,
  pathThrough,
  pixel,
  plotBox,
  type AxisTick,
  type PlotBox,
} from "./chart-scale.ts";

/** Time, cost and energy of an offer. */
export interface FrontValues {
  timeMs: number;
  usd: number;
  kwh: number | undefined;
}

export interface FrontOffer extends FrontValues {
  id: string;
  name: string;
  accelerator: string;
  hue: number;
}

/** What is drawn upward; the third quantity is the area of the points. */
export type FrontAxis = "cost" | "energy";

export interface FrontRows {
  /** By rising time. */
  offers: readonly FrontOffer[];
  /** All that were considered. */
  others: readonly FrontValues[];
  axis: FrontAxis;
  deadlineMs: number | undefined;
  /** Of the vertical axis: dollars or kilowatt-hours. */
  limit: number | undefined;
}

export interface FrontPoint {
  id: string;
  name: string;
  hue: number;
  x: number;
  y: number;
  radius: number;
}

export interface FrontMarks {
  box: PlotBox;
  xTicks: readonly AxisTick[];
  yTicks: readonly AxisTick[];
  points: readonly FrontPoint[];
  /** Dominated offers, as dots of one path. */
  dots: string;
  line: string;
  deadlineX: number | undefined;
  limitY: number | undefined;
}

/** Largest and smallest radius of a point, pixels. */
const radii = { from: 4.5, to: 10 };

/** The Pareto front of time against cost or energy on logarithmic axes; undefined without offers. */
export function frontChart(
  { offers, others, axis, deadlineMs, limit }: FrontRows,
  { width, height }: { width: number; height: number },
): FrontMarks | undefined {
  const upward = (one: FrontValues): number => (axis === "cost" ? one.usd : (one.kwh ?? 0));
  const third = (one: FrontValues): number => (axis === "cost" ? (one.kwh ?? 0) : one.usd);
  const x = logDomain(
    [...offers, ...others].map(({ timeMs }) => timeMs),
    1.15,
  );
  const y = logDomain([...offers, ...others].map(upward), 1.2);
  if (x === undefined || y === undefined) return undefined;
  const box = plotBox(width, height);
  const toX = logScale(x, box.left, box.right);
  const toY = logScale(y, box.bottom, box.top);
  const radius = radiusScale(offers.map(third));
  const points = offers
    .filter((one) => upward(one) > 0)
    .map((one) => ({
      id: one.id,
      name: one.name,
      hue: one.hue,
      x: pixel(toX(one.timeMs)),
      y: pixel(toY(upward(one))),
      radius: radius(third(one)),
    }));
  return {
    box,
    xTicks: durationTicks(x, width / 90).map(({ ms, text }) => ({ at: pixel(toX(ms)), text })),
    yTicks: logTicks(y, height / 42).map((value) => ({
      at: pixel(toY(value)),
      text: `${axis === "cost" ? "$" : ""}${shortLabel(value)}`,
    })),
    points,
    dots: others
      .filter((one) => upward(one) > 0)
      .map((one) => `M${pixel(toX(one.timeMs))} ${pixel(toY(upward(one)))}h0`)
      .join(""),
    line: pathThrough(lowest(points).map((point) => [point.x, point.y] as const)),
    deadlineX: deadlineMs === undefined ? undefined : inside(toX(deadlineMs), box.left, box.right),
    limitY: limit === undefined ? undefined : inside(toY(limit), box.top, box.bottom),
  };
}

/** `500`, `80k`, `2M`. */
function shortLabel(value: number): string {
  return value >= 1e4 && value < 1e6
    ? `${Number((value / 1e3).toPrecision(3))}k`
    : tickLabel(value);
}

function inside(at: number, from: number, to: number): number | undefined {
  return at < from || at > to ? undefined : pixel(at);
}

/** The points, by rising time, that no faster one is below of: the others are on the front by their third quantity. */
function lowest(points: readonly FrontPoint[]): FrontPoint[] {
  const kept: FrontPoint[] = [];
  for (const point of points) if (point.y > (kept.at(-1)?.y ?? 0)) kept.push(point);
  return kept;
}

/** The area of a point grows with the logarithm of its value. */
function radiusScale(values: readonly number[]): (value: number) => number {
  const known = values.filter((value) => value > 0).map(Math.log);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return (value) => {
    if (!(value > 0) || !(most > least)) return (radii.from + radii.to) / 2;
    const share = (Math.log(value) - least) / (most - least);
    return pixel(Math.sqrt(radii.from ** 2 + share * (radii.to ** 2 - radii.from ** 2)));
  };
}

/** Pixels within which a pointer finds a point. */
const reach = 40;

export function nearestPoint(
  points: readonly FrontPoint[],
  x: number,
  y: number,
): FrontPoint | undefined {
  const distance = (point: FrontPoint): number => Math.hypot(point.x - x, point.y - y);
  const best = points.toSorted((a, b) => distance(a) - distance(b))[0];
  return best !== undefined && distance(best) < reach ? best : undefined;
}

/** The point that a key moves to, along the front; undefined for other keys. */
export function pointAfterKey(
  points: readonly FrontPoint[],
  id: string | undefined,
  key: string,
): FrontPoint | undefined {
  const at = points.findIndex((point) => point.id === id);
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowDown: at + 1,
    ArrowLeft: at - 1,
    ArrowUp: at - 1,
    Home: 0,
    End: points.length - 1,
  };
  const to = steps[key];
  return to === undefined ? undefined : points[Math.max(0, Math.min(points.length - 1, to))];
}
