import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

interface ImportedRun {
  seed: number;
  outcome: { kind: string; timeToTrainMs?: number };
  findings: { rule: string }[];
  origin: { part?: { number: number; count: number }; seedIsKnown: boolean };
}

async function importLog(log: string, target: string, name = "train.log") {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, name), log);
  const { stdout } = await pitwall(["import", name, "--target", target, "--json"], { cwd });
  const { result, error } = JSON.parse(stdout);
  const series: { runs: ImportedRun[]; seriesId: string; timeToTrainMs?: { count: number } }[] =
    result?.series ?? [];
  return { cwd, series, error };
}

function timesOf(runs: readonly ImportedRun[] | undefined): (number | undefined)[] {
  return (runs ?? []).map(({ outcome }) => outcome.timeToTrainMs);
}

const airbench = [
  "|  run   |  epoch  |  val_acc  |  tta_val_acc  |  total_time_seconds  |",
  "|  warmup  |      0  |   0.1000  |               |              9.0000  |",
  "|        |      1  |   0.1000  |               |             12.0000  |",
  "|        |   eval  |   0.1000  |       0.1000  |             12.5000  |",
  "|     0  |      0  |   0.8000  |               |              1.5000  |",
  "|        |      1  |   0.9300  |               |              3.1000  |",
  "|        |   eval  |   0.9300  |       0.9410  |              3.2500  |",
  "|     1  |      0  |   0.8100  |               |              1.5100  |",
  "|        |      1  |   0.9290  |               |              3.1200  |",
  "|        |   eval  |   0.9290  |       0.9400  |              3.3000  |",
  "Mean: 0.9405    Std: 0.0005",
  "",
].join("\n");

const trainings: readonly { name: string; log: string; target: string; times: number[] }[] = [
  {
    name: "a table whose time starts from zero in each run",
    log: airbench.replace(/^\| {2}warmup(?:.*\n){3}/mu, ""),
    target: "tta_val_acc>=0.94",
    times: [3250, 3300],
  },
  {
    name: "a clock that goes on through all runs",
    log: [0, 20, 40]
      .map(
        (start, run) =>
          `run ${run}\nepoch 1 acc=0.4 elapsed=${start + 10}s\nepoch 2 acc=0.8 elapsed=${start + 20}s`,
      )
      .join("\n"),
    target: "acc>=0.8",
    times: [20_000, 20_000, 20_000],
  },
  {
    name: "time stamps, the second training without a line at its beginning",
    log: [
      "2025-01-01 12:00:00 start",
      "2025-01-01 12:01:00 epoch 1 acc=0.5",
      "2025-01-01 12:02:00 epoch 2 acc=0.9",
      "2025-01-01 12:03:30 epoch 1 acc=0.5",
      "2025-01-01 12:05:00 epoch 2 acc=0.9",
    ].join("\n"),
    target: "acc>=0.9",
    times: [120_000, 180_000],
  },
  {
    name: "step times that are added up for each training",
    log: [1, 2]
      .flatMap(() =>
        [0, 1, 2].map((step) => `completed step: ${step}, seconds: 2.0, loss: ${3 - step}.0`),
      )
      .join("\n"),
    target: "loss<=1",
    times: [6000, 6000],
  },
];

describe("pitwall import, of a log with several trainings", () => {
  test.each(trainings)("makes a series from $name", async ({ log, target, times }) => {
    const { cwd, series, error } = await importLog(log, target);
    expect(error).toBeUndefined();
    expect(series).toHaveLength(1);
    expect(timesOf(series[0]?.runs)).toEqual(times);
    expect(series[0]?.runs.map(({ origin }) => origin.part?.number)).toEqual(
      times.map((_, index) => index + 1),
    );
    const verified = await pitwall(["verify", series[0]?.seriesId ?? ""], { cwd });
    expect(verified.stderr).toBe("");
    expect(verified.exitCode).toBe(0);
  });

  test("does not count the warm-up of the log", async () => {
    const { series } = await importLog(airbench, "tta_val_acc>=0.94");
    expect(timesOf(series[0]?.runs)).toEqual([undefined, 3250, 3300]);
    expect(series[0]?.timeToTrainMs?.count).toBe(2);
  });

  test("takes the seeds of the trainings from a column", async () => {
    const csv = "seed,epoch,acc,elapsed\n5,1,0.5,10\n5,2,0.9,20\n6,1,0.5,11\n6,2,0.9,21\n";
    const { series } = await importLog(csv, "acc>=0.9", "runs.csv");
    expect(series[0]?.runs.map(({ seed }) => seed)).toEqual([5, 6]);
    expect(timesOf(series[0]?.runs)).toEqual([20_000, 21_000]);
  });

  test("states that trainings which the log does not number are divided by their epochs", async () => {
    const log = [1, 2].flatMap(() => ["epoch 1 acc=0.5", "epoch 2 acc=0.9"]).join("\n");
    const { cwd, series } = await importLog(log, "acc>=0.9");
    expect(series[0]?.runs.map(({ findings }) => findings.map(({ rule }) => rule))).toEqual([
      ["log-split-at-restarts"],
      [],
    ]);
    const { stdout } = await pitwall(["show", series[0]?.seriesId ?? ""], { cwd });
    expect(stdout).toContain("divided into 2 trainings because its epoch starts over");
    expect(stdout).toContain("none: the log has no times");
    expect(stdout).not.toContain("seeds differ");
  });

  test("refuses to import the same trainings again", async () => {
    const { cwd } = await importLog(airbench, "tta_val_acc>=0.94");
    const again = await pitwall(["import", "train.log", "--target", "val_acc>=0.9"], { cwd });
    expect(again.stderr).toContain("error[already-imported]");
  });
});
