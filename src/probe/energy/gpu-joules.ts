import type { GpuRow } from "./parse-nvidia-smi.ts";

/** Energy of a set of GPUs between two moments. */
export interface GpuEnergy {
  joules: number;
  gpuCount: number;
  /** The driver's counter on every GPU, or power readings added up over time. */
  from: "energy counter" | "power over time";
  /** The interval that the figure covers. */
  intervalMs: number;
}

/** Longer gaps between two readings are not interpolated, because the power in them is unknown. */
const maximumGapMs = 30_000;

interface Track {
  last: { timeMs: number; row: GpuRow };
  /** Trapezoids under the power readings so far. */
  powerJoules: number;
  coveredMs: number;
  /** The driver's counter at the first reading; undefined if it has none. */
  counterStartJoules: number | undefined;
  counterStartMs: number;
}

/** Sums the energy of GPUs over readings. */
export function trackGpuEnergy(): {
  add(row: GpuRow, timeMs: number): void;
  total(): GpuEnergy | undefined;
} {
  const tracks = new Map<string, Track>();

  function add(row: GpuRow, timeMs: number): void {
    const track = tracks.get(row.uuid);
    if (track === undefined) {
      tracks.set(row.uuid, {
        last: { timeMs, row },
        powerJoules: 0,
        coveredMs: 0,
        counterStartJoules: row.totalJoules,
        counterStartMs: timeMs,
      });
      return;
    }
    const { last } = track;
    const gapMs = timeMs - last.timeMs;
    if (gapMs <= 0) return;
    if (
      row.powerWatts !== undefined &&
      last.row.powerWatts !== undefined &&
      gapMs <= maximumGapMs
    ) {
      track.powerJoules += (((row.powerWatts + last.row.powerWatts) / 2) * gapMs) / 1000;
      track.coveredMs += gapMs;
    }
    track.last = { timeMs, row };
  }

  function total(): GpuEnergy | undefined {
    const all = [...tracks.values()];
    const counted = all.flatMap(counterRise);
    if (counted.length > 0 && counted.length === all.length) {
      return sum(counted, "energy counter");
    }
    const integrated = all.filter((track) => track.coveredMs > 0);
    if (integrated.length === 0) return undefined;
    return sum(
      integrated.map((track) => ({ joules: track.powerJoules, intervalMs: track.coveredMs })),
      "power over time",
    );
  }
  return { add, total };
}

/** Nothing where a counter is missing or was set back by a reload of the driver. */
function counterRise(track: Track): { joules: number; intervalMs: number }[] {
  const end = track.last.row.totalJoules;
  const start = track.counterStartJoules;
  if (end === undefined || start === undefined || end < start) return [];
  const intervalMs = track.last.timeMs - track.counterStartMs;
  return intervalMs > 0 ? [{ joules: end - start, intervalMs }] : [];
}

function sum(
  parts: readonly { joules: number; intervalMs: number }[],
  from: GpuEnergy["from"],
): GpuEnergy {
  return {
    joules: parts.reduce((total, part) => total + part.joules, 0),
    gpuCount: parts.length,
    from,
    intervalMs: Math.max(...parts.map((part) => part.intervalMs)),
  };
}
