import { describe, expect, test } from "vitest";
import { checkClaim } from "../src/atlas/rounds/check-claim.ts";
import { gainsOverRounds } from "../src/atlas/rounds/gains-over-rounds.ts";
import { studyScaling } from "../src/atlas/scaling/study-scaling.ts";
import type { ResultRow } from "../src/schema/atlas/results/result-row.ts";
import { readClaims, readCompatibility } from "../src/store/catalogue/read-atlas-tables.ts";
import { readResultRows } from "../src/store/results/read-results.ts";

const { rows, problems } = await readResultRows();
const groups = await readCompatibility();
const claims = await readClaims();

describe.skipIf(rows.length === 0)(
  "the shipped results (skipped: data/results is not there)",
  () => {
    const of = (round: string, benchmark: string): ResultRow[] =>
      rows.filter(
        (row) =>
          row.suite === "mlperf-training" &&
          row.round === round &&
          row.benchmark === benchmark &&
          row.division === "closed",
      );

    test("are whole", () => {
      expect(problems).toEqual([]);
    });

    test.each([
      { benchmark: "gpt3", minutes: 3.917, accelerators: 10_752 },
      { benchmark: "stable_diffusion", minutes: 2.466, accelerators: 1024 },
      { benchmark: "bert", minutes: 0.1193, accelerators: 3472 },
      { benchmark: "retinanet", minutes: 0.9193, accelerators: 2048 },
      { benchmark: "unet3d", minutes: 0.7727, accelerators: 768 },
      { benchmark: "dlrm_dcnv2", minutes: 1.027, accelerators: 128 },
    ])("hold the fastest $benchmark of v3.1", ({ benchmark, minutes, accelerators }) => {
      const [best] = of("v3.1", benchmark).toSorted(
        (a, b) => (a.scoreMs ?? Infinity) - (b.scoreMs ?? Infinity),
      );
      expect(Number(((best?.scoreMs ?? 0) / 60_000).toPrecision(4))).toBe(minutes);
      expect(best?.acceleratorCount).toBe(accelerators);
    });

    test.each([
      { suite: "mlperf-training", round: "v3.1", accelerators: 10_752 },
      { suite: "mlperf-training", round: "v4.1", accelerators: 11_616 },
      { suite: "mlperf-training", round: "v5.0", accelerators: 8192 },
      { suite: "mlperf-training", round: "v0.6", accelerators: 1536 },
      { suite: "mlperf-training", round: "v0.7", accelerators: 4096 },
    ])("hold the largest system of $round", ({ suite, round, accelerators }) => {
      const counts = rows
        .filter((row) => row.suite === suite && row.round === round)
        .map(({ acceleratorCount = 0 }) => acceleratorCount);
      expect(Math.max(...counts)).toBe(accelerators);
    });

    test("make ResNet-50 34.1 times as fast from v0.5 to v3.1, across a change of rules", () => {
      const resnet = rows.filter(
        ({ benchmark, division }) => benchmark === "resnet" && division === "closed",
      );
      const outcome = gainsOverRounds(resnet, groups);
      if (outcome.kind !== "gains") throw new Error(outcome.kind);
      expect(outcome.gains.totalGain.toFixed(1)).toBe("34.1");
      expect(outcome.gains.isComparable).toBe(false);
      expect(outcome.gains.withinLastGroup?.gain.toFixed(2)).toBe("7.01");
    });

    const gainsOf = (benchmark: string, per: "system" | "chip") => {
      const some = rows.filter(
        (row) => row.benchmark === benchmark && row.division === "closed" && row.round <= "v5.1",
      );
      const outcome = gainsOverRounds(some, groups, per);
      if (outcome.kind !== "gains") throw new Error(outcome.kind);
      return outcome.gains;
    };

    test("make RetinaNet 3.01 times as fast by v4.0, which the slower v5.1 does not hide", () => {
      const { totalGain, best, days } = gainsOf("retinanet", "system");
      expect([totalGain.toFixed(2), best.round, best.gain.toFixed(2)]).toEqual([
        "1.69",
        "v4.0",
        "3.01",
      ]);
      expect(best.days).toBeLessThan(days ?? 0);
    });

    test("make RetinaNet 3.92 times as fast per chip from v2.0 to v5.1", () => {
      const { totalGain, best } = gainsOf("retinanet", "chip");
      expect(totalGain).toBeCloseTo(3.92392, 4);
      expect(best).toMatchObject({ round: "v5.1", gain: totalGain });
    });

    test("make GPT-3 1.29 times as fast on the same 512 H100 from v3.0 to v4.1", () => {
      const same = rows.filter(
        (row) =>
          row.benchmark === "gpt3" &&
          row.submitter === "NVIDIA" &&
          row.accelerator === "h100-sxm" &&
          row.acceleratorCount === 512,
      );
      const outcome = gainsOverRounds(same, groups);
      if (outcome.kind !== "gains") throw new Error(outcome.kind);
      expect(outcome.gains.totalGain).toBeCloseTo(1.29056, 4);
      expect(outcome.gains.isSameHardware).toBe(true);
    });

    test("make SSD 16.4 times as fast from v0.5 to v1.0, and have no SSD after v1.1", () => {
      const ssd = rows.filter(
        ({ benchmark, division }) => benchmark === "ssd" && division === "closed",
      );
      expect(new Set(ssd.map(({ round }) => round)).has("v2.0")).toBe(false);
      const outcome = gainsOverRounds(
        ssd.filter(({ round }) => round < "v1.1"),
        groups,
      );
      if (outcome.kind !== "gains") throw new Error(outcome.kind);
      expect(outcome.gains.totalGain.toFixed(1)).toBe("16.4");
    });

    test("give the $40 of fast.ai at a spot price only", () => {
      const claimed = claims.find(({ id }) => id === "fastai-40-dollars");
      const checked = claimed === undefined ? undefined : checkClaim(claimed, rows, groups);
      // 128 V100 for 18.0864 minutes at $1.04 per hour.
      expect(checked?.found).toMatchObject({ kind: "agrees", value: expect.closeTo(40.128, 3) });
    });

    test("agree with every claim on record", () => {
      const checked = claims.map((claim) => checkClaim(claim, rows, groups));
      expect(checked.map(({ claim, found }) => `${claim.id} ${found.kind}`)).toEqual(
        claims.map(({ id }) => `${id} agrees`),
      );
    });

    test("do not by themselves make the 49 times of the headline: no Mask R-CNN of v0.5 is among them", () => {
      expect(of("v0.5", "maskrcnn")).toEqual([]);
      const headline = claims.find(({ id }) => id === "headline-49x");
      expect(headline?.check.kind).toBe("gain-from-stated");
      expect(headline?.caveats.join()).toContain("not verified");
    });

    test("show GPT-3 of v3.1 to scale worse by throughput than by samples", () => {
      const h100 = of("v3.1", "gpt3").filter(({ accelerator }) => accelerator === "h100-sxm");
      const outcome = studyScaling(h100);
      if (outcome.kind !== "studied") throw new Error(outcome.kind);
      const largest = outcome.study.points.at(-1);
      expect(largest?.acceleratorCount).toBe(10_752);
      expect(largest?.parts?.samples).toBeGreaterThan(largest?.parts?.throughput ?? 1);
      expect(outcome.study.samplesFit.kind).toBe("fitted");
    });
  },
);
