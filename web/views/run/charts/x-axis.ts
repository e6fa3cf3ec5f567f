import { xAxes, type XAxis } from "../../../../src/schema/dashboard/run-series.ts";
import type { Axis } from "../../../charts/run/chart-spec.ts";

/** The axes of charts. */
export const axisOf: Readonly<Record<XAxis, Axis>> = {
  clock: { label: "clock", unit: "milliseconds" },
  wall: { label: "wall time", unit: "epoch milliseconds" },
  samples: { label: "samples", unit: "samples" },
  steps: { label: "steps", unit: "steps" },
  epochs: { label: "epochs", unit: "epochs" },
  dollars: { label: "cost", unit: "US dollars" },
  energy: { label: "energy", unit: "joules" },
};

export const axisNames: Readonly<Record<XAxis, string>> = {
  clock: "clock",
  wall: "wall time",
  samples: "samples",
  steps: "steps",
  epochs: "epochs",
  dollars: "dollars",
  energy: "energy",
};

/** The axis in the address; by default the clock. A run without times has only steps, and one without a clock wall time. */
export function readXAxis(text: string | undefined, available: readonly XAxis[] = []): XAxis {
  const first = (["clock", "steps", "wall"] as const).find((axis) => available.includes(axis));
  return xAxes.find((axis) => axis === text) ?? first ?? "clock";
}

/** The selected range of the axis in the address. */
export function readXRange(
  query: Readonly<Record<string, string>>,
): { fromX: number; toX: number } | undefined {
  const { from, to } = query;
  if (from === undefined || to === undefined) return undefined;
  const [fromX, toX] = [Number(from), Number(to)];
  return Number.isFinite(fromX) && Number.isFinite(toX) && fromX < toX ? { fromX, toX } : undefined;
}
