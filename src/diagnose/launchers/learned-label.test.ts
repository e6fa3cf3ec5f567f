import { expect, test } from "vitest";
import { learnLabel } from "./learned-label.ts";

const steps = (label: (rank: number) => string): string[] =>
  [0, 1, 2, 1, 0, 2, 2, 0, 1].map((rank, step) => `${label(rank)}step ${step} loss 2.1`);

test.each([
  ["in brackets", (rank: number) => `[w${rank}] `],
  ["in angles", (rank: number) => `<${rank}> `],
  ["in parentheses", (rank: number) => `(${rank}) `],
  ["before a bar, behind a time", (rank: number) => `10:00:01.2 host0/${rank}| `],
  ["before a colon", (rank: number) => `trainer${rank}: `],
  ["behind a date", (rank: number) => `2026-12-01T10:00:01Z [r${rank}] `],
])("learns labels %s", (_name, label) => {
  const learned = learnLabel(steps(label));
  expect(learned?.read(`${label(7)}KeyError: 'a'`)).toEqual({ rank: 7, text: "KeyError: 'a'" });
});

test("counts local numbers of hosts through", () => {
  const lines = ["[n0:0] a", "[n0:1] a", "[n1:0] a", "[n1:1] a", "[n1:0] b", "[n0:1] b"];
  expect(learnLabel(lines)?.read("[n1:1] x")).toEqual({ rank: 3, text: "x", host: "n1" });
});

test.each([
  ["steps", ["[1] loss 2", "[2] loss 2", "[3] loss 2"]],
  ["epochs", ["Epoch 1: a", "Epoch 0: a", "Epoch 1: b", "Epoch 0: b"]],
  ["lines of a program", ["train.py:10: a", "train.py:11: a"]],
  ["levels", ["INFO: a", "INFO: b", "WARNING: c"]],
])("takes no numbers of %s for ranks", (_name, lines) => {
  expect(learnLabel(lines)).toBeUndefined();
});
