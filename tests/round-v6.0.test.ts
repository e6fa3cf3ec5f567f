import { describe, expect, test } from "vitest";
import { filterResults } from "../src/atlas/rows/filter-results.ts";
import { gainsOverRounds } from "../src/atlas/rounds/gains-over-rounds.ts";
import type { ResultRow } from "../src/schema/atlas/results/result-row.ts";
import { readCompatibility } from "../src/store/catalogue/read-atlas-tables.ts";
import { readResultRows } from "../src/store/results/read-results.ts";

const all = (await readResultRows()).rows;
const rows = all.filter(({ suite, round }) => suite === "mlperf-training" && round === "v6.0");
const groups = await readCompatibility();

const minutesOf = (row: ResultRow | undefined): number => (row?.scoreMs ?? 0) / 60_000;

function find(submitter: string, system: string, benchmark: string): ResultRow | undefined {
  return rows.find(
    (row) => row.submitter === submitter && row.system === system && row.benchmark === benchmark,
  );
}

describe("the shipped results of MLPerf Training v6.0", () => {
  test("are 229: 21 scores and 208 middle runs", () => {
    expect(rows).toHaveLength(229);
    expect(rows.filter(({ scoreKind }) => scoreKind === "score")).toHaveLength(21);
    expect(rows.filter(({ scoreKind }) => scoreKind === "middle-run")).toHaveLength(208);
    expect(new Set(rows.map(({ publishedOn }) => publishedOn))).toEqual(new Set(["2026-06-16"]));
  });

  test.each([
    ["GigaComputing", "G894-SD3-AAX7_hugectr", "dlrm_dcnv2", 2.1767233022],
    ["GigaComputing", "G894-SD3-AAX7_pytorch", "llama31_8b", 74.0812041667],
    ["GigaComputing", "G894-SD3-AAX7_pytorch", "llama2_70b_lora", 6.7708061777],
    ["GigaComputing", "G894-SD3-AAX7_pytorch", "gpt_oss_20b", 85.1308083469],
    ["Inventec", "P9000IG7_ngc26.04_nemo", "llama31_8b", 77.3280666667],
    ["Inventec", "P9000IG7_ngc26.04_nemo", "llama2_70b_lora", 6.7587689091],
    ["Inventec", "P9000IG7_ngc26.04_nemo", "gpt_oss_20b", 85.1551932352],
    ["Quanta_Cloud_Technology", "D75H-10U", "llama31_8b", 75.8083416667],
    ["Quanta_Cloud_Technology", "D75H-10U", "dlrm_dcnv2", 2.7479275666],
    ["Quanta_Cloud_Technology", "D75H-10U", "llama2_70b_lora", 7.05170625],
    ["Quanta_Cloud_Technology", "D75H-10U", "gpt_oss_20b", 84.8610145765],
    ["Quanta_Cloud_Technology", "D75U-1U_ngpu64", "llama31_8b", 12.4471395833],
    ["Quanta_Cloud_Technology", "D75U-1U_ngpu64", "dlrm_dcnv2", 0.6796958333],
    ["Quanta_Cloud_Technology", "D75U-1U_ngpu64", "flux1", 41.9924020833],
    ["Quanta_Cloud_Technology", "D75U-1U_ngpu64", "llama2_70b_lora", 1.2626495791],
    ["Quanta_Cloud_Technology", "D75U-1U_ngpu64", "gpt_oss_20b", 20.3095499995],
    ["Quanta_Cloud_Technology", "D75U-1U_ngpu8", "llama31_8b", 63.5933645833],
    ["Quanta_Cloud_Technology", "D75U-1U_ngpu8", "dlrm_dcnv2", 2.107946825],
    ["Quanta_Cloud_Technology", "D75U-1U_ngpu8", "llama2_70b_lora", 5.7155211396],
    ["Quanta_Cloud_Technology", "D75U-1U_ngpu8", "gpt_oss_20b", 74.6372413983],
  ])("contain the official score of %s %s, %s: %d min", (submitter, system, name, minutes) => {
    const row = find(submitter, system, name);
    expect(row?.scoreKind).toBe("score");
    expect(minutesOf(row)).toBeCloseTo(minutes, 6);
  });

  test("contain DeepSeek-V3 in 2.02 min on 8,192 GB300: the middle of 3 runs, times the factor", () => {
    const row = find("CoreWeave", "CoreWeave_GB300_2048x4", "deepseekv3_671b");
    expect(row).toMatchObject({
      scoreKind: "score",
      acceleratorCount: 8192,
      accelerator: "gb300-nvl72",
      unscaledMs: 116_700,
    });
    expect(row?.scalingFactor).toBeCloseTo(1.03889, 5);
    expect(minutesOf(row).toFixed(2)).toBe("2.02");
  });

  test("contain Llama 3.1 405B in 7.07 min on 8,192 GB200, as a middle run", () => {
    const row = find("Azure", "2048xAzure_GB200", "llama31_405b");
    expect(row).toMatchObject({
      scoreKind: "middle-run",
      acceleratorCount: 8192,
      accelerator: "gb200-nvl72",
    });
    expect(minutesOf(row).toFixed(2)).toBe("7.07");
  });

  test("contain GPT-OSS 20B on 512 GB300 as a middle run within 3 % of the published 7.43 min", () => {
    const row = find("NVIDIA", "theia_ngpu512_ngc26.04_nemo", "gpt_oss_20b");
    expect(row).toMatchObject({
      scoreKind: "middle-run",
      acceleratorCount: 512,
      note: "middle of 10 runs, before scaling; official score not on record; committed scaling factor 1.0155, not applied",
    });
    expect(Math.abs(minutesOf(row) / 7.43 - 1)).toBeLessThan(0.03);
  });

  test("name the two systems of the open division, and leave unknown divisions unknown", () => {
    expect(rows.filter(({ division }) => division === "open").map(({ system }) => system)).toEqual([
      "HPE-GB300-ngpu72_ngc26.04_reduced_gbs",
      "HPE-GB300-ngpu72_ngc26.04_reduced_warmup",
    ]);
    const unknown = rows.filter(({ division }) => division === undefined);
    expect([...new Set(unknown.map(({ system }) => system))].toSorted()).toEqual([
      "gb300_n18_ngc25.09_nemo",
      "hsg_ngpu2560_ngc25.09_nemo",
      "hsg_ngpu5120_ngc25.09_nemo",
      "nebius_b300_n1",
    ]);
  });

  test("can be reduced to the scores with a filter", () => {
    const outcome = filterResults(rows, { scores: "official" }, groups);
    expect(outcome).toMatchObject({ kind: "filtered", rows: { length: 21 } });
  });

  test.each([
    ["llama2_70b_lora", 1.05606],
    ["dlrm_dcnv2", 1.06218],
  ])("gain over v5.1 per chip with %s: middle run against middle run, %d", (benchmark, gain) => {
    const both = all.filter(
      (row) =>
        row.suite === "mlperf-training" &&
        (row.round === "v5.1" || row.round === "v6.0") &&
        row.benchmark === benchmark &&
        row.division === "closed",
    );
    const outcome = gainsOverRounds(both, groups, "chip");
    if (outcome.kind !== "gains") throw new Error(outcome.kind);
    expect(outcome.gains.basis).toBe("middle-run");
    expect(outcome.gains.totalGain).toBeCloseTo(gain, 2);
  });
});
