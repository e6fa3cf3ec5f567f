import type { Availability } from "../../../src/schema/atlas/results/result-row.ts";
import type { FamilyHue } from "./families.ts";
import type { LogDomain } from "../axes/log-ticks.ts";

/** Availability category of a point; each has its own shape. */
export type PointKind = Availability | "own" | "not-stated";

/** A result as a point. */
export interface AtlasPoint {
  rowId: string;
  /** Number of accelerators; number of nodes for a system without accelerators. */
  x: number;
  y: number;
  family: string;
  kind: PointKind;
  /** In the open division: drawn hollow. */
  isOpen: boolean;
  /** Estimated, not measured: drawn pale with a dashed outline. */
  isEstimated: boolean;
  /** Pareto-optimal: drawn with a ring. */
  isOnFront: boolean;
  /** Under other rules than the newest results: drawn faint. */
  isOfOtherRules: boolean;
}

/** A line of constant accelerator-time, which is straight on logarithmic axes. */
export interface EfficiencyLine {
  /** Accelerator-minutes on the line. */
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
  /** In ascending order of accelerators, then of y. */
  points: readonly AtlasPoint[];
  lines: readonly EfficiencyLine[];
  /** Labels next to one point of each family, so that color is not the only difference. */
  familyLabels: readonly { family: string; point: AtlasPoint }[];
  /** Colors of the families. */
  hues: ReadonlyMap<string, FamilyHue>;
}

/** The meaning of each shape. */
export const kindWords: Readonly<Record<PointKind, string>> = {
  cloud: "cloud",
  "on-premise": "on-premise",
  preview: "preview",
  rdi: "research (RDI)",
  "not-stated": "not stated",
  own: "your own",
};

/** Lines of constant accelerator-time at powers of ten, within a domain of accelerators and minutes. */
export function efficiencyLines(x: LogDomain, y: LogDomain): EfficiencyLine[] {
  const lines: EfficiencyLine[] = [];
  const first = Math.ceil(Math.log10(x.from * y.from));
  const last = Math.floor(Math.log10(x.to * y.to));
  for (let power = first; power <= last; power++) {
    const chipMinutes = 10 ** power;
    const from = Math.max(x.from, chipMinutes / y.to);
    const to = Math.min(x.to, chipMinutes / y.from);
    // A line that only crosses a corner has no use.
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
 * Returns the point that a key moves to: left and right in order of accelerators, up and down in order of the measure.
 * Returns undefined for other keys.
 */
export function pointAfterKey(
  points: readonly AtlasPoint[],
  rowId: string | undefined,
  key: string,
): AtlasPoint | undefined {
  const isVertical = key === "ArrowUp" || key === "ArrowDown";
  const order = isVertical ? points.toSorted((a, b) => a.y - b.y || a.x - b.x) : points;
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
  // Without a selected point, all keys except End move to the first point.
  if (at < 0 && key !== "End") return order[0];
  return order[Math.max(0, Math.min(order.length - 1, to))];
}
