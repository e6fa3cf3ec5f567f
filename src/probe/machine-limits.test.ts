import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CgroupRoots, cgroupOf, isSameCgroup, readCgroupUsage } from "./cgroup.ts";
import { machineLimits } from "./machine-limits.ts";

// Fixture trees in the layouts of /proc and /sys/fs/cgroup, both versions.
let root = "";
let roots: CgroupRoots = { proc: "", cgroup: "" };
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cgroup-"));
  roots = { proc: join(root, "proc"), cgroup: join(root, "cgroup") };
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function lay(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

describe("machineLimits", () => {
  test("takes the tightest quota of a version 2 group and those above it", () => {
    lay({
      "proc/self/cgroup": "0::/slurm/job_7/step_0\n",
      "proc/meminfo": "MemTotal:       24684084 kB\nMemFree: 1 kB\n",
      "cgroup/cpu.max": "max 100000\n",
      "cgroup/slurm/job_7/cpu.max": "25000 100000\n",
      "cgroup/slurm/job_7/memory.max": "8000000000\n",
      "cgroup/slurm/job_7/step_0/cpu.max": "max 100000\n",
      "cgroup/slurm/job_7/step_0/memory.max": "max\n",
    });
    expect(machineLimits(roots)).toEqual({
      logicalCoreCount: cpus().length,
      usableCoreCount: 0.25,
      totalMemoryBytes: 24684084 * 1024,
      usableMemoryBytes: 8e9,
    });
  });

  test("reads version 1 groups, whose word for no limit is minus one or a huge number", () => {
    lay({
      "proc/self/cgroup": "5:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n",
      "proc/meminfo": "MemTotal: 1000000 kB\n",
      "cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "50000\n",
      "cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000\n",
      "cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
      "cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      "cgroup/memory/docker/abc/memory.limit_in_bytes": "9223372036854771712\n",
    });
    expect(machineLimits(roots)).toMatchObject({
      usableCoreCount: 0.5,
      usableMemoryBytes: 1_024_000_000,
    });
  });

  test("finds a container's own limits where its outside path cannot be seen", () => {
    lay({
      "proc/self/cgroup": "5:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n",
      "proc/meminfo": "MemTotal: 1000000 kB\n",
      "cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
      "cgroup/cpu,cpuacct/cpu.cfs_period_us": "200000\n",
      "cgroup/memory/memory.limit_in_bytes": "500000000\n",
    });
    expect(machineLimits(roots)).toMatchObject({ usableCoreCount: 0.25, usableMemoryBytes: 5e8 });
  });

  test("falls back on what the operating system says", () => {
    expect(machineLimits(roots)).toEqual({
      logicalCoreCount: cpus().length,
      usableCoreCount: availableParallelism(),
      totalMemoryBytes: totalmem(),
      usableMemoryBytes: totalmem(),
    });
  });

  test("says of this machine no more than it has", () => {
    const limits = machineLimits();
    expect(limits.usableCoreCount).toBeGreaterThan(0);
    expect(limits.usableCoreCount).toBeLessThanOrEqual(limits.logicalCoreCount);
    expect(limits.usableMemoryBytes).toBeLessThanOrEqual(limits.totalMemoryBytes);
  });
});

describe("readCgroupUsage", () => {
  test("reads version 2 counters and counts processes in groups below", () => {
    lay({
      "proc/77/cgroup": "0::/job\n",
      "cgroup/job/cpu.stat": "usage_usec 2500000\nuser_usec 2000000\n",
      "cgroup/job/memory.current": "1000\n",
      "cgroup/job/memory.peak": "3000\n",
      "cgroup/job/cgroup.procs": "",
      "cgroup/job/task_0/cgroup.procs": "77\n78\n",
      "cgroup/job/task_1/cgroup.procs": "79\n",
    });
    const paths = cgroupOf(77, roots);
    expect(paths && readCgroupUsage(paths, roots)).toEqual({
      cpuSeconds: 2.5,
      memoryBytes: 1000,
      peakMemoryBytes: 3000,
      processCount: 3,
    });
  });

  test("reads version 1 counters beside an empty version 2 mount", () => {
    lay({
      "proc/77/cgroup": "4:memory:/job\n2:cpuacct:/job\n0::/\n",
      "cgroup/cpuacct/job/cpuacct.usage": "1500000000\n",
      "cgroup/cpuacct/job/cgroup.procs": "77\n",
      "cgroup/memory/job/memory.usage_in_bytes": "500\n",
    });
    const paths = cgroupOf(77, roots);
    expect(paths && readCgroupUsage(paths, roots)).toEqual({
      cpuSeconds: 1.5,
      memoryBytes: 500,
      peakMemoryBytes: undefined,
      processCount: 1,
    });
  });

  test("gives nothing once the group is gone, or for a process that is", () => {
    lay({ "proc/77/cgroup": "0::/job\n" });
    const paths = cgroupOf(77, roots);
    expect(paths && readCgroupUsage(paths, roots)).toBeUndefined();
    expect(cgroupOf(78, roots)).toBeUndefined();
  });
});

test.each([
  { name: "same paths", other: "4:memory:/a\n2:cpuacct:/a\n0::/\n", expected: true },
  {
    name: "another group of a controller that does not count",
    other: "9:pids:/b\n4:memory:/a\n2:cpuacct:/a\n0::/\n",
    expected: true,
  },
  { name: "another memory group", other: "4:memory:/b\n2:cpuacct:/a\n0::/\n", expected: false },
  { name: "another version 2 group", other: "4:memory:/a\n2:cpuacct:/a\n0::/b\n", expected: false },
])("isSameCgroup: $name", ({ other, expected }) => {
  lay({ "proc/1/cgroup": "4:memory:/a\n2:cpuacct:/a\n0::/\n", "proc/2/cgroup": other });
  const [a, b] = [cgroupOf(1, roots), cgroupOf(2, roots)];
  expect(a && b && isSameCgroup(a, b)).toBe(expected);
});
