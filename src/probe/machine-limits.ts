import { availableParallelism, cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import {
  type CgroupPaths,
  type CgroupRoots,
  cgroupOf,
  controllerFolder,
  controllerMount,
  readNumber,
  readText,
} from "./cgroup.ts";

/** The resources of this machine that this process may use. */
export interface MachineLimits {
  /** Processors the operating system shows. */
  logicalCoreCount: number;
  /** What may be used: affinity and control group quota taken together; 1.5 is one and a half cores' time. */
  usableCoreCount: number;
  /** All memory of the machine. */
  totalMemoryBytes: number;
  /** What may be used: the smaller of the total and the control group's limit. */
  usableMemoryBytes: number;
}

export const systemRoots: CgroupRoots = { proc: "/proc", cgroup: "/sys/fs/cgroup" };

/** Limits of the calling process: affinity, and quotas of its control group and all groups above it. */
export function machineLimits(roots: CgroupRoots = systemRoots): MachineLimits {
  const paths = cgroupOf("self", roots);
  const logicalCoreCount = Math.max(1, cpus().length);
  const quotas = paths === undefined ? [] : cpuQuotas(paths, roots);
  const limits = paths === undefined ? [] : memoryLimits(paths, roots);
  const totalMemoryBytes = readTotalMemory(roots) ?? totalmem();
  return {
    logicalCoreCount,
    usableCoreCount: Math.min(availableParallelism(), ...quotas),
    totalMemoryBytes,
    usableMemoryBytes: Math.min(totalMemoryBytes, ...limits),
  };
}

function readTotalMemory(roots: CgroupRoots): number | undefined {
  const kibibytes = /^MemTotal:\s+(\d+) kB/m.exec(readText(join(roots.proc, "meminfo")) ?? "")?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** Cores' worth of time per period, for each group from this one upwards that has a quota. */
function cpuQuotas(paths: CgroupPaths, roots: CgroupRoots): readonly number[] {
  const unified = upwards(unifiedFolder(paths, roots), roots).flatMap((folder) => {
    const [quota = "", period = ""] = (readText(join(folder, "cpu.max")) ?? "").trim().split(" ");
    return coresOf(Number(quota), Number(period));
  });
  const split = upwards(splitFolder("cpu", paths, roots), roots).flatMap((folder) =>
    coresOf(
      readNumber(join(folder, "cpu.cfs_quota_us")) ?? -1,
      readNumber(join(folder, "cpu.cfs_period_us")) ?? 0,
    ),
  );
  return [...unified, ...split];
}

/** `max` (not a number) and -1 both mean that there is no quota. */
function coresOf(quota: number, period: number): number[] {
  return quota > 0 && period > 0 ? [quota / period] : [];
}

function memoryLimits(paths: CgroupPaths, roots: CgroupRoots): readonly number[] {
  const unified = upwards(unifiedFolder(paths, roots), roots).map((folder) =>
    readNumber(join(folder, "memory.max")),
  );
  const split = upwards(splitFolder("memory", paths, roots), roots).map((folder) =>
    readNumber(join(folder, "memory.limit_in_bytes")),
  );
  return [...unified, ...split].filter((bytes) => bytes !== undefined).filter((bytes) => bytes > 0);
}

function unifiedFolder(paths: CgroupPaths, roots: CgroupRoots): string | undefined {
  return paths.unified === undefined ? undefined : join(roots.cgroup, paths.unified);
}

/** A container is told its group's path outside, and finds that group mounted as the root inside. */
function splitFolder(
  controller: string,
  paths: CgroupPaths,
  roots: CgroupRoots,
): string | undefined {
  return controllerFolder(controller, paths, roots) ?? controllerMount(controller, roots);
}

/** A folder and all above it, up to where control groups are mounted. */
function upwards(folder: string | undefined, roots: CgroupRoots): readonly string[] {
  const folders: string[] = [];
  for (let at = folder; at !== undefined && at.startsWith(roots.cgroup); at = dirname(at)) {
    folders.push(at);
  }
  return folders;
}
