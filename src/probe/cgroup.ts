import { listNames } from "./list-names.ts";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The control groups of a process: version 2 has one tree, version 1 one tree per controller. */
export interface CgroupPaths {
  /** Path below the version 2 mount; absent if only version 1 is mounted. */
  unified: string | undefined;
  /** Controller name (`cpu`, `cpuacct`, `memory`) to path below its own mount. */
  byController: ReadonlyMap<string, string>;
}

/** Roots of the two file systems that are read; tests hand in a fixture tree. */
export interface CgroupRoots {
  /** `/proc` */
  proc: string;
  /** `/sys/fs/cgroup` */
  cgroup: string;
}

/** @see cgroups(7), /proc/<pid>/cgroup; undefined where the process or the file is not there */
export function cgroupOf(pid: number | "self", roots: CgroupRoots): CgroupPaths | undefined {
  const text = readText(join(roots.proc, String(pid), "cgroup"));
  if (text === undefined) return undefined;
  const byController = new Map<string, string>();
  let unified: string | undefined;
  for (const line of text.split("\n")) {
    const [hierarchy, controllers = "", ...path] = line.split(":");
    if (path.length === 0) continue;
    if (hierarchy === "0") unified = path.join(":");
    for (const name of controllers.split(","))
      if (name !== "") byController.set(name, path.join(":"));
  }
  return { unified, byController };
}

/** The resource usage of a control group so far. */
export interface CgroupUsage {
  cpuSeconds: number;
  memoryBytes: number;
  /** The kernel's high-water mark, if available. */
  peakMemoryBytes: number | undefined;
  processCount: number;
}

/** Usage counters of a group; undefined if the files are missing or the group was removed. */
export function readCgroupUsage(paths: CgroupPaths, roots: CgroupRoots): CgroupUsage | undefined {
  return readUnifiedUsage(paths, roots) ?? readSplitUsage(paths, roots);
}

function readUnifiedUsage(paths: CgroupPaths, roots: CgroupRoots): CgroupUsage | undefined {
  if (paths.unified === undefined) return undefined;
  const folder = join(roots.cgroup, paths.unified);
  const usageMicroseconds = /^usage_usec (\d+)/m.exec(
    readText(join(folder, "cpu.stat")) ?? "",
  )?.[1];
  const memoryBytes = readNumber(join(folder, "memory.current"));
  if (usageMicroseconds === undefined || memoryBytes === undefined) return undefined;
  return {
    cpuSeconds: Number(usageMicroseconds) / 1e6,
    memoryBytes,
    peakMemoryBytes: readNumber(join(folder, "memory.peak")),
    processCount: countProcesses(folder),
  };
}

function readSplitUsage(paths: CgroupPaths, roots: CgroupRoots): CgroupUsage | undefined {
  const cpu = controllerFolder("cpuacct", paths, roots);
  const memory = controllerFolder("memory", paths, roots);
  if (cpu === undefined || memory === undefined) return undefined;
  const nanoseconds = readNumber(join(cpu, "cpuacct.usage"));
  const memoryBytes = readNumber(join(memory, "memory.usage_in_bytes"));
  if (nanoseconds === undefined || memoryBytes === undefined) return undefined;
  return {
    cpuSeconds: nanoseconds / 1e9,
    memoryBytes,
    peakMemoryBytes: readNumber(join(memory, "memory.max_usage_in_bytes")),
    processCount: countProcesses(cpu),
  };
}

/** The folder of a process's group under a version 1 controller; undefined if it is not visible. */
export function controllerFolder(
  controller: string,
  paths: CgroupPaths,
  roots: CgroupRoots,
): string | undefined {
  const path = paths.byController.get(controller);
  const mount = controllerMount(controller, roots);
  if (path === undefined || mount === undefined) return undefined;
  const folder = join(mount, path);
  return listNames(folder).length > 0 ? folder : undefined;
}

/** Mounts are named after one controller, or after all that share it: `cpu,cpuacct`. */
export function controllerMount(controller: string, roots: CgroupRoots): string | undefined {
  const name = listNames(roots.cgroup).find((mount) => mount.split(",").includes(controller));
  return name === undefined ? undefined : join(roots.cgroup, name);
}

/**
 * Whether two processes are in the same accounting groups. A run has its own group if its processes are
 * in another group than the program that launched them: a scheduler or systemd put them there.
 */
export function isSameCgroup(a: CgroupPaths, b: CgroupPaths): boolean {
  if (a.unified !== b.unified) return false;
  return ["cpuacct", "memory"].every(
    (name) => a.byController.get(name) === b.byController.get(name),
  );
}

function countProcesses(folder: string): number {
  const own = (readText(join(folder, "cgroup.procs")) ?? "")
    .split("\n")
    .filter((line) => line !== "");
  const below = listFolders(folder).map((name) => countProcesses(join(folder, name)));
  return below.reduce((sum, count) => sum + count, own.length);
}

function listFolders(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    // The group was removed with its processes.
    return [];
  }
}

/** The text of a small system file; undefined if it is missing or not readable. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Absent, removed or not readable for this user: the figure is unknown.
    return undefined;
  }
}

/** A file that holds one number; `max` and anything else give undefined. */
export function readNumber(path: string): number | undefined {
  const text = readText(path)?.trim() ?? "";
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
}
