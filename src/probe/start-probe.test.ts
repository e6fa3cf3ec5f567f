import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { energyReading } from "../schema/run/measured/energy.ts";
import { type HostSample, hostSample } from "../schema/run/measured/telemetry-sample.ts";
import { memoryProbe } from "./memory-probe.ts";
import { type ProbeSources, startProbe } from "./start-probe.ts";

const powerEstimate = {
  idleWattsPerCore: 0.74,
  busyWattsPerCore: 3.5,
  memoryWattsPerGigabyte: 0.392,
  source: "a source",
  checkedOn: "2026-11-22",
  status: "verified",
};
const hasProc = existsSync("/proc/self/stat");

let folder = "";
let noMeters: ProbeSources = {};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "probe-"));
  noMeters = { powercap: join(folder, "none"), nvidiaSmi: join(folder, "no-such-smi") };
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Waits for a line, then burns the processor for a while and ends. */
function burner(): ChildProcess & { pid: number } {
  const script = "read x; i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done";
  const child = spawn("sh", ["-c", script], {
    stdio: ["pipe", "ignore", "inherit"],
    detached: true,
  });
  if (child.pid === undefined) throw new Error("no shell");
  return Object.assign(child, { pid: child.pid });
}

function timersHolding(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

async function runBurner(sources: ProbeSources) {
  const child = burner();
  const probe = startProbe({
    host: "localhost",
    pids: [child.pid],
    powerEstimate,
    intervalMs: 50,
    sources,
  });
  const samples: HostSample[] = [];
  const reading = (async () => {
    for await (const sample of probe.samples) samples.push(sample);
  })();
  const exited = once(child, "exit");
  child.stdin?.end("go\n");
  await exited;
  const totals = await probe.stop();
  await reading;
  return { totals, samples, probe };
}

describe.skipIf(!hasProc)("startProbe (needs /proc)", () => {
  test("counts all CPU time of a process until after its end", async () => {
    const { totals, samples, probe } = await runBurner(noMeters);
    expect(totals.cpuSeconds).toBeGreaterThan(0);
    expect(totals.peakMemoryBytes).toBeGreaterThan(100_000);
    expect(samples.length).toBeGreaterThanOrEqual(2);
    const times = samples.map((sample) => sample.cpuSeconds);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBe(totals.cpuSeconds);
    expect(samples[0]?.processCount).toBe(1);
    expect(samples.at(-1)?.processCount).toBe(0);
    for (const sample of samples) expect(hostSample.safeParse(sample).success).toBe(true);
    expect(await probe.stop()).toBe(totals);
  });

  test("estimates energy without a meter, with the coefficients, and reports which meters are missing", async () => {
    const { totals } = await runBurner(noMeters);
    expect(totals.energy.map((reading) => [reading.kind, reading.covers.split(",")[0]])).toEqual([
      ["estimated", "processors"],
      ["estimated", "memory"],
    ]);
    for (const reading of totals.energy) {
      expect(energyReading.safeParse(reading).success).toBe(true);
      expect(reading.joules).toBeGreaterThan(0);
    }
    expect(totals.energy[0]).toMatchObject({ formula: expect.stringContaining("0.74 W idle") });
    expect(totals.energy[1]).toMatchObject({ formula: expect.stringContaining("a source") });
    expect(totals.reasons).toHaveLength(2);
  });

  test("replaces only the estimate of a measured part", async () => {
    // A fixture in the layout of /sys/class/powercap, and a script in the shape of nvidia-smi.
    const zone = join(folder, "powercap", "intel-rapl:0");
    mkdirSync(zone, { recursive: true });
    writeFileSync(join(zone, "name"), "package-0");
    writeFileSync(join(zone, "max_energy_range_uj"), "1000000000");
    writeFileSync(join(zone, "energy_uj"), "5000000");
    const nvidiaSmi = join(folder, "nvidia-smi");
    const line = 'echo "0, GPU-a, Tesla T4, 1, 50, 70.00"';
    const help = `echo '"memory.used" "utilization.gpu" "power.draw"'`;
    writeFileSync(
      nvidiaSmi,
      `#!/bin/sh\nif [ $1 = --help-query-gpu ]; then ${help}; exit; fi\n${line}\nsleep 0.05\n${line}\nexec sleep 60\n`,
    );
    chmodSync(nvidiaSmi, 0o755);

    const child = burner();
    const probe = startProbe({
      host: "localhost",
      pids: [child.pid],
      powerEstimate,
      intervalMs: 20,
      sources: { powercap: join(folder, "powercap"), nvidiaSmi },
    });
    let seen: HostSample | undefined;
    for await (const sample of probe.samples) {
      seen = sample;
      if (sample.measuredJoules?.["nvml accelerators"] !== undefined) break;
    }
    expect(seen?.accelerators).toMatchObject([{ name: "Tesla T4", powerWatts: 70 }]);
    writeFileSync(join(zone, "energy_uj"), "8000000");
    const exited = once(child, "exit");
    child.stdin?.end("go\n");
    await exited;
    const totals = await probe.stop();
    expect(
      totals.energy.map((reading) => [
        reading.kind,
        reading.kind === "measured" ? reading.meter : "formula",
        reading.covers.split(/[ ,]/)[0],
      ]),
    ).toEqual([
      ["measured", "rapl", "processors"],
      ["measured", "nvml", "1"],
      ["estimated", "formula", "memory"],
    ]);
    expect(totals.energy[0]?.joules).toBe(3);
    expect(totals.reasons).toEqual([]);
  });

  test("follows a process that is added later", async () => {
    const [first, later] = [burner(), burner()];
    const probe = startProbe({
      host: "localhost",
      pids: [first.pid],
      powerEstimate,
      intervalMs: 20,
      sources: noMeters,
    });
    probe.watch(later.pid);
    for await (const sample of probe.samples) if (sample.processCount === 2) break;
    const exits = [once(first, "exit"), once(later, "exit")];
    for (const child of [first, later]) child.stdin?.end("go\n");
    await Promise.all(exits);
    expect((await probe.stop()).cpuSeconds).toBeGreaterThan(0);
  });

  test("does not keep the program alive", async () => {
    const child = burner();
    const before = timersHolding();
    const probe = startProbe({
      host: "localhost",
      pids: [child.pid],
      powerEstimate,
      sources: noMeters,
    });
    expect(timersHolding()).toBe(before);
    await probe.stop();
    child.kill("SIGKILL");
  });
});

const groups = ["cpuacct", "memory"].map((name) =>
  join("/sys/fs/cgroup", name, "pitwall-probe-test"),
);
const mayMakeGroups = groups.every((group) => {
  try {
    accessSync(join(group, ".."), constants.W_OK);
    return existsSync(join(group, "..", "cgroup.procs"));
  } catch {
    return false;
  }
});

test.skipIf(!mayMakeGroups)(
  "uses the run's own control group where it has one (needs writable version 1 control groups)",
  async () => {
    for (const group of groups) mkdirSync(group, { recursive: true });
    const child = burner();
    for (const group of groups) writeFileSync(join(group, "cgroup.procs"), String(child.pid));
    const probe = startProbe({
      host: "localhost",
      pids: [child.pid],
      powerEstimate,
      intervalMs: 20,
      sources: noMeters,
    });
    for await (const sample of probe.samples) {
      expect(sample.processCount).toBe(1);
      break;
    }
    const exited = once(child, "exit");
    child.stdin?.end("go\n");
    await exited;
    const totals = await probe.stop();
    for (const group of groups) rmdirSync(group);
    // To the nanosecond, where the process table counts in hundredths of a second.
    expect((totals.cpuSeconds ?? 0) * 1e9).toBeGreaterThan(0);
    expect(((totals.cpuSeconds ?? 0) * 100) % 1).not.toBe(0);
    expect(totals.peakMemoryBytes).toBeGreaterThan(0);
  },
);

function sample(timeMs: number, memoryBytes: number): HostSample {
  return {
    kind: "host",
    host: "localhost",
    timeMs,
    cpuSeconds: timeMs / 1000,
    memoryBytes,
    processCount: 1,
  };
}

describe("memoryProbe", () => {
  test("emits its samples in order, and their maximum values as totals", async () => {
    const probe = memoryProbe({ energy: [] });
    probe.emit(sample(0, 5));
    probe.emit(sample(1000, 9));
    probe.emit(sample(2000, 7));
    probe.watch(42);
    const totals = await probe.stop();
    const seen: number[] = [];
    for await (const { timeMs } of probe.samples) seen.push(timeMs);
    expect(seen).toEqual([0, 1000, 2000]);
    expect(totals).toMatchObject({ intervalMs: 2000, cpuSeconds: 2, peakMemoryBytes: 9 });
    expect(probe.watched).toEqual([42]);
  });
});
