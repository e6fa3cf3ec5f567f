import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { referenceCurve } from "../../src/schema/logs/reference-curve.ts";
import { passing } from "../support/check-json.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

async function curveOf(words: readonly string[], cwd = temporaryFolder()) {
  const { stdout, exitCode } = await pitwall(["rcp", ...words, "--json"], { cwd });
  return { curve: referenceCurve.parse(JSON.parse(stdout).result), exitCode };
}

/** Ten copies of a passing log of llama2_70b_lora with seeds of their own; each needed `samples`. */
function folderOfLogs(samples: number): string {
  const cwd = temporaryFolder();
  for (let run = 0; run < 10; run++) {
    const log = passing
      .replaceAll('"samples_count": 2688', `"samples_count": ${samples}`)
      .replace('"key": "seed", "value": 16500', `"key": "seed", "value": ${run + 1}`);
    writeFileSync(join(cwd, `result_${run}.txt`), log, "latin1");
  }
  return cwd;
}

describe("pitwall rcp", () => {
  test("shows what the reference needs by batch size, and the smallest mean accepted", async () => {
    const { curve, exitCode } = await curveOf(["llama2_70b_lora", "--edition", "5.1"]);
    expect(exitCode).toBe(0);
    expect(curve).toMatchObject({ edition: "training-5.1", unit: "samples", submitted: [] });
    expect(curve.points.map(({ globalBatchSize, isUsed }) => [globalBatchSize, isUsed])).toEqual([
      [8, true],
      [16, true],
      [32, false],
      [128, true],
    ]);
    // The unused point is slower than the straight line between its neighbors: 4,032 + 16/112 × 7,232.
    const [, sixteen, unused] = curve.points;
    expect(unused?.mean).toBeGreaterThan(5065);
    expect(sixteen?.smallestAcceptableMean).toBeLessThan(sixteen?.mean ?? 0);
    const between = curve.checked.filter(({ globalBatchSize }) => globalBatchSize === 32);
    for (const { referenceMean } of between) expect(referenceMean).toBeCloseTo(5065.1, 0);
  });

  test.each([
    { samples: 3456, exitCode: 0, outcome: "passes" },
    { samples: 1920, exitCode: 1, outcome: "converges-too-fast" },
  ])("places logs that need $samples samples beside the reference: $outcome", async (expected) => {
    const cwd = folderOfLogs(expected.samples);
    const { curve, exitCode } = await curveOf(["llama2_70b_lora", ".", "--edition", "5.0"], cwd);
    expect(curve.submitted).toMatchObject([{ mean: expected.samples, outcome: expected.outcome }]);
    expect(exitCode).toBe(expected.exitCode);
  });

  test("places an imported series beside the reference, by name", async () => {
    const cwd = folderOfLogs(3456);
    await pitwall(["import", ".", "--quiet"], { cwd });
    const { stdout } = await pitwall(["runs", "--group", "--json"], { cwd });
    const [{ seriesId }] = JSON.parse(stdout).result;
    const { curve, exitCode } = await curveOf(
      ["llama2_70b_lora", seriesId, "--edition", "5.0"],
      cwd,
    );
    const assumed = await pitwall(["rcp", "llama2_70b_lora", seriesId], { cwd });
    expect(assumed.stderr).toContain("warning: assumed training-5.0: the log is of 2025-05-01");
    const ofFolder = await curveOf(["llama2_70b_lora", ".", "--edition", "5.0"], cwd);
    expect(exitCode).toBe(0);
    const [{ folder: _, ...expected } = { folder: "" }] = ofFolder.curve.submitted;
    expect(curve.submitted).toEqual([{ folder: seriesId, ...expected }]);
  });

  test("draws an SVG file, and does not overwrite one", async () => {
    const cwd = folderOfLogs(3456);
    const words = ["rcp", "llama2_70b_lora", ".", "--edition", "5.0", "--svg", "rcp.svg"];
    expect(await pitwall(words, { cwd })).toMatchObject({ exitCode: 0 });
    const svg = readFileSync(join(cwd, "rcp.svg"), "utf8");
    expect(svg).toMatch(/^<svg\s+xmlns="http:\/\/www\.w3\.org\/2000\/svg"/u);
    expect(svg).toContain("llama2_70b_lora, training-5.0: samples to converge by batch size");
    // Each reference run, the entry of the legend, and the result.
    const { curve } = await curveOf(["llama2_70b_lora", "--edition", "5.0"]);
    const runs = curve.points.flatMap(({ amounts }) => amounts).length;
    expect(svg.match(/class="run"/gu)).toHaveLength(runs + 1);
    expect(svg.match(/class="passes"/gu)).toHaveLength(2);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/u);
    expect(await pitwall(words, { cwd })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("rcp.svg` already exists"),
    });
  });

  test.each([
    [["llama2_70b"], "did you mean `llama2_70b_lora`?"],
    [
      ["llama2_70b_lora", "--edition", "3.0"],
      "training-3.0 has no references of `llama2_70b_lora`",
    ],
    [["bert", ".", "--edition", "5.0"], "no logs of `bert` in `.`"],
  ])("refuses %j", async (words, message) => {
    const { exitCode, stderr } = await pitwall(["rcp", ...words], { cwd: folderOfLogs(3456) });
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(message) });
  });
});
