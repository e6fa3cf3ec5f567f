import { describe, expect, test } from "vitest";
import { findAccelerator } from "../../schema/find-accelerator.ts";
import { price } from "../../schema/run/request/price.ts";
import { findPrice, readAccelerators, readPowerEstimate, readPriceEntries } from "./catalogue.ts";

const entries = await readPriceEntries();
const accelerators = await readAccelerators();

describe("the shipped catalogue", () => {
  test("lists each machine once per region and date", () => {
    const keys = entries.map((e) => `${e.provider}/${e.instance}@${e.region}@${e.asOf}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test("has a price, on demand or spot, and a known accelerator for each machine", () => {
    const names = new Set(accelerators.map((known) => known.name));
    for (const entry of entries) {
      expect(entry.onDemandUsdPerHour ?? entry.spotUsdPerHour).toBeGreaterThan(0);
    }
    const named = entries.flatMap((entry) => entry.accelerator ?? []);
    expect(named.filter((name) => !names.has(name))).toEqual([]);
    expect(entries.length).toBeGreaterThan(250);
  });

  test("has a unique name for each accelerator", () => {
    for (const known of accelerators) {
      for (const alias of [known.name, ...known.aliases]) {
        expect(findAccelerator(alias, accelerators)).toMatchObject({ value: { name: known.name } });
      }
    }
  });

  test("has dense peaks that increase as number formats get shorter", () => {
    const order = ["fp32", "bf16", "fp8", "fp4"] as const;
    for (const { peakFlopPerSecond: peaks } of accelerators) {
      const given = order.flatMap((format) => peaks[format] ?? []);
      expect(given).toEqual(given.toSorted((a, b) => a - b));
    }
  });

  test("uses base units: FLOP, bytes, watts", () => {
    expect(findAccelerator("h100-sxm", accelerators)).toMatchObject({
      kind: "found",
      value: {
        peakFlopPerSecond: { bf16: 989e12, fp8: 1979e12 },
        memoryBytes: 80e9,
        memoryBytesPerSecond: 3.35e12,
        networkBytesPerSecond: 50e9,
        powerLimitWatts: 700,
        status: "verified",
      },
    });
  });

  test("has power coefficients with a source", async () => {
    const estimate = await readPowerEstimate();
    expect(estimate.busyWattsPerCore).toBeGreaterThan(estimate.idleWattsPerCore);
    expect(estimate.source).toContain("Cloud Carbon Footprint");
  });
});

describe("findPrice", () => {
  test.each([
    { name: "aws/p4d.24xlarge", usdPerHour: 21.957642, per: "node" },
    { name: "AWS/P4D.24xlarge@spot", usdPerHour: 7.8799, per: "node" },
    { name: "aws/p5.48xlarge@spot", usdPerHour: 17.6289, per: "node" },
    { name: "aws/p5.48xlarge@us-east-2@spot", usdPerHour: 11.2543, per: "node" },
    { name: "aws/p5.48xlarge@on-demand", usdPerHour: 55.04, per: "node" },
    { name: "crusoe/h100-sxm", usdPerHour: 3.9, per: "accelerator" },
    { name: "crusoe/1x-h100-sxm", usdPerHour: 3.9, per: "node" },
    { name: "lambda/h100-sxm", usdPerHour: 3.99, per: "accelerator" },
  ])("prices $name", ({ name, ...expected }) => {
    const found = findPrice(name, entries);
    expect(found).toMatchObject({ kind: "found", value: expected });
    expect(price.safeParse(found.kind === "found" && found.value).success).toBe(true);
  });

  test("reports region and date of a price, and whether its source is unverified", () => {
    expect(findPrice("aws/p5.48xlarge@spot", entries)).toMatchObject({
      value: {
        source: expect.stringMatching(/^aws\/p5\.48xlarge \(spot, us-east-1\): skypilot/),
        date: expect.stringContaining("2025"),
      },
    });
    const recalled = entries.filter((entry) => entry.status === "recalled");
    expect(findPrice("aws/p5.48xlarge", recalled)).toMatchObject({
      value: { source: expect.stringContaining("recalled"), usdPerHour: 98.32 },
    });
  });

  test("suggests the closest machine for a typo", () => {
    expect(findPrice("aws/p4d.24xlrage", entries)).toMatchObject({
      kind: "unknown",
      nearest: "aws/p4d.24xlarge",
    });
  });

  test("suggests the regions with this machine", () => {
    expect(findPrice("aws/p5.48xlarge@us-east-3", entries)).toMatchObject({
      kind: "unknown",
      wanted: "aws/p5.48xlarge@us-east-3",
      nearest: "aws/p5.48xlarge@us-east-1",
    });
  });

  test("lists the available prices if a machine has no such price", () => {
    expect(findPrice("aws-capacity-block/p4d.24xlarge@spot", entries)).toEqual({
      kind: "no-price",
      wanted: "aws-capacity-block/p4d.24xlarge@spot",
      offered: ["on-demand"],
    });
  });
});

test.each([
  ["NVIDIA H100 80GB HBM3", "h100-sxm"],
  ["Tesla V100-SXM2-16GB", "v100-sxm2-16gb"],
  ["NVIDIA A100-SXM4-80GB", "a100-sxm-80gb"],
  ["AMD Instinct MI300X", "mi300x"],
  ["H100 SXM", "h100-sxm"],
  ["nvidia t4", "t4"],
])("findAccelerator knows %s as %s", (reported, name) => {
  expect(findAccelerator(reported, accelerators)).toMatchObject({ kind: "found", value: { name } });
});

test("findAccelerator suggests the closest name", () => {
  expect(findAccelerator("h100-sxn", accelerators)).toMatchObject({
    kind: "unknown",
    nearest: "h100-sxm",
  });
});
