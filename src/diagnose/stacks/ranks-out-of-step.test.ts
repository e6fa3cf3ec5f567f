import { describe, expect, test } from "vitest";
import type { RankStack } from "../flight/causes-of-dumps.ts";
import { ranksOutOfStep } from "./ranks-out-of-step.ts";

function stack(rank: number, ...names: string[]): RankStack {
  const frames = names.map((name) => ({ function: name, file: "/job/train.py", line: 1 }));
  return { rank, file: `stack-rank_${rank}.txt`, frames };
}
/** Outermost first. */
function path(rank: number, ...calls: readonly (readonly [string, number])[]): RankStack {
  const frames = calls.map(([name, line]) => ({ function: name, file: "/job/loop.py", line }));
  return { rank, file: `stack-rank_${rank}.txt`, frames: frames.toReversed() };
}
const waits = (rank: number): RankStack => stack(rank, "all_reduce", "train");

describe("ranksOutOfStep", () => {
  test.each([
    {
      name: "names the rank that is in no collective",
      stacks: [waits(0), stack(1, "wait", "get", "next_batch"), waits(2)],
      rankCount: 3,
      expected: [1],
    },
    {
      name: "tells two ranks apart",
      stacks: [stack(0, "write"), waits(1)],
      rankCount: 2,
      expected: [0],
    },
    {
      name: "names a rank that wrote no stack while the others wait",
      stacks: [waits(0), waits(1), waits(3)],
      rankCount: 4,
      expected: [2],
    },
    {
      name: "names the rank that sleeps in its own code while the others try to reach it again and again",
      stacks: [
        stack(0, "clock_nanosleep until a time"),
        stack(1, "clock_nanosleep"),
        stack(2, "clock_nanosleep"),
      ],
      rankCount: 3,
      expected: [0],
    },
    {
      name: "names the few whose stack differs where no collective is visible",
      stacks: [stack(0, "backward"), stack(1, "backward"), stack(2, "read"), stack(3, "backward")],
      rankCount: 4,
      expected: [2],
    },
    {
      name: "names none if most ranks are busy",
      stacks: [waits(0), stack(1, "forward"), stack(2, "forward")],
      rankCount: 3,
      expected: undefined,
    },
    {
      name: "names the rank that took another way through its program, although the waits of the others differ",
      stacks: [
        path(0, ["main", 20], ["total", 7], ["readinto", 706]),
        path(1, ["main", 18], ["load", 3]),
        path(2, ["main", 20], ["total", 5], ["receive", 9], ["readinto", 706]),
        path(3, ["main", 20], ["total", 5], ["receive", 9], ["readinto", 706]),
      ],
      rankCount: 4,
      expected: [1],
    },
    {
      name: "does not take the read of a queue for a wait for the others",
      stacks: [
        path(0, ["main", 18], ["get", 103], ["_recv", 395]),
        path(1, ["main", 20], ["readinto", 706]),
        path(2, ["main", 20], ["readinto", 706]),
        path(3, ["main", 20], ["readinto", 706]),
      ],
      rankCount: 4,
      expected: [0],
    },
    {
      name: "names none if all ranks wait",
      stacks: [waits(0), waits(1)],
      rankCount: 2,
      expected: undefined,
    },
    {
      name: "names none if most ranks left no stack",
      stacks: [waits(0)],
      rankCount: 4,
      expected: undefined,
    },
    {
      name: "names none if two stacks differ and neither shows a collective",
      stacks: [stack(0, "backward"), stack(1, "read")],
      rankCount: 2,
      expected: undefined,
    },
  ])("$name", ({ stacks, rankCount, expected }) => {
    expect(ranksOutOfStep(stacks, rankCount)?.ranks).toEqual(expected);
  });
});
