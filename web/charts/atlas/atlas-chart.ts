import type { Availability } from "../../../src/schema/atlas/result-row.ts";
import type { LogDomain } from "../axes/log-ticks.ts";

/** Whose terms a point is under; each has a shape of its own. */
export type PointKind = Availability | "own" | "not-stated";

/** A result as a point. */
export interface AtlasPoint {
  rowId: string;
  /** Accelerators; nodes where a system has none. */
  x: number;
  y: number;
  family: string;
  kind: PointKind;
  /** Of the open division: drawn hollow. */
  isOpen: boolean;
  /** By a formula instead of a meter: drawn pale, with a dashed edge. */
  isEstimated: boolean;
  /** No other beats it in every measure: drawn with a ring. */
  isOnFront: boolean;
  /** Followed other rules than the newest results: drawn faint. */
  isOfOtherRules: boolean;
}

/** Where twice the accelerators take half the time: a straight line on both logarithms. */
export interface EfficiencyLine {
  /** Accelerator-minutes all along it. */
  chipMinutes: number;
  label: string;
  from: { x: number; y: number };
  to: { x: number; y: number };
}

/** Time (or another measure) against accelerators, as data. */
export interface AtlasChart {
  title: string;
  yLabel: string;
  x: LogDomain;
  y: LogDomain;
  /** From the fewest accelerators to the most, the least y first. */
  points: readonly AtlasPoint[];
  lines: readonly EfficiencyLine[];
  /** Written beside a point of each family, so that colour is not the only difference. */
  familyLabels: readonly { family: string; point: AtlasPoint }[];
}

/** What each shape means. */
export const kindWords: Readonly<Record<PointKind, string>> = {
  cloud: "cloud",
  "on-premise": "on-premise",
  preview: "preview",
  rdi: "research (RDI)",
  "not-stated": "not stated",
  own: "your own",
};

/** Lines of equal accelerator-time over a domain of accelerators and minutes, at powers of ten. */
export function efficiencyLines(x: LogDomain, y: LogDomain): EfficiencyLine[] {
  const lines: EfficiencyLine[] = [];
  const first = Math.ceil(Math.log10(x.from * y.from));
  const last = Math.floor(Math.log10(x.to * y.to));
  for (let power = first; power <= last; power++) {
    const chipMinutes = 10 ** power;
    const from = Math.max(x.from, chipMinutes / y.to);
    const to = Math.min(x.to, chipMinutes / y.from);
    // A line that only cuts a corner says nothing.
    if (to / from < 1.6) continue;
    lines.push({
      chipMinutes,
      label: `${chipMinuteText(chipMinutes)} chip-min`,
      from: { x: from, y: chipMinutes / from },
      to: { x: to, y: chipMinutes / to },
    });
  }
  return lines;
}

function chipMinuteText(count: number): string {
  if (count >= 1e6) return `${count / 1e6}M`;
  return count >= 1000 ? `${count / 1000}k` : String(count);
}

/**
 * Where a key leads from a point: left and right along the order of accelerators, up and down along the order of the measure.
 * Undefined for a key that leads nowhere.
 */
export function pointAfterKey(
  points: readonly AtlasPoint[],
  rowId: string | undefined,
  key: string,
): AtlasPoint | undefined {
  const isUpright = key === "ArrowUp" || key === "ArrowDown";
  const order = isUpright ? points.toSorted((a, b) => a.y - b.y || a.x - b.x) : points;
  const at = order.findIndex((point) => point.rowId === rowId);
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    PageDown: at + 10,
    PageUp: at - 10,
    Home: 0,
    End: order.length - 1,
  };
  const to = steps[key];
  if (to === undefined) return undefined;
  // Where none was, steps begin at the first.
  if (at < 0 && key !== "End") return order[0];
  return order[Math.max(0, Math.min(order.length - 1, to))];
}
