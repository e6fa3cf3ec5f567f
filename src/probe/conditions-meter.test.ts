import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { openConditionsMeter } from "./conditions-meter.ts";

/** A tree of system files, which a test changes while the meter is open. */
function systemTree(): {
  roots: { proc: string; cgroup: string; sys: string };
  write: (path: string, text: string) => void;
} {
  const folder = mkdtempSync(join(tmpdir(), "conditions-"));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const [proc = "", cgroup = "", sys = ""] = ["proc", "cgroup", "sys"].map((name) =>
    join(folder, name),
  );
  return { roots: { proc, cgroup, sys }, write };
}

test("reads what happened besides the run, from /proc, /sys and the control group", () => {
  const { roots, write } = systemTree();
  write("proc/self/cgroup", "0::/job\n");
  write("proc/stat", "cpu  1000 0 100 5000 0 0 0 0 0 0\ncpu0 1000 0 100 5000 0 0 0 0 0 0\n");
  write("cgroup/job/cpu.stat", "usage_usec 5\nthrottled_usec 1000000\n");
  write("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "7\n");
  write("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "3000000\n");
  write("sys/class/power_supply/BAT0/type", "Battery\n");
  write("sys/class/power_supply/BAT0/status", "Charging\n");
  write("sys/class/power_supply/mouse/type", "Battery\n");
  write("sys/class/power_supply/mouse/scope", "Device\n");
  write("sys/class/power_supply/mouse/status", "Discharging\n");
  const meter = openConditionsMeter(roots);
  // Ten seconds of two cores: eight busy seconds, of which the run used six, and one taken by the hypervisor.
  write("proc/stat", "cpu  1700 0 200 6100 0 0 0 100 0 0\n");
  write("cgroup/job/cpu.stat", "usage_usec 9\nthrottled_usec 3000000\n");
  write("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "9\n");
  write("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "1000000\n");
  write("sys/class/power_supply/BAT0/status", "Discharging\n");
  meter.read();
  const { otherCpuFraction, ...others } = meter.finish({ cpuSeconds: 6, intervalMs: 10_000 });
  // This process itself has used a little since, which is not counted as another's.
  expect(otherCpuFraction).toBeGreaterThan(0.1);
  expect(otherCpuFraction).toBeLessThanOrEqual(0.15);
  expect(others).toEqual({
    quotaThrottledFraction: 0.2,
    thermalThrottleCount: 2,
    meanFrequencyHz: 2e9,
    onBattery: true,
  });
});

test("leaves out what the system does not show", () => {
  const meter = openConditionsMeter(systemTree().roots);
  expect(meter.finish({ cpuSeconds: 1, intervalMs: 1000 })).toEqual({});
});

test("does not judge other processes over a time shorter than the kernel's ticks can measure", () => {
  const { roots, write } = systemTree();
  write("proc/stat", "cpu  1000 0 100 5000 0 0 0 0 0 0\n");
  const meter = openConditionsMeter(roots);
  write("proc/stat", "cpu  1010 0 100 5010 0 0 0 0 0 0\n");
  expect(meter.finish({ cpuSeconds: 0, intervalMs: 100 })).toEqual({});
});
