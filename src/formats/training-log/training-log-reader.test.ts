import { expect, test } from "vitest";
import { TrainingLogReader } from "./training-log-reader.ts";

const log = [
  "import torch",
  "acc = 0.99",
  "==========",
  " [2025-04-13 23:41:12] iteration       10/    1000 | lm loss: 7.399415E+00 |",
  " validation loss at iteration 10 | lm loss value: 3.45E+00 |",
  " [2025-04-13 23:41:14.500] iteration       20/    1000 | lm loss: 6.1E+00 |",
].join("\n");

test("reads values with the step and the newest time stamp, however the bytes arrive", () => {
  const startMs = Date.UTC(2025, 3, 13, 23, 41, 12);
  const expected = [
    { metric: "iteration", value: 10, step: 10, timeMs: startMs },
    { metric: "lm loss", value: 7.399415, step: 10, timeMs: startMs },
    { metric: "validation loss at iteration", value: 10, step: undefined, timeMs: startMs },
    { metric: "lm loss value", value: 3.45, step: undefined, timeMs: startMs },
    { metric: "iteration", value: 20, step: 20, timeMs: startMs + 2500 },
    { metric: "lm loss", value: 6.1, step: 20, timeMs: startMs + 2500 },
  ];
  const bytes = new TextEncoder().encode(log);
  for (const pieceLength of [1, 7, bytes.length]) {
    const reader = new TrainingLogReader();
    const values = [];
    for (let at = 0; at < bytes.length; at += pieceLength)
      values.push(...reader.push(bytes.subarray(at, at + pieceLength)));
    values.push(...reader.finish());
    expect(values).toEqual(expected);
  }
});
