import { expect, test } from "vitest";
import { FrameMerge, type PlacedFrame } from "./frame-merge.ts";

test("puts frames of several hosts in the order of their times", () => {
  const merge = new FrameMerge(["a", "b"]);
  for (const ms of [1, 4, 5]) merge.push("a", frame(ms));
  expect(times(merge)).toEqual([]);
  for (const ms of [2, 3, 6]) merge.push("b", frame(ms));
  expect(times(merge)).toEqual([1, 2, 3, 4, 5]);
});

test("does not wait for a host that has delivered all that it stored", () => {
  const merge = new FrameMerge(["a", "b"]);
  merge.push("a", frame(7));
  merge.caughtUp("b");
  expect(times(merge)).toEqual([7]);
  expect(merge.isCaughtUp).toBe(false);
  merge.caughtUp("a");
  expect(merge.isCaughtUp).toBe(true);
});

test("keeps the order of each host, whatever its clock does", () => {
  const merge = new FrameMerge(["a"]);
  for (const ms of [5, 3, 9]) merge.push("a", frame(ms));
  merge.caughtUp("a");
  expect(times(merge)).toEqual([5, 3, 9]);
});

test("names the host whose frames wait for those of another", () => {
  const merge = new FrameMerge(["a", "b"]);
  for (let ms = 0; ms < 5000; ms++) merge.push("a", frame(ms));
  expect(merge.isAhead("a")).toBe(true);
  merge.caughtUp("b");
  expect(times(merge)).toHaveLength(5000);
  expect(merge.isAhead("a")).toBe(false);
});

function frame(ownMs: number): PlacedFrame {
  const payload = Buffer.from("");
  return {
    frame: { kind: "stdout", number: 0, hostMs: ownMs, rank: 0, payload, raw: payload },
    ownMs,
  };
}

function times(merge: FrameMerge): number[] {
  return [...merge.inOrder()].map(({ ownMs }) => ownMs);
}
