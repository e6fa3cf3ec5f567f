import { describe, expect, test } from "vitest";
import { splitRatio } from "../src/atlas/compare/split-ratio.ts";
import { withoutRepeats } from "../src/atlas/rows/repeated-rows.ts";
import type { TimeFactor } from "../src/schema/atlas/answers/comparison.ts";
import type { ResultRow } from "../src/schema/atlas/results/result-row.ts";
import { readResultRows } from "../src/store/results/read-results.ts";

// Figures calculated from the published logs by other programs.

const { rows, manifests } = await readResultRows();

function rowOf(id: string): ResultRow {
  const row = rows.find(({ rowId }) => rowId === id);
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
}

const training = (id: string): ResultRow => rowOf(`mlperf-training/${id}`);
const ofRound = (suite: string, round: string): ResultRow[] =>
  rows.filter((row) => row.suite === suite && row.round === round);

function factor(from: ResultRow, to: ResultRow, name: TimeFactor): number | undefined {
  const split = splitRatio(from, to);
  return split.kind === "split"
    ? split.factors.find((one) => one.factor === name)?.ratio
    : undefined;
}

describe("samples to converge", () => {
  test("BERT on one DGX A100 from round 1.0 to 2.1: fewer samples and more throughput", () => {
    const from = training("v1.0/NVIDIA/dgxa100_ngc21.05_pytorch/bert");
    const to = training("v2.1/NVIDIA/dgxa100_ngc22.09_pytorch/bert");
    expect(splitRatio(from, to).totalRatio).toBeCloseTo(1.284942, 6);
    expect(factor(from, to, "samples")).toBeCloseTo(1.129736, 6);
    expect(factor(from, to, "throughput-per-accelerator")).toBeCloseTo(1.137383, 6);
  });

  test("no row of BERT has the placeholder, and its convergence is not called too fast for it", () => {
    const bert = rows.filter((row) => row.suite === "mlperf-training" && row.benchmark === "bert");
    const amounts = bert.flatMap(({ samplesToConverge }) => samplesToConverge ?? []);
    expect(Math.min(...amounts)).toBeGreaterThan(500_000);
    expect(Math.max(...amounts)).toBeLessThan(10_000_000);
    const replaced = bert.filter(({ note }) => note?.includes("`train_samples`"));
    expect(replaced.filter(({ round }) => round === "v1.1")).toHaveLength(24);
    expect(replaced.filter(({ rcpOutcome }) => rcpOutcome === "too-fast")).toEqual([]);
  });

  test("Stable Diffusion counts samples in every round: 1,875 steps of 2,048 are 3,840,000", () => {
    const from = training("v3.1/NVIDIA/eos_n64_ngc23.09_nemo_mm/stable_diffusion");
    const to = training("v4.0/NVIDIA/eos_n64_ngc24.04_nemo/stable_diffusion");
    expect([from.samplesToConverge, to.samplesToConverge]).toEqual([3_840_000, 4_032_000]);
    expect(factor(from, to, "samples")).toBeCloseTo(0.952381, 6);
  });

  test("3D U-Net counts samples in every round, also where its logs count epochs", () => {
    const unet3d = rows.filter(({ benchmark }) => benchmark === "unet3d");
    expect(new Set(unet3d.map(({ samplesUnit }) => samplesUnit))).toEqual(new Set(["samples"]));
    for (const id of [
      "Quanta_Cloud_Technology/D74H-7U",
      "xFusion/G5500V7x8L40",
      "xFusion/G5500V7x8xA30",
    ]) {
      const row = training(`v3.1/${id}/unet3d`);
      expect(row.samplesToConverge, id).toBeGreaterThan(300_000);
      expect(row.note, id).toContain("the logged epochs x 168");
    }
    const twoMissed = training("v1.1/NVIDIA/dgxa100_n96_ngc21.09_mxnet/unet3d");
    expect(twoMissed.convergedRunCount).toBe(38);
    expect(twoMissed.samplesToConverge).toBe(2527.5 * 168);
  });

  test("one unit per benchmark, and amounts near those of the reference", () => {
    const units = new Map<string, Set<string>>();
    for (const { suite, benchmark, samplesUnit, samplesToConverge } of rows)
      if (suite.startsWith("mlperf") && samplesUnit !== undefined && samplesToConverge)
        units.set(benchmark, (units.get(benchmark) ?? new Set()).add(samplesUnit));
    expect([...units].filter(([, found]) => found.size > 1)).toEqual([]);
    const omitted = rows.filter(({ note }) => note?.includes("implausible"));
    expect(omitted.map(({ rowId }) => rowId.replace("mlperf-training/", ""))).toEqual([
      "v0.7/Google/gpu-v100-8-TF2.0/bert",
      "v0.7/Google/tpu-v3-32-TF2.0/bert",
      "v0.7/Google/tpu-v4-128-TF/dlrm",
      "v0.7/Google/tpu-v4-16-TF/dlrm",
      "v1.1/Google/tpu-v4-2048-JAX/bert",
      "v1.1/Google/tpu-v4-4096-TF/bert",
    ]);
  });
});

describe("counts", () => {
  test.each([
    { id: "dgx1_multi_ngc18.11_mxnet/resnet", nodes: 80, accelerators: 640 },
    { id: "dgx2h_multi_ngc18.11_mxnet/resnet", nodes: 32, accelerators: 512 },
    { id: "dgx1_multi_ngc18.11_pytorch/ssd", nodes: 8, accelerators: 64 },
    { id: "dgx2h_multi_ngc18.11_pytorch/ssd", nodes: 8, accelerators: 64 },
  ])("round 0.5 $id ran on $accelerators accelerators", ({ id, nodes, accelerators }) => {
    const row = training(`v0.5/nvidia/${id}`);
    expect([row.nodeCount, row.acceleratorCount]).toEqual([nodes, accelerators]);
    expect(row.note).toContain(`DGXNNODES=${nodes}`);
  });

  test.each([
    { round: "v0.7", results: 15 },
    { round: "v1.0", results: 31 },
    { round: "v2.0", results: 22 },
    { round: "v3.0", results: 22 },
  ])("HPC $round has $results results, without pruned ones", ({ round, results }) => {
    expect(ofRound("mlperf-hpc", round)).toHaveLength(results);
  });

  test("16 organizations submitted to round 4.0, 19 to 3.1", () => {
    const organizations = (round: string): number =>
      new Set(ofRound("mlperf-training", round).map(({ submitter }) => submitter)).size;
    expect([organizations("v4.0"), organizations("v3.1")]).toEqual([16, 19]);
  });

  test("systems without accelerators have a number of processors", () => {
    const without = rows.filter(
      (row) =>
        row.suite.startsWith("mlperf") &&
        row.acceleratorCount === undefined &&
        row.accelerator === undefined &&
        row.processorCount === undefined,
    );
    // Their descriptions are missing or lack counts.
    const unknown = /^mlperf-training\/v0\.(?:6\/(?:Intel|Fujitsu)|7\/(?:Alibaba|Tencent|SIAT))\//;
    expect(without.map(({ rowId }) => rowId).filter((id) => !unknown.test(id))).toEqual([]);
    const fugaku = rowOf(
      "mlperf-hpc/v3.0/Fujitsu+RIKEN/fugaku_82944xA64FX_tensorflow_closed/cosmoflow/weak",
    );
    expect(fugaku.processorCount).toBe(82_944);
    expect(fugaku.modelsPerMinute).toBeCloseTo(
      (fugaku.modelCount ?? 0) / ((fugaku.scoreMs ?? 0) / 60_000),
      9,
    );
  });

  test("manifests name the results whose logs are missing", () => {
    const missing = manifests.find(({ round }) => round === "v1.1")?.missing.join(" ");
    for (const name of ["n128_ngc21.09_mxnet/resnet", "n192_ngc21.09_pytorch/rnnt", "n256"])
      expect(missing).toContain(`Azure/nd96amsr_a100_v4_${name}`);
  });
});

describe("repeated results", () => {
  test("188 groups of 427 rows have the same runs; one row of each is not marked", () => {
    const marked = rows.filter(({ repeats }) => repeats !== undefined);
    expect(marked).toHaveLength(427 - 188);
    expect(new Set(marked.map(({ repeats }) => repeats)).size).toBe(188);
    expect(withoutRepeats(rows)).toHaveLength(rows.length - marked.length);
  });

  test("three records of round 3.1 are runs of round 3.0", () => {
    const best = (benchmark: string): ResultRow | undefined =>
      ofRound("mlperf-training", "v3.1")
        .filter((row) => row.benchmark === benchmark && row.division === "closed")
        .toSorted((a, b) => (a.scoreMs ?? Infinity) - (b.scoreMs ?? Infinity))[0];
    const records = ["resnet", "maskrcnn", "rnnt"].map((name) => best(name)?.repeats);
    expect(records.every((id) => id?.startsWith("mlperf-training/v3.0/"))).toBe(true);
  });

  test("a company's second description of its runs is not another result", () => {
    const smc = ofRound("mlperf-training", "v4.0").filter(({ submitter }) => submitter === "smc");
    expect(smc).toHaveLength(37);
    expect(withoutRepeats(smc)).toHaveLength(19);
  });
});

describe("measured energy", () => {
  test("is there by the official rule and from start to stop of the runs", () => {
    const row = training("v4.0/smc-ac-power/9xSMC-H100-SXM-80GB/unet3d");
    const kwh = (joules = 0): number => joules / 3.6e6 / row.scalingFactor;
    expect(kwh(row.energyJoules)).toBeCloseTo(1.576, 3);
    expect(kwh(row.inRunEnergyJoules)).toBeCloseTo(2.1132, 1);
  });

  test("every measured result has both", () => {
    const measured = rows.filter(({ energyLabel }) => energyLabel === "measured");
    expect(measured.filter((row) => row.inRunEnergyJoules === undefined)).toEqual([]);
  });
});
