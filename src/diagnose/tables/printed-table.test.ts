import { expect, test } from "vitest";
import { isTableOfRun, PrintedTable } from "./printed-table.ts";

const rows = (text: string, isFile = false): (string | undefined)[] => {
  const table = new PrintedTable(isFile);
  return text.split("\n").map((line) => table.push(line));
};

test("reads tables of losses with the names of their columns", () => {
  expect(rows("step,train_loss,lr\n31,nan,", true)).toEqual([undefined, "step=31 train_loss=nan"]);
  expect(rows("|  step | loss   |\n|    28 |    inf |\nsaved a checkpoint")).toEqual([
    undefined,
    "step=28 loss=inf",
    undefined,
  ]);
  expect(isTableOfRun("image,caption\n")).toBe(false);
});

test("reads tables of ranks, with bars and without", () => {
  expect(rows("| rank | exit code |\n|------|------|\n| 2 | 1 |")).toEqual([
    undefined,
    undefined,
    "rank=2 exit_code=1",
  ]);
  const text =
    "rank  host  state\n----  ----  -----\n3     n1    no progress\nbye\n4     n1    fine";
  expect(rows(text)).toEqual([
    undefined,
    undefined,
    "rank=3 host=n1 state=no progress",
    undefined,
    undefined,
  ]);
  expect(rows("worker,compute_ms\ntrainer-3,41", true)).toEqual([
    undefined,
    "rank=3 compute_ms=41",
  ]);
});
