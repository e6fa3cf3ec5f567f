import { expect, test } from "vitest";
import { ranksTogether } from "./ranks-together.ts";

/** Evaluations of each second, each with one value per rank, 10 ms apart. */
function printed(count: number, rankCount: number, valueOf: (rank: number) => number) {
  return Array.from({ length: count * rankCount }, (_, index) => {
    const rank = index % rankCount;
    return { timeMs: Math.floor(index / rankCount) * 1000 + rank * 10, value: valueOf(rank) };
  });
}

const torchrun = ["torchrun", "--nproc-per-node", "2", "train.py"];
const python = ["python3", "train.py"];
const differs = (rank: number): number => rank / 10;

test("values that come in groups are those of ranks, which the command may name", () => {
  expect(ranksTogether(torchrun, printed(4, 2, differs))).toEqual({
    rule: "ranks-not-told-apart",
    valuesPerEvaluation: 2,
    launcher: "torchrun",
  });
  expect(ranksTogether(python, printed(6, 2, differs))).toEqual({
    rule: "ranks-not-told-apart",
    valuesPerEvaluation: 2,
  });
  const module = ["python3", "-m", "torch.distributed.run", "train.py"];
  expect(ranksTogether(module, printed(4, 8, differs))).toMatchObject({ valuesPerEvaluation: 8 });
});

test("the newest evaluation may lack values", () => {
  expect(ranksTogether(torchrun, printed(4, 2, differs).slice(0, -1))).toBeDefined();
});

test.for([
  { name: "one rank", values: printed(8, 1, differs) },
  { name: "equal values, printed twice", values: printed(8, 2, () => 0.5) },
  { name: "two evaluations", values: printed(2, 2, differs) },
  { name: "no values", values: [] },
  { name: "groups of different sizes", values: printed(4, 2, differs).toSpliced(1, 1) },
  {
    name: "a fast loop",
    values: Array.from({ length: 50 }, (_, index) => ({ timeMs: index * 20, value: index })),
  },
  {
    name: "evaluations about as far apart as their values",
    values: printed(8, 2, differs).map(({ timeMs, value }) => ({
      timeMs: Math.floor(timeMs / 1000) * 300 + (timeMs % 1000) * 6,
      value,
    })),
  },
])("$name: no other ranks", ({ values }) => {
  expect(ranksTogether(torchrun, values)).toBeUndefined();
});

test("without a launcher, many values at a time are those of a buffer, and few groups an accident", () => {
  expect(ranksTogether(python, printed(6, 8, differs))).toBeUndefined();
  expect(ranksTogether(python, printed(4, 2, differs))).toBeUndefined();
});
