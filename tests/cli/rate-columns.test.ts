import { describe, expect, test } from "vitest";
import { pitwall } from "../support/pitwall.ts";

async function firstOf(words: readonly string[]) {
  const { stdout } = await pitwall(["results", ...words, "--limit", "1", "--json"]);
  return JSON.parse(stdout).result.rows[0];
}

describe("rates of results", () => {
  const lora = ["--benchmark", "llama2_70b_lora", "--round", "v5.0", "--division", "closed"];

  test("find the widest spread of Llama 2 70B LoRA in v5.0", async () => {
    const widest = await firstOf([...lora, "--sort", "spread", "--reverse"]);
    expect(widest.row.system).toBe("nyx_n1_ngc25.04_nemo");
    expect(widest.rates.spread).toBeCloseTo(0.4028, 3);
  });

  test("divide the measured energy of Lenovo's 8 B200 by its samples", async () => {
    const { row, rates } = await firstOf([...lora, "--system", "SR780aV3-8xB200*"]);
    // 6,114,238 J include the scaling factor of 1.0188, which adds no samples.
    expect(row.energyJoules).toBeCloseTo(6_114_238, -1);
    expect(rates.joulesPerSample).toBeCloseTo(
      6_114_238 / row.scalingFactor / row.samplesToConverge,
      3,
    );
    expect(rates.samplesPerSecond).toBeCloseTo(row.samplesToConverge / (row.unscaledMs / 1000), 9);
  });

  test("count the models per minute of weak scaling", async () => {
    const hpc = ["--suite", "mlperf-hpc", "--round", "v3.0"];
    const { row, rates } = await firstOf([...hpc, "--sort", "models-per-minute", "--reverse"]);
    expect(rates.modelsPerMinute).toBeCloseTo(row.modelCount / (row.scoreMs / 60_000), 6);
  });

  test("are columns of the table, and the key of `--sort` is one", async () => {
    const words = ["results", ...lora, "--columns", "spread,joules-per-sample", "--limit", "3"];
    const { stdout } = await pitwall([...words, "--sort", "samples-per-second"]);
    expect(stdout).toMatch(/minutes +spread % +samples\/s +J\/sample +\$/u);
    expect(stdout).toContain("relative to the median run");
  });

  test("rank measured energy per sample apart from estimates", async () => {
    const { stdout } = await pitwall(["results", ...lora, "--sort", "joules-per-sample", "--json"]);
    const rows: { figures: { kwh: { label: string } } }[] = JSON.parse(stdout).result.rows;
    const labels = rows.map(({ figures }) => figures.kwh.label);
    expect(labels.lastIndexOf("measured")).toBeLessThan(labels.indexOf("estimated"));
  });

  test("refuse a column that does not exist", async () => {
    const { exitCode, stderr } = await pitwall(["results", "--columns", "speed"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("error[unknown-column]");
  });
});
