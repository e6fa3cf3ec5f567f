import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { trackGpuEnergy } from "./gpu-joules.ts";
import { startNvidiaMeter } from "./nvidia-meter.ts";
import { type GpuRow, knownFields, parseGpuLine } from "./parse-nvidia-smi.ts";

// No GPU is needed: a script in the shape of nvidia-smi plays back lines as real drivers print them.
/** How long a script may take to start on a busy machine. */
const patience = { timeout: 30_000 };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nvidia-smi-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Shell that prints the text unchanged. */
function quoted(text: string): string {
  return `cat <<'END'\n${text}\nEND`;
}

function playback(lines: readonly string[], { help = olderHelp, after = "exit 0" } = {}): string {
  const path = join(folder, "nvidia-smi");
  const script = `#!/bin/sh\nif [ "$1" = --help-query-gpu ]; then\n${quoted(help)}\nexit 0\nfi\n`;
  writeFileSync(path, `${script}${lines.length > 0 ? quoted(lines.join("\n")) : ""}\n${after}\n`);
  chmodSync(path, 0o755);
  return path;
}

const olderHelp = `List of valid properties to query for the switch "--query-gpu":
"index"
Zero based index of the GPU. Can change at each boot.
"gpu_name" or "name"
"uuid" or "gpu_uuid"
"memory.used"
"utilization.gpu"
"power.draw"
The last measured power draw for the entire board, in watts.`;
const newerHelp = `${olderHelp}\n"power.draw.average"\n"power.draw.instant"\n"total_energy_consumption"`;

const olderFields = [
  "index",
  "uuid",
  "name",
  "memory.used",
  "utilization.gpu",
  "power.draw",
] as const;

/** A clock that moves on one second for every two readings, as with two GPUs at 1 Hz. */
function clockForTwoGpus(): () => number {
  let calls = 0;
  return () => Math.floor(calls++ / 2) * 1000;
}

describe("startNvidiaMeter", () => {
  test("integrates power over time for every GPU", async () => {
    const program = playback([
      "0, GPU-aaaa, NVIDIA A100-SXM4-80GB, 1024, 50, 100.00",
      "1, GPU-bbbb, NVIDIA A100-SXM4-80GB, 2048, 100, 200.00",
      "0, GPU-aaaa, NVIDIA A100-SXM4-80GB, 1024, 98, 300.00",
      "1, GPU-bbbb, NVIDIA A100-SXM4-80GB, 2048, 100, 200.00",
    ]);
    const meter = startNvidiaMeter({ program, now: clockForTwoGpus() });
    await expect.poll(() => meter.reason(), patience).toContain("ended with exit code 0");
    expect(meter.energy()).toEqual({
      joules: 400,
      gpuCount: 2,
      from: "power over time",
      intervalMs: 1000,
    });
    expect(meter.latest()).toMatchObject([
      { index: 0, powerWatts: 300, utilisationFraction: 0.98, memoryBytes: 1024 ** 3 },
      { index: 1, powerWatts: 200, utilisationFraction: 1, memoryBytes: 2 * 1024 ** 3 },
    ]);
  });

  test("prefers the driver's energy counter, and the averaged power, where the driver offers them", async () => {
    const program = playback(
      [
        "0, GPU-aaaa, NVIDIA H100 80GB HBM3, 10, 5, 111.00, 120.00, 130.00, 5000000",
        "1, GPU-bbbb, NVIDIA H100 80GB HBM3, 10, 5, 111.00, 120.00, 130.00, 7000000",
        "0, GPU-aaaa, NVIDIA H100 80GB HBM3, 10, 5, 222.00, 220.00, 230.00, 5250000",
        "1, GPU-bbbb, NVIDIA H100 80GB HBM3, 10, 5, 222.00, 220.00, 230.00, 7050000",
      ],
      { help: newerHelp },
    );
    const meter = startNvidiaMeter({ program, now: clockForTwoGpus() });
    await expect.poll(() => meter.reason(), patience).toContain("ended");
    expect(meter.energy()).toMatchObject({ joules: 300, gpuCount: 2, from: "energy counter" });
    expect(meter.latest()[0]?.powerWatts).toBe(222);
  });

  test("leaves out GPUs that the run does not use", async () => {
    const lines = ["0, GPU-aaaa, T4, 1, 1, 70.00", "1, GPU-bbbb, T4, 1, 1, 60.00"];
    const program = playback([...lines, ...lines]);
    const meter = startNvidiaMeter({ program, gpuUuids: ["GPU-bbbb"] });
    await expect.poll(() => meter.reason(), patience).toContain("ended");
    expect(meter.latest().map((gpu) => gpu.uuid)).toEqual(["GPU-bbbb"]);
  });

  test("reports the message of nvidia-smi without a driver", async () => {
    const program = playback(
      ["NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."],
      { after: "exit 9" },
    );
    const meter = startNvidiaMeter({ program });
    await expect
      .poll(() => meter.reason(), patience)
      .toContain("couldn't communicate with the NVIDIA driver");
    expect(meter.energy()).toBeUndefined();
    expect(meter.latest()).toEqual([]);
  });

  test("reports that nvidia-smi is missing", async () => {
    const meter = startNvidiaMeter({ program: join(folder, "nowhere") });
    await expect.poll(() => meter.reason(), patience).toContain("not found");
  });

  test("ends a program that hangs, and keeps its earlier readings", async () => {
    const program = playback(["0, GPU-aaaa, T4, 1, 1, 70.00"], { after: "exec sleep 300" });
    const meter = startNvidiaMeter({ program, patienceMs: 3000 });
    await expect.poll(() => meter.reason(), patience).toContain("said nothing for 3000 ms");
    expect(meter.latest()).toHaveLength(1);
  });

  test("ends a program that hangs on the first query", async () => {
    const program = playback([]);
    writeFileSync(program, "#!/bin/sh\nexec sleep 300\n");
    const meter = startNvidiaMeter({ program, patienceMs: 200 });
    await expect.poll(() => meter.reason(), patience).toContain("did not answer in 200 ms");
  });
});

describe("parseGpuLine", () => {
  test.each(["[N/A]", "[Not Supported]", "[Unknown Error]", "N/A", ""])(
    "leaves a figure out that reads %j",
    (text) => {
      expect(parseGpuLine(`0, GPU-a, T4, ${text}, ${text}, ${text}`, olderFields)).toEqual({
        index: 0,
        uuid: "GPU-a",
        name: "T4",
        memoryBytes: undefined,
        utilisationFraction: undefined,
        powerWatts: undefined,
        totalJoules: undefined,
      });
    },
  );

  test("does not parse a message as a reading", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseGpuLine(text, olderFields)).toBeUndefined();
      }),
    );
  });
});

test("knownFields queries only the fields that an old driver lists", () => {
  expect(knownFields(olderHelp)).toEqual(olderFields);
  expect(knownFields("")).toEqual(["index", "uuid", "name"]);
});

function gpu(index: number, uuid = `GPU-${index}`): GpuRow {
  return {
    index,
    uuid,
    name: "T4",
    memoryBytes: undefined,
    utilisationFraction: undefined,
    powerWatts: undefined,
    totalJoules: undefined,
  };
}

describe("trackGpuEnergy", () => {
  test("does not interpolate power over a gap without readings", () => {
    const energy = trackGpuEnergy();
    energy.add({ ...gpu(0), powerWatts: 100 }, 0);
    energy.add({ ...gpu(0), powerWatts: 100 }, 1000);
    energy.add({ ...gpu(0), powerWatts: 100 }, 3_600_000);
    energy.add({ ...gpu(0), powerWatts: undefined }, 3_601_000);
    expect(energy.total()).toMatchObject({ joules: 100, intervalMs: 1000 });
  });

  test("falls back to power when a counter was set back", () => {
    const energy = trackGpuEnergy();
    energy.add({ ...gpu(0), powerWatts: 50, totalJoules: 900 }, 0);
    energy.add({ ...gpu(0), powerWatts: 50, totalJoules: 1 }, 1000);
    expect(energy.total()).toMatchObject({ joules: 50, from: "power over time" });
  });

  test("stays between minimum and maximum power times the time", () => {
    const watts = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), {
      minLength: 2,
      maxLength: 50,
    });
    fc.assert(
      fc.property(watts, (watts) => {
        const energy = trackGpuEnergy();
        watts.forEach((powerWatts, second) => energy.add({ ...gpu(0), powerWatts }, second * 1000));
        const seconds = watts.length - 1;
        const joules = energy.total()?.joules ?? Number.NaN;
        expect(joules).toBeGreaterThanOrEqual(Math.min(...watts) * seconds - 1e-6);
        expect(joules).toBeLessThanOrEqual(Math.max(...watts) * seconds + 1e-6);
      }),
    );
  });
});
