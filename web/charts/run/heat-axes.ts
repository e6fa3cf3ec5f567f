import type { HeatmapDocument } from "../../../src/schema/dashboard/run-series.ts";
import { axisScale } from "../axes/axis-scale.ts";
import { tickText, ticksBetween } from "../axes/ticks.ts";
import { rankText } from "./heat-map.ts";

/** The time at which the clock is zero, and what the clock is called. */
export interface ClockZero {
  /** Milliseconds since the epoch. */
  atMs: number;
  label: string;
}

/** A label of an axis at a share of its length. */
export interface HeatTick {
  at: number;
  text: string;
}

const maxTimeTicks = 8;
const maxRankTicks = 6;

/** The labels of both axes: ranks downward, the clock of the run to the right. */
export function heatAxes(
  heat: HeatmapDocument,
  zero: ClockZero,
): { times: HeatTick[]; timeLabel: string; ranks: HeatTick[]; rankLabel: string } {
  const [from, to] = [heat.fromMs - zero.atMs, heat.toMs - zero.atMs];
  // Imported samples can be from before the clock.
  const largest = Math.max(Math.abs(from), Math.abs(to));
  const { divisor, label } = axisScale({ label: zero.label, unit: "milliseconds" }, largest);
  const ticks = ticksBetween(from / divisor, to / divisor, maxTimeTicks);
  const spanMs = Math.max(1, to - from);
  return {
    times: ticks.map((tick) => ({
      at: (tick * divisor - from) / spanMs,
      text: tickText(tick, ticks),
    })),
    timeLabel: label,
    ranks: rankTicks(heat),
    rankLabel: heat.metric === "powerWatts" ? "accelerator" : "rank",
  };
}

/** Labels at the middle of some rows, evenly spaced, with the first and the last. */
function rankTicks({ rows, ranksPerRow }: HeatmapDocument): HeatTick[] {
  const count = Math.min(rows, maxRankTicks);
  const shown = Array.from({ length: count }, (_, index) =>
    count === 1 ? 0 : Math.round((index * (rows - 1)) / (count - 1)),
  );
  return shown.map((row) => ({
    at: (row + 0.5) / rows,
    text: rankText(ranksPerRow[row] ?? []),
  }));
}
