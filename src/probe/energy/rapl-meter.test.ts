import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openRaplMeter } from "./rapl-meter.ts";

// A fixture tree in the layout of /sys/class/powercap: this test needs no such meter.
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rapl-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function zone(path: string, name: string, energy: number | string): void {
  const folder = join(root, path);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "name"), `${name}\n`);
  writeFileSync(join(folder, "max_energy_range_uj"), "1000000000\n");
  writeFileSync(join(folder, "energy_uj"), `${energy}\n`);
}

function serverWithTwoPackages(rise: number): void {
  zone("intel-rapl:0", "package-0", 5_000_000 + rise);
  zone("intel-rapl:0/intel-rapl:0:0", "core", 4_000_000 + rise);
  zone("intel-rapl:0/intel-rapl:0:1", "dram", 1_000_000 + rise);
  zone("intel-rapl:0:1", "dram", 1_000_000 + rise);
  zone("intel-rapl:1", "package-1", 7_000_000 + rise);
  zone("intel-rapl:2", "psys", 90_000_000 + rise);
  zone("intel-rapl-mmio:0", "package-0", 5_000_000 + rise);
}

function openOrFail() {
  const meter = openRaplMeter(root);
  if (meter.kind !== "open") throw new Error(meter.reason);
  return meter;
}

describe("openRaplMeter", () => {
  test("adds up packages and memory, once each, and leaves inner and outer domains out", () => {
    serverWithTwoPackages(0);
    const meter = openOrFail();
    expect(meter.packageCount).toBe(2);
    expect(meter.read()).toEqual({ package: 0, dram: 0 });
    serverWithTwoPackages(3_000_000);
    expect(meter.read()).toEqual({ package: 6, dram: 3 });
  });

  test("carries on where the counter starts again from zero, any number of times", () => {
    zone("intel-rapl:0", "package-0", 999_000_000);
    const meter = openOrFail();
    for (const [energy, joules] of [
      [500_000, 1.5],
      [999_500_000, 1000.5],
      [0, 1001],
    ] as const) {
      zone("intel-rapl:0", "package-0", energy);
      expect(meter.read().package).toBeCloseTo(joules, 9);
    }
    expect(meter.read().dram).toBeUndefined();
  });

  test("keeps what it has counted while a counter cannot be read", () => {
    zone("intel-rapl:0", "package-0", 0);
    const meter = openOrFail();
    zone("intel-rapl:0", "package-0", 2_000_000);
    expect(meter.read().package).toBe(2);
    zone("intel-rapl:0", "package-0", "busy");
    expect(meter.read().package).toBe(2);
    zone("intel-rapl:0", "package-0", 5_000_000);
    expect(meter.read().package).toBe(5);
  });

  test.skipIf(process.getuid?.() === 0)(
    "is absent with the reason where only root may read (needs a user that is not root)",
    () => {
      zone("intel-rapl:0", "package-0", 1);
      chmodSync(join(root, "intel-rapl:0", "energy_uj"), 0);
      expect(openRaplMeter(root)).toMatchObject({
        kind: "absent",
        reason: expect.stringContaining("root only"),
      });
    },
  );

  test("is absent with the reason where the file is missing or the folder is", () => {
    expect(openRaplMeter(join(root, "nowhere"))).toMatchObject({ kind: "absent" });
    zone("intel-rapl:0", "package-0", 1);
    rmSync(join(root, "intel-rapl:0", "energy_uj"));
    expect(openRaplMeter(root)).toMatchObject({
      kind: "absent",
      reason: expect.stringContaining("ENOENT"),
    });
  });

  test("is absent where there is memory but no package", () => {
    zone("intel-rapl:0:0", "dram", 1);
    expect(openRaplMeter(root).kind).toBe("absent");
  });
});
