import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PrintedMetrics } from "./printed-metrics.ts";

function own(key: string, timeMs: number, samplesCount?: number): string {
  const metadata = samplesCount === undefined ? "{}" : `{"samples_count": ${samplesCount}}`;
  return `:::MLLOG {"namespace": "pitwall", "time_ms": ${timeMs}, "event_type": "POINT_IN_TIME", "key": "${key}", "value": 1, "metadata": ${metadata}}`;
}

function readerOf(): { take: (lines: readonly string[]) => Promise<PrintedMetrics> } {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-printed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "log.txt");
  const printed = new PrintedMetrics(path);
  const take = async (lines: readonly string[]): Promise<PrintedMetrics> => {
    appendFileSync(path, `${lines.join("\n")}\n`);
    await printed.readOn(new Uint8Array(1 << 16));
    return printed;
  };
  return { take };
}

const epoch = (index: number): string[] => [
  `epoch ${index} lr=${0.1 / index} grad_norm=2 val_acc=0.${index}`,
  own("eval_accuracy", 1000 * index, 64 * index),
];

test("reads the numbers of lines with evaluations at the times of these, as the log grows", async () => {
  const { take } = readerOf();
  // Pitwall writes it when the first metric arrives, with the time of the launch.
  await take([...epoch(1).slice(0, 1), own("run_start", 5), ...epoch(1).slice(1), ...epoch(2)]);
  const { rows, areTimesEstimated } = await take(epoch(3));
  expect([...rows.keys()]).toEqual(["lr", "grad_norm", "val_acc"]);
  expect(rows.get("lr")).toMatchObject({
    timesMs: [1000, 2000, 3000],
    samples: [64, 128, 192],
    values: [0.1, 0.05, 0.1 / 3],
  });
  expect(areTimesEstimated).toBe(false);
});

test("places lines between evaluations evenly, and says so", async () => {
  const { take } = readerOf();
  const steps = [3, 2, 1].map((loss) => `step ${loss} loss=${loss}`);
  const { rows, areTimesEstimated } = await take([epoch(1), steps, epoch(2)].flat());
  expect(rows.get("loss")?.timesMs).toEqual([1250, 1500, 1750]);
  expect(areTimesEstimated).toBe(true);
});

test("takes counters, names that occur once or twice, and other ranks for no metrics", async () => {
  const { take } = readerOf();
  const { rows } = await take(
    [1, 2, 3, 4].flatMap((index) => [
      `[rank1]: loss=${index}`,
      `[rank0]: global_step=${index} samples=${index * 64} epoch ${index} loss=0.5`,
      index > 2 ? "saved checkpoint of size=12" : "",
      own("eval_accuracy", 1000 * index),
    ]),
  );
  expect([...rows.keys()]).toEqual(["loss"]);
  expect(rows.get("loss")?.values).toEqual([0.5, 0.5, 0.5, 0.5]);
});

test("reads some lines of a long log, over its whole length", async () => {
  const { take } = readerOf();
  const lines = Array.from({ length: 20_000 }, (_, index) => `step ${index} loss=${index}`);
  const { rows } = await take([...epoch(1), ...lines, ...epoch(2)]);
  const values = rows.get("loss")?.values ?? [];
  expect(values.length).toBeGreaterThan(2000);
  expect(values.length).toBeLessThan(10_000);
  expect(values.at(-1)).toBeGreaterThan(19_000);
});
