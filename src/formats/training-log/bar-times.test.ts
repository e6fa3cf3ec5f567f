import { expect, test } from "vitest";
import { BarTimes } from "./bar-times.ts";

test.each([
  {
    name: "adds up the bars of epochs",
    lines: [
      "Epoch 1/3",
      " 50/100 ━━━━━━ 6s 45ms/step - loss: 0.5",
      "100/100 ━━━━━━━━━━━━ 12s 45ms/step - loss: 0.4 - val_loss: 0.3",
      "Epoch 2/3",
      "100/100 ━━━━━━━━━━━━ 10s 45ms/step - loss: 0.3 - val_loss: 0.2",
    ],
    sums: [12_000, 22_000],
  },
  {
    name: "takes the longer time of a bar that is printed again after the validation",
    lines: [
      "Epoch 1/3",
      "100/100 [==============================] - 12s 45ms/step - loss: 0.4",
      "100/100 [==============================] - 1:05s 45ms/step - loss: 0.4 - val_loss: 0.3",
      "Epoch 2/3",
      "100/100 [==============================] - 10s 45ms/step - loss: 0.3",
    ],
    sums: [12_000, 65_000, 75_000],
  },
  { name: "reads nothing in other lines", lines: ["epoch 100/100 took 12s"], sums: [] },
])("BarTimes $name", ({ lines, sums }) => {
  const bars = new BarTimes();
  expect(lines.map((line) => bars.read(line)).filter((ms) => ms !== undefined)).toEqual(sums);
});
