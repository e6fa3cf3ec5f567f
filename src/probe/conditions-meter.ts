import { listNames } from "./list-names.ts";
import { cpus } from "node:os";
import { join } from "node:path";
import type { RunConditions } from "../schema/run/measured/run-conditions.ts";
import { type CgroupPaths, type CgroupRoots, cgroupOf, readNumber, readText } from "./cgroup.ts";

/** Roots of the system's files; tests pass fixture trees. */
export interface ConditionRoots extends CgroupRoots {
  /** `/sys` */
  sys: string;
}

export interface ConditionsMeter {
  /** Looks at what changes during a run: frequency and power supply. */
  read(): void;
  /** @param own CPU seconds of the run and of Pitwall since the meter was opened; undefined if unknown */
  finish(own: { cpuSeconds: number | undefined; intervalMs: number }): RunConditions;
}

/** Ticks per second of /proc/stat on all current systems. */
const ticksPerSecond = 100;
const fewestCoreSeconds = 1;

/**
 * What happens on the machine besides a run: CPU time of other processes, throttling by a quota or by temperature, the
 * frequency, and the power supply. Figures that the system does not show are absent.
 */
export function openConditionsMeter(roots: ConditionRoots): ConditionsMeter {
  const paths = cgroupOf("self", roots);
  const before = countersOf(roots, paths);
  const ownBefore = process.cpuUsage();
  const frequencies: number[] = [];
  let onBattery: boolean | undefined;

  function read(): void {
    const hertz = meanFrequencyHz(roots);
    if (hertz !== undefined) frequencies.push(hertz);
    const isDischarging = isOnBattery(roots.sys);
    if (isDischarging !== undefined) onBattery = onBattery === true || isDischarging;
  }
  read();

  return {
    read,
    finish: ({ cpuSeconds, intervalMs }) => {
      const after = countersOf(roots, paths);
      const { user, system } = process.cpuUsage(ownBefore);
      const seconds = intervalMs / 1000;
      const ownSeconds = cpuSeconds === undefined ? undefined : cpuSeconds + (user + system) / 1e6;
      const thermalCount = differenceOf(before.thermalCount, after.thermalCount);
      const meanHz =
        frequencies.reduce((sum, hertz) => sum + hertz, 0) / Math.max(1, frequencies.length);
      const otherCpuFraction = othersOf(before, after, ownSeconds);
      const throttled = differenceOf(before.throttledSeconds, after.throttledSeconds);
      const quotaThrottledFraction = shareOf(throttled, seconds);
      return {
        ...(otherCpuFraction === undefined ? {} : { otherCpuFraction }),
        ...(quotaThrottledFraction === undefined ? {} : { quotaThrottledFraction }),
        ...(thermalCount === undefined ? {} : { thermalThrottleCount: thermalCount }),
        ...(meanHz > 0 ? { meanFrequencyHz: meanHz } : {}),
        ...(onBattery === undefined ? {} : { onBattery }),
      };
    },
  };
}

/** Counters of the machine that only grow. */
interface Counters {
  /** CPU time of all processes, in seconds, and the time that all cores had. */
  busySeconds: number | undefined;
  totalSeconds: number | undefined;
  throttledSeconds: number | undefined;
  thermalCount: number | undefined;
}

function countersOf(roots: ConditionRoots, paths: CgroupPaths | undefined): Counters {
  return {
    ...cpuSecondsOf(roots.proc),
    throttledSeconds: throttledSeconds(roots, paths),
    thermalCount: thermalThrottleCount(roots.sys),
  };
}

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user. */
function cpuSecondsOf(proc: string): Pick<Counters, "busySeconds" | "totalSeconds"> {
  const line = /^cpu +(?<ticks>[\d ]+)$/mu.exec(readText(join(proc, "stat")) ?? "");
  const ticks = (line?.groups?.["ticks"] ?? "").split(" ").map(Number).slice(0, 8);
  if (ticks.length < 8) return { busySeconds: undefined, totalSeconds: undefined };
  const total = ticks.reduce((sum, count) => sum + count, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { busySeconds: (total - idle) / ticksPerSecond, totalSeconds: total / ticksPerSecond };
}

function othersOf(
  before: Counters,
  after: Counters,
  ownSeconds: number | undefined,
): number | undefined {
  const busy = differenceOf(before.busySeconds, after.busySeconds);
  const total = differenceOf(before.totalSeconds, after.totalSeconds);
  if (busy === undefined || ownSeconds === undefined) return undefined;
  // The kernel counts in ticks of 10 ms: too coarse for a shorter time.
  if (total === undefined || total < fewestCoreSeconds) return undefined;
  return shareOf(Math.max(0, busy - ownSeconds), total);
}

/** Version 2 counts microseconds, version 1 nanoseconds; only a group with a quota is ever throttled. */
function throttledSeconds(roots: CgroupRoots, paths: CgroupPaths | undefined): number | undefined {
  if (paths === undefined) return undefined;
  const folders = [
    ...(paths.unified === undefined ? [] : [join(roots.cgroup, paths.unified), roots.cgroup]),
    join(roots.cgroup, "cpu", paths.byController.get("cpu") ?? ""),
    join(roots.cgroup, "cpu"),
  ];
  for (const folder of folders) {
    const text = readText(join(folder, "cpu.stat")) ?? "";
    const found = /^throttled_(?<unit>usec|time) (?<count>\d+)$/mu.exec(text)?.groups;
    if (found !== undefined) return Number(found["count"]) / (found["unit"] === "usec" ? 1e6 : 1e9);
  }
  return undefined;
}

/** Of all cores; each core of a package counts the package's throttling too, so only those of cores are added. */
function thermalThrottleCount(sys: string): number | undefined {
  const counts = coreFolders(sys).flatMap(
    (folder) => readNumber(join(folder, "thermal_throttle/core_throttle_count")) ?? [],
  );
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

function meanFrequencyHz({ sys }: ConditionRoots): number | undefined {
  const kilohertz = coreFolders(sys).flatMap(
    (folder) => readNumber(join(folder, "cpufreq/scaling_cur_freq")) ?? [],
  );
  if (kilohertz.length === 0) return undefined;
  return (kilohertz.reduce((sum, one) => sum + one, 0) / kilohertz.length) * 1000;
}

/** Undefined if the machine has no battery. */
function isOnBattery(sys: string): boolean | undefined {
  const folder = join(sys, "class/power_supply");
  const states = listNames(folder).flatMap((name) => {
    if (readText(join(folder, name, "type"))?.trim() !== "Battery") return [];
    // The battery of a mouse is one of a device.
    if (readText(join(folder, name, "scope"))?.trim() === "Device") return [];
    return readText(join(folder, name, "status"))?.trim() ?? [];
  });
  return states.length === 0 ? undefined : states.includes("Discharging");
}

function coreFolders(sys: string): string[] {
  return Array.from({ length: cpus().length }, (_, core) =>
    join(sys, "devices/system/cpu", `cpu${core}`),
  );
}

function differenceOf(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : Math.max(0, after - before);
}

function shareOf(part: number | undefined, whole: number | undefined): number | undefined {
  if (part === undefined || whole === undefined || whole <= 0) return undefined;
  return Math.min(1, part / whole);
}
