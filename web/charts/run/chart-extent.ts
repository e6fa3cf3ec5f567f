import type { ChartSpec, Mark } from "./chart-spec.ts";

/** The stretches of both axes that a chart shows, in the axes' own units; neither is empty. */
export interface Extent {
  fromX: number;
  toX: number;
  fromY: number;
  toY: number;
}

/** Room above and below what is drawn, as a share of its height. */
const room = 0.06;

/** What is expected may be far off; what was measured keeps at least the left third. */
const widestReach = 2;

/** What a chart has to show for all of its marks to be seen. */
export function chartExtent({ marks, x, y }: ChartSpec): Extent {
  const across = new Span();
  const upright = new Span();
  for (const mark of marks) {
    if (mark.kind === "line" || mark.kind === "band") across.takeAll(mark.x);
    for (const values of ysOf(mark)) upright.takeAll(values);
  }
  across.takeAll(x.atLeast ?? []);
  for (const mark of marks) if (mark.kind === "stretch") across.reach(mark.toX, widestReach);
  if (y.includesZero === true) upright.take(0);
  const [fromX, toX] = across.ends(0);
  const [fromY, toY] = upright.ends(room);
  const startsAtZero = y.includesZero === true && upright.least === 0;
  return { fromX, toX, fromY: startsAtZero ? 0 : fromY, toY };
}

function ysOf(mark: Mark): (readonly number[])[] {
  if (mark.kind === "line") return [mark.y];
  if (mark.kind === "band") return [mark.low, mark.high];
  return mark.kind === "level" ? [[mark.y]] : [];
}

class Span {
  least = Number.POSITIVE_INFINITY;
  #greatest = Number.NEGATIVE_INFINITY;

  takeAll(values: readonly number[]): void {
    for (const value of values) this.take(value);
  }

  take(value: number): void {
    if (!Number.isFinite(value)) return;
    if (value < this.least) this.least = value;
    if (value > this.#greatest) this.#greatest = value;
  }

  /** Goes on as far as `to`, by so many times what is there already at most. */
  reach(to: number, times: number): void {
    if (this.least <= this.#greatest) {
      this.take(Math.min(to, this.#greatest + times * (this.#greatest - this.least)));
    }
  }

  ends(margin: number): [number, number] {
    if (this.least > this.#greatest) return [0, 1];
    const range = this.#greatest - this.least;
    if (range === 0) {
      const half = this.least === 0 ? 0.5 : Math.abs(this.least) * 0.05;
      return [this.least - half, this.#greatest + half];
    }
    return [this.least - range * margin, this.#greatest + range * margin];
  }
}
