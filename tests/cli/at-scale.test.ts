import { describe, expect, test } from "vitest";
import { pitwall } from "../support/pitwall.ts";

const words = ["results", "--at", "64", "--benchmark", "resnet", "--round", "v1.1"];

interface Scaled {
  vendor: string;
  bestIn: string[];
  measured: { row: { acceleratorCount: number; scoreMs: number; division: string } };
}

describe("pitwall results --at", () => {
  test("compares the vendors near the scale and at their largest", async () => {
    const { result } = JSON.parse((await pitwall([...words, "--json"])).stdout);
    const near: Scaled[] = result.near;
    expect(new Set(near.map(({ vendor }) => vendor)).size).toBeGreaterThan(1);
    for (const { measured } of near) {
      expect(measured.row.acceleratorCount).toBeGreaterThanOrEqual(32);
      expect(measured.row.acceleratorCount).toBeLessThanOrEqual(128);
      expect(measured.row.division).toBe("closed");
    }
    const fastest = Math.min(...near.map(({ measured }) => measured.row.scoreMs));
    const named = near.filter(({ bestIn }) => bestIn.includes("system"));
    expect(named.map(({ measured }) => measured.row.scoreMs)).toEqual([fastest]);
  });

  test("lists each vendor once at its largest size", async () => {
    const { result } = JSON.parse((await pitwall([...words, "--json"])).stdout);
    const vendors = result.largest.map(({ vendor }: Scaled) => vendor);
    expect(new Set(vendors).size).toBe(vendors.length);
  });

  test("prints one table with both", async () => {
    const { stdout, exitCode } = await pitwall(words);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^near 64 /mu);
    expect(stdout).toMatch(/^largest /mu);
    expect(stdout).toMatch(/vendor +chips +minutes +chip-min +\$ +kWh +best in/u);
  });

  test("writes the same results as CSV", async () => {
    const { stdout } = await pitwall([...words, "--format", "csv"]);
    expect(stdout).toMatch(/^place,vendor,bestIn,rowId,/u);
    expect(stdout).toContain("\nnear,");
    expect(stdout).toContain("\nlargest,");
  });

  test.each([
    { more: ["results", "--at", "8"], error: "error[one-benchmark-needed]" },
    { more: [...words, "--limit", "3"], error: "error[option-unused]" },
    { more: [...words, "--format", "md"], error: "error[option-unused]" },
  ])("refuses $more", async ({ more, error }) => {
    const ran = await pitwall(more);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(error);
  });
});
