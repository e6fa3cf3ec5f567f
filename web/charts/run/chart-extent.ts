import { logDomain } from "../axes/log-ticks.ts";
import type { ChartSpec, Mark } from "./chart-spec.ts";

/** The shown ranges of both axes in their units; never empty. */
export interface Extent {
  fromX: number;
  toX: number;
  fromY: number;
  toY: number;
}

/** Padding above and below the marks, as a fraction of their height. */
const padding = 0.06;
/** The same on a logarithmic axis, as a factor. */
const logPadding = 1.1;

/** A predicted range extends the axis by at most this factor, so that the measurements fill at least a third. */
const maxExtension = 2;

/** The range in which all marks of a chart are visible. */
export function chartExtent({ marks, x, y }: ChartSpec): Extent {
  const horizontal = new Span();
  const vertical = new Span();
  for (const mark of marks) {
    if (mark.kind === "line" || mark.kind === "band") horizontal.takeAll(mark.x);
    for (const values of ysOf(mark)) vertical.takeAll(values);
  }
  horizontal.takeAll(x.atLeast ?? []);
  for (const mark of marks) if (mark.kind === "range") horizontal.reach(mark.toX, maxExtension);
  const [fromX, toX] = horizontal.ends(0);
  return { fromX, toX, ...(y.isLog === true ? logEnds(marks) : linearEnds(vertical, y)) };
}

function linearEnds(vertical: Span, { includesZero = false }: ChartSpec["y"]) {
  if (includesZero) vertical.take(0);
  const [fromY, toY] = vertical.ends(padding);
  return { fromY: includesZero && vertical.min === 0 ? 0 : fromY, toY };
}

function logEnds(marks: readonly Mark[]) {
  const values = marks.flatMap((mark) => ysOf(mark).flat());
  const { from, to } = logDomain(values, logPadding) ?? { from: 0.1, to: 1 };
  return { fromY: from, toY: to };
}

function ysOf(mark: Mark): (readonly number[])[] {
  if (mark.kind === "line") return [mark.y];
  if (mark.kind === "band") return [mark.low, mark.high];
  return mark.kind === "level" ? [[mark.y]] : [];
}

class Span {
  min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  takeAll(values: readonly number[]): void {
    for (const value of values) this.take(value);
  }

  take(value: number): void {
    if (!Number.isFinite(value)) return;
    if (value < this.min) this.min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Extends the span to `to`, by at most `times` its current length. */
  reach(to: number, times: number): void {
    if (this.min <= this.#max) {
      this.take(Math.min(to, this.#max + times * (this.#max - this.min)));
    }
  }

  ends(margin: number): [number, number] {
    if (this.min > this.#max) return [0, 1];
    const range = this.#max - this.min;
    if (range === 0) {
      const half = this.min === 0 ? 0.5 : Math.abs(this.min) * 0.05;
      return [this.min - half, this.#max + half];
    }
    return [this.min - range * margin, this.#max + range * margin];
  }
}
