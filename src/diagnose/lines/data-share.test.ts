import { expect, test } from "vitest";
import { DataShare } from "./data-share.ts";

function isHigh(line: (index: number) => string, count = 20): boolean {
  const share = new DataShare<{ text: string }>();
  for (let index = 0; index < count; index++) share.push({ text: line(index) });
  return share.waiting !== undefined;
}

test.each([
  ["PyTorch's example", "Epoch: [1][ 10/5005]  Time  6.41 ( 6.40)  Data  6.01 ( 5.99)  Loss 6.9"],
  ["open_clip", "Train Epoch: 0 [512/10000 (5%)] Data (t): 0.421 Batch (t): 0.512, 900/s"],
  ["mmengine", "Epoch(train) [1][50/500]  time: 0.5110  data_time: 0.4421  loss: 3.1"],
  ["timm", "Train: 0 [50/1251] Loss: 6.9  Time: 0.512s, 500/s  Data: 4.31e-01 (0.42)"],
  ["milliseconds", "step 10 | step time: 512 ms | data wait: 401 ms"],
])("a training waits for its data, by the times of %s", (_tool, line) => {
  expect(isHigh(() => line)).toBe(true);
  expect(isHigh(() => line, 6)).toBe(false);
});

test.each([
  ["little of the time is data", "Time  6.41 ( 6.40)  Data  0.01 ( 0.02)"],
  ["no time of a step is printed", "data: 3.1 loss: 0.2"],
  ["the data are counted in samples", "Time 0.5  Data 51200"],
])("a training does not if %s", (_reason, line) => {
  expect(isHigh(() => line)).toBe(false);
});

test("a training does not if only its start waits", () => {
  expect(isHigh((index) => `Time 6.4  Data ${index < 5 ? 6.1 : 0.1}`)).toBe(false);
});

test("the last line that shows it is the evidence", () => {
  const share = new DataShare<{ text: string }>();
  for (let index = 0; index < 20; index++)
    share.push({ text: `step ${index}  Time 6.4  Data ${index === 19 ? 0.1 : 6.1}` });
  expect(share.waiting).toEqual({ text: "step 18  Time 6.4  Data 6.1" });
});
