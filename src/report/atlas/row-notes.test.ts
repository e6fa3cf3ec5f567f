import { expect, test } from "vitest";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { rowNotes } from "./row-notes.ts";

const row: ResultRow = {
  rowId: "mlperf-training/v4.0/smc-ac-power/9xSMC-H100-SXM-80GB/unet3d",
  suite: "mlperf-training",
  round: "v4.0",
  submitter: "smc",
  system: "9xSMC-H100-SXM-80GB",
  benchmark: "unet3d",
  benchmarkAsPublished: "unet3d",
  compatibilityGroup: 1,
  scaling: "strong",
  runCount: 40,
  convergedRunCount: 40,
  scoreKind: "score",
  scalingFactor: 1,
  source: "",
};

test("has no notes for a row without a peculiarity", () => {
  expect(rowNotes(row)).toEqual([]);
});

test("names the row whose runs a row repeats", () => {
  const repeats = "mlperf-training/v3.0/NVIDIA/dgxh100/resnet";
  expect(rowNotes({ ...row, note: "a note", repeats })).toEqual([
    "a note",
    "the same runs as mlperf-training/v3.0/NVIDIA/dgxh100/resnet",
  ]);
});

test("shows the energy in the runs beside an official one that includes idle time", () => {
  expect(rowNotes({ ...row, energyJoules: 5.67e6, inRunEnergyJoules: 7.63e6 })).toEqual([
    "measured energy 5.67 MJ (1.57 kWh) uses the mean power of the whole measurement, with idle time before and after the runs; 7.63 MJ (2.12 kWh) from start to stop of the runs",
  ]);
  expect(rowNotes({ ...row, energyJoules: 5.67e6, inRunEnergyJoules: 5.7e6 })).toEqual([]);
});
