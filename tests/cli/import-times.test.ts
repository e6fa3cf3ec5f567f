import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

async function importLog(log: string, target: string, name = "metrics.csv") {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, name), log);
  const { stdout } = await pitwall(["import", name, "--target", target, "--json"], { cwd });
  const { result } = JSON.parse(stdout);
  const run = result.series[0].runs[0];
  const findings: { rule: string; readAs?: string }[] = run.findings;
  return { cwd, run, doubts: findings.map(({ rule, readAs }) => readAs ?? rule) };
}

/** A column of times, and the time at its third row, which meets the target. */
const columns: readonly {
  name: string;
  times: readonly [string, string, string];
  timeMs: number;
  source: string;
  doubts?: readonly string[];
}[] = [
  { name: "elapsed", times: ["10.5", "21", "31.25"], timeMs: 31_250, source: "elapsed" },
  { name: "time", times: ["10.5", "21", "31.5"], timeMs: 31_500, source: "elapsed" },
  { name: "elapsed_ms", times: ["10000", "20000", "30000"], timeMs: 30_000, source: "elapsed" },
  { name: "total_time_min", times: ["1", "2", "3"], timeMs: 180_000, source: "elapsed" },
  { name: "wall_time", times: ["100", "200", "300"], timeMs: 300_000, source: "elapsed" },
  { name: "elapsed", times: ["0:00:30", "0:01:00", "0:01:30"], timeMs: 90_000, source: "elapsed" },
  {
    name: "time",
    times: ["00:10", "00:20", "00:31"],
    timeMs: 31_000,
    source: "elapsed",
    doubts: ["minutes-and-seconds"],
  },
  {
    name: "time",
    times: ["14:23:05", "14:23:35", "14:24:05"],
    timeMs: 60_000,
    source: "time-stamps",
    doubts: ["time-of-day"],
  },
  {
    name: "time",
    times: ["23:59:00", "23:59:50", "00:00:40"],
    timeMs: 100_000,
    source: "time-stamps",
    doubts: ["time-of-day"],
  },
  {
    name: "elapsed",
    times: ["12000", "24000", "36000"],
    timeMs: 36_000_000,
    source: "elapsed",
    doubts: ["seconds"],
  },
  {
    name: "timestamp",
    times: ["1700000000.5", "1700000010.5", "1700000020.5"],
    timeMs: 20_000,
    source: "time-stamps",
  },
  {
    name: "timestamp",
    times: ["1700000000500", "1700000010500", "1700000020500"],
    timeMs: 20_000,
    source: "time-stamps",
  },
  {
    name: "wall_time",
    times: ["1700000000", "1700000010", "1700000020"],
    timeMs: 20_000,
    source: "time-stamps",
  },
  {
    name: "Wall time",
    times: ["1700000000", "1700000010", "1700000020"],
    timeMs: 20_000,
    source: "time-stamps",
  },
  {
    name: "date",
    times: ["2025-01-31T23:59:50", "2025-02-01T00:00:00", "2025-02-01T00:00:10.250"],
    timeMs: 20_250,
    source: "time-stamps",
  },
  {
    name: "created_at",
    times: ["2025-01-31 12:00:00+01:00", "2025-01-31 11:00:10Z", "2025-01-31 12:00:20+01:00"],
    timeMs: 20_000,
    source: "time-stamps",
  },
  { name: "epoch_time", times: ["10", "11", "12"], timeMs: 33_000, source: "step-times" },
  { name: "time", times: ["10", "10.1", "10.05"], timeMs: 30_150, source: "step-times" },
  { name: "time", times: ["10", "10.1", "10.2"], timeMs: 30_300, source: "step-times" },
  {
    name: "time",
    times: ["10", "14", "18"],
    timeMs: 18_000,
    source: "elapsed",
    doubts: ["elapsed"],
  },
];

describe("pitwall import, of a CSV file", () => {
  test.each(columns)(
    "reads $times of $name",
    async ({ name, times, timeMs, source, doubts = [] }) => {
      // A date at the beginning of a line is not a time stamp of the line, but a cell.
      const isFirst = source === "time-stamps";
      const header = isFirst ? `${name},epoch,acc` : `epoch,acc,${name}`;
      const rows = times.map((time, index) => {
        const cells = `${index + 1},0.${3 * (index + 1)}`;
        return isFirst ? `${time},${cells}` : `${cells},${time}`;
      });
      const csv = `${[header, ...rows].join("\n")}\n`;
      const { run, doubts: found } = await importLog(csv, "acc>=0.9");
      expect(run.origin.times).toMatchObject({ source, name });
      expect(run.outcome).toMatchObject({ kind: "reached", timeToTrainMs: timeMs });
      expect(found).toEqual(doubts);
    },
  );

  test("prefers the time since the start to dates", async () => {
    const csv =
      "date,epoch,elapsed,acc\n2025-01-01 12:00:10,1,10,0.5\n2025-01-01 12:00:20,2,20,0.9\n";
    const { run } = await importLog(csv, "acc>=0.9");
    expect(run.outcome.timeToTrainMs).toBe(20_000);
  });

  test("gives no time where the time of a batch stays the same and steps are not named", async () => {
    const log = [0, 50, 99]
      .map((batch) => `Epoch: [0][${batch}/100]\tTime  0.200 ( 0.250)\tLoss 2.0 (2.1)\n`)
      .join("");
    const { run } = await importLog(`${log} * Acc@1 76.5 Acc@5 93.0\n`, "Acc@1>=76", "train.log");
    expect(run.outcome.kind).toBe("untimed");
  });

  test("gives no time for Lightning's columns, and keeps the steps", async () => {
    const csv = "epoch,step,train_loss,val_acc\n0,49,1.5,\n0,99,,0.5\n1,149,0.9,\n1,199,,0.95\n";
    const { cwd, run } = await importLog(csv, "val_acc>=0.9");
    expect(run.outcome.kind).toBe("untimed");
    const { stdout } = await pitwall(["show", "last", "--json"], { cwd });
    expect(JSON.parse(stdout).result.runs[0].result.evaluations).toMatchObject([
      { step: 99, value: 0.5 },
      { step: 199, value: 0.95 },
    ]);
  });

  test("verifies a record with dates in a column", async () => {
    const csv = "epoch,acc,date\n1,0.5,2025-01-01 12:00:10\n2,0.9,2025-01-01 12:00:20\n";
    const { cwd } = await importLog(csv, "acc>=0.9");
    const { exitCode, stderr } = await pitwall(["verify", "last"], { cwd });
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });
});

describe("pitwall import, of lines of JSON", () => {
  test("reads dates of a field at any place of the line", async () => {
    const line = (epoch: number, acc: number, seconds: number): string =>
      `{"epoch": ${epoch}, "acc": ${acc}, "config": "a long description of the training, to move the date behind", "timestamp": "2025-01-01T12:00:${seconds}.000Z"}`;
    const log = [line(1, 0.5, 10), line(2, 0.95, 25)].join("\n");
    const { run } = await importLog(log, "acc>=0.9", "train.jsonl");
    expect(run.outcome.timeToTrainMs).toBe(15_000);
  });

  test("adds up the iterations of detectron2's metrics.json, which count from 0", async () => {
    const line = (iteration: number, seconds: number): string =>
      `{"data_time": 0.01, "eta_seconds": 50.0, "iteration": ${iteration}, "lr": 0.02, "time": ${seconds}, "total_loss": 1.5}`;
    const log = [
      line(19, 0.5),
      line(39, 0.5),
      line(59, 0.51),
      '{"bbox/AP": 38.5, "bbox/AP50": 59.0, "iteration": 69}',
      line(79, 0.52),
    ].join("\n");
    const { run } = await importLog(`${log}\n`, "bbox/AP>=38", "metrics.json");
    expect(run.origin.times).toMatchObject({
      source: "step-times",
      name: "time",
      reliability: "summed",
    });
    // 20 and 20 iterations of 0.5 s, 20 and 10 of 0.51 s.
    expect(run.outcome.timeToTrainMs).toBe(35_300);
  });
});
