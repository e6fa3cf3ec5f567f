import { expect, test } from "vitest";
import { describeCause } from "./describe-cause.ts";

const hang = {
  kind: "hang" as const,
  hosts: [],
  likelihood: 0.8,
  evidence: [],
  collective: {
    operation: "all_reduce",
    number: 5,
    group: "0",
    groupDescription: "default_pg",
    isPointToPoint: false,
  },
  placeIsNow: false,
  place: { function: "train", file: "train.py", line: 26 },
};

test.each([
  {
    ranks: [37],
    waitingRanks: 1,
    said: "rank 37 never entered all_reduce #5 of the default group; its last collective was called in train (train.py:26); 1 rank waits for it",
  },
  {
    ranks: [37, 38],
    waitingRanks: 4094,
    said: "ranks 37 and 38 never entered all_reduce #5 of the default group; their last collective was called in train (train.py:26); 4,094 ranks wait for them",
  },
])("says who waits for the ranks $ranks", ({ ranks, waitingRanks, said }) => {
  expect(describeCause({ ...hang, ranks, waitingRanks })).toBe(said);
});
