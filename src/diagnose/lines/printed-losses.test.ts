import { describe, expect, test } from "vitest";
import { placeOfLoss, PrintedLosses } from "./printed-losses.ts";

function printed(texts: readonly string[], rank = 0): PrintedLosses {
  const losses = new PrintedLosses();
  for (const [index, text] of texts.entries())
    losses.push({ file: "log.txt", line: index + 1, rank, text }, placeOfLoss(text) ?? 0);
  return losses;
}
const steps = (count: number, lossOf: (step: number) => number | string): string[] =>
  Array.from({ length: count }, (_, step) => `{"step": ${step}, "loss": ${lossOf(step)}}`);
const usual = (step: number): number => 2 + 0.05 * Math.sin(step * 7);

describe("PrintedLosses", () => {
  test("finds the largest of losses that jump and come back", () => {
    const losses = printed(steps(80, (step) => usual(step) * (step >= 50 && step < 54 ? step : 1)));
    expect(losses.spike).toMatchObject({ line: 54, usual: expect.closeTo(2, 0) });
  });

  test.each([
    {
      name: "a loss that stays high",
      lossOf: (step: number) => usual(step) * (step < 50 ? 1 : 40),
    },
    {
      name: "a loss that falls from far above",
      lossOf: (step: number) => 1e5 / (1 + step) ** 2 + 2,
    },
    {
      name: "a loss that jumps at its end",
      lossOf: (step: number) => (step < 79 ? usual(step) : 90),
    },
    { name: "a noisy loss", lossOf: (step: number) => 1.5 ** (2.5 * Math.sin(step * 77)) },
    { name: "negative losses", lossOf: (step: number) => 3 * Math.sin(step * 77) - 1 },
    { name: "a jump before ten losses", lossOf: (step: number) => (step === 6 ? 90 : usual(step)) },
  ])("takes $name for no spike", ({ lossOf }) => {
    expect(printed(steps(80, lossOf)).spike).toBeUndefined();
  });

  test("compares no losses of different files, which may be those of other runs", () => {
    const losses = new PrintedLosses();
    for (const file of ["result_1.txt", "result_2.txt"])
      for (const [index, text] of steps(30, (step) => (step < 2 ? 9 : usual(step))).entries())
        losses.push({ file, line: index, rank: undefined, text }, placeOfLoss(text) ?? 0);
    expect(losses.spike).toBeUndefined();
  });

  test("takes the first loss of a process that was started again for no spike, but a larger or later one", () => {
    const jumping = (high: number, at: number): string[] =>
      steps(80, (step) => (step === 0 ? 10 : step === at ? high : usual(step)));
    const spikeOf = (texts: readonly string[], restarts: number): number | undefined => {
      const losses = new PrintedLosses();
      for (let count = 0; count < restarts; count += 1) losses.restarted();
      for (const [index, text] of texts.entries())
        losses.push({ file: "a", line: index, rank: 0, text }, placeOfLoss(text) ?? 0);
      return losses.spike?.loss;
    };
    expect(spikeOf(jumping(10, 50), 1)).toBeUndefined();
    expect(spikeOf(jumping(10, 50), 0)).toBe(10);
    expect(spikeOf(jumping(90, 50), 1)).toBe(90);
    expect(spikeOf([...jumping(10, 50), ...jumping(11, 30).slice(1)], 1)).toBe(11);
  });

  test("takes a loss of 0 with gradients that are no numbers for a bad one, and the mean at the end for none", () => {
    const lines = [
      ...steps(20, usual),
      ...Array.from({ length: 4 }, () => "{'loss': 0.0, 'grad_norm': nan, 'epoch': 0.1}"),
      "{'train_runtime': 81.4, 'train_loss': 0.71}",
    ];
    expect(printed(lines).bad).toMatchObject([{ line: 21 }]);
    expect(printed(steps(20, () => 0)).bad).toEqual([]);
  });

  test("gives the first of the last losses, if three and more of them are no finite numbers", () => {
    const lasting = steps(40, (step) => (step < 30 ? 1.5 : step % 2 === 0 ? "NaN" : "Infinity"));
    expect(printed(lasting).bad).toMatchObject([{ line: 31 }]);
    expect(printed(steps(40, (step) => (step < 38 ? 1.5 : "NaN"))).bad).toEqual([]);
    expect(printed(steps(40, (step) => (step === 39 ? 1.5 : "NaN"))).bad).toEqual([]);
  });

  test("a single NaN loss is bad if no other loss is printed, but not that of an evaluation", () => {
    expect(printed(["80/80 29.5it/s train_loss: nan"]).bad).toMatchObject([{ line: 1 }]);
    expect(printed(["sanity check: val_loss=nan"]).bad).toEqual([]);
    expect(printed(["step 1 loss nan", "step 2 loss 0.4"]).bad).toEqual([]);
  });

  test("finds a smaller jump of a loss that hardly varies", () => {
    const smooth = (step: number): number => 3 + 0.01 * Math.sin(step * 7);
    const jump = steps(60, (step) => (step === 40 ? 6 : smooth(step)));
    expect(printed(jump).spike).toMatchObject({ line: 41, loss: 6 });
    const noisy = steps(60, (step) => (step === 40 ? 6 : 3 + 0.3 * Math.sin(step * 7)));
    expect(printed(noisy).spike).toBeUndefined();
  });

  test.each([
    ["step 3 | Loss: 0.25", 15],
    ["{'loss': '1.5'}", 10],
    ["LOSS=NaN", 5],
    ["lossless codec, loss 2", 21],
    ["no value: loss is high", undefined],
  ])("finds where a line states it: %s", (text, place) => {
    expect(placeOfLoss(text)).toBe(place);
  });

  test("tells ranks apart", () => {
    const losses = printed(
      steps(9, () => "nan"),
      2,
    );
    losses.push({ file: "log.txt", line: 10, rank: 1, text: "loss 0.5" }, 5);
    expect(losses.ranks).toEqual([2, 1]);
    expect(losses.bad).toMatchObject([{ rank: 2, line: 1 }]);
  });
});

test("takes factors of a loss for no losses", () => {
  for (const text of ['{"loss_scale": 65536.0}', "lossScale=8", "loss_weight: 0.5", "loss_coef 2"])
    expect(placeOfLoss(text)).toBeUndefined();
  expect(placeOfLoss("loss_cls: 0.5")).toBe(10);
});
