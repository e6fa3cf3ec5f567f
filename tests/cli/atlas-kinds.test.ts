import { describe, expect, test } from "vitest";
import { pitwall } from "../support/pitwall.ts";

async function resultOf(words: readonly string[]) {
  const { stdout } = await pitwall([...words, "--json"]);
  return JSON.parse(stdout).result;
}

describe("figures of different sources", () => {
  const imagenet = ["--suite", "dawnbench", "--benchmark", "dawnbench_imagenet"];

  test("rank the cheapest ImageNet of DAWNBench among the stated costs", async () => {
    const words = ["results", ...imagenet, "--per", "dollar"];
    const { rows, mixedLabels } = await resultOf([...words, "--limit", "1"]);
    expect(rows[0].figures.dollar).toMatchObject({ label: "stated" });
    expect(rows[0].figures.dollar.value).toBeCloseTo(7.4255, 4);
    expect(mixedLabels[0]).toMatchObject({ measure: "dollar" });
    const { stdout } = await pitwall([...words, "--limit", "1"]);
    expect(stdout).toMatch(/^ *7\.43 .* stated /mu);
    expect(stdout).toContain("the kinds are not ranked against each other");
  });

  test("keep the dearest computed cost behind the stated ones in reverse", async () => {
    const { rows } = await resultOf(["results", ...imagenet, "--sort", "cost", "--reverse"]);
    const labels: string[] = rows.flatMap(
      ({ figures }: { figures: { dollar: { label?: string } } }) => figures.dollar.label ?? [],
    );
    expect(labels.lastIndexOf("stated")).toBeLessThan(labels.indexOf("computed"));
  });

  test("name no estimate as the least energy of Llama 2 70B LoRA in v5.0", async () => {
    const words = ["pareto", "--benchmark", "llama2_70b_lora", "--round", "v5.0"];
    const size = ["--min-accelerators", "8", "--max-accelerators", "8", "--per", "system,kwh"];
    const { stdout } = await pitwall([...words, ...size]);
    expect(stdout).toMatch(/ 1\.698 .* Lenovo .* lowest energy \(measured\)/u);
    expect(stdout).toMatch(/ ~1\.495 .* lowest energy \(estimated\)/u);
    expect(stdout).toContain("energy is estimated (~) for");
  });
});

describe("systems without accelerators", () => {
  test("name their processors", async () => {
    const words = [
      "results",
      "--suite",
      "mlperf-hpc",
      "--round",
      "v3.0",
      "--system",
      "fugaku_512*",
    ];
    const { stdout } = await pitwall([...words, "--limit", "1"]);
    expect(stdout).toContain("512 processors");
    expect(stdout).not.toMatch(/ N\/A /u);
  });
});

describe("`--sort round`", () => {
  const rounds = async (more: readonly string[]): Promise<string[]> => {
    const { rows } = await resultOf([
      "results",
      "--benchmark",
      "retinanet",
      "--sort",
      "round",
      ...more,
    ]);
    return rows.map(({ row }: { row: { round: string } }) => row.round);
  };

  test("lists the oldest round first, and the newest with `--reverse`", async () => {
    const [oldest, newest] = [await rounds([]), await rounds(["--reverse"])];
    expect(oldest[0]).toBe("v2.0");
    expect(newest.at(-1)).toBe("v2.0");
    expect(newest[0]).toBe(oldest.at(-1));
  });
});

describe("a comparison", () => {
  test("mentions the runs that missed the target", async () => {
    const words = ["compare", "v3.1/Dell/2xXE9680x8*/resnet", "v3.1/Dell/XE9640x4*/resnet"];
    const { stdout } = await pitwall(words);
    expect(stdout).toContain("one run of each missed the target and is ranked slowest");
    const [pair] = (await resultOf(words)).pairs;
    expect(pair.test).toMatchObject({
      counts: [5, 5],
      missedCounts: [1, 1],
      excludedCounts: [0, 0],
    });
  });

  test("prints a lead of 0.3 % with enough digits, and that it may be chance", async () => {
    const { stdout } = await pitwall([
      "compare",
      "v1.1/Azure/nd96amsr_a100_v4_n128_ngc21.09_mxnet/ssd",
      "v1.1/NVIDIA/dgxa100_n128_ngc21.09_mxnet/ssd",
    ]);
    expect(stdout).toContain("is 1.003x as fast as");
    expect(stdout).toContain("p = 0.31");
  });

  test("is possible for the documented example, with the gain of a year of software", async () => {
    const words = ["compare", "v3.1/NVIDIA/eos_n64*/gpt3", "v4.1/NVIDIA/eos_n64*/gpt3"];
    const [pair] = (await resultOf(words)).pairs;
    expect(pair.split.totalRatio).toBeCloseTo(1.170836, 5);
  });
});

describe("pitwall scaling without `--accelerator`", () => {
  test("prints one curve per accelerator and submitter, and says so", async () => {
    const words = ["scaling", "--benchmark", "llama31_405b", "--round", "v5.1"];
    const { stdout } = await pitwall(words);
    expect(stdout).toContain("3 curves, one per accelerator and submitter");
    expect(stdout).toMatch(/on gb200-nvl72 by NVIDIA/u);
    expect(stdout).toMatch(/on h200-sxm by Nebius/u);
    expect(stdout).toMatch(/a single size only: 512 gb300-nvl72 \(NVIDIA\)/u);
    const { accelerator, otherCurves } = await resultOf(words);
    expect([accelerator, otherCurves.length]).toEqual(["gb200-nvl72", 2]);
  });

  test("prints the RCP factor of every size where one is not 1", async () => {
    const words = ["scaling", "--benchmark", "llama31_405b", "--accelerator", "gb200"];
    const { stdout } = await pitwall([...words, "--round", "v5.0"]);
    expect(stdout).toMatch(/^ *2,496 .* 90\.2% +85\.7% +91\.5% +115\.0% /mu);
    expect(stdout).toContain("efficiency = samples x rate x factor");
  });
});

describe("weak scaling", () => {
  test("is marked, with per-model figures named as such", async () => {
    const words = ["--suite", "mlperf-hpc", "--benchmark", "cosmoflow", "--round", "v3.0"];
    for (const command of [
      ["results", ...words],
      ["pareto", ...words, "--per", "system,chip"],
    ]) {
      const { stdout } = await pitwall(command);
      expect(stdout).toMatch(/closed, weak/u);
      expect(stdout).toContain("chip-min, $ and kWh are per model");
    }
  });
});
