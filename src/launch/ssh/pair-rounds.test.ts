import fc from "fast-check";
import { expect, test } from "vitest";
import { pairRounds } from "./pair-rounds.ts";

test.each([2, 3, 4, 5, 6, 7, 8])("tests all pairs of %d hosts once", (count) => {
  const names = pairRounds(count)
    .flat()
    .map((pair) => pair.join(" "));
  expect(new Set(names).size).toBe((count * (count - 1)) / 2);
  expect(names).toHaveLength((count * (count - 1)) / 2);
});

test("tests the neighbors in a ring of many hosts", () => {
  const names = pairRounds(9)
    .flat()
    .map((pair) => pair.join(" "));
  expect(names.toSorted()).toEqual(["0 1", "0 8", "1 2", "2 3", "3 4", "4 5", "5 6", "6 7", "7 8"]);
});

test("has each host in at most one pair of a round", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 70 }), (count) => {
      for (const round of pairRounds(count)) {
        const members = round.flat();
        expect(new Set(members).size).toBe(members.length);
        for (const member of members) expect(member).toBeLessThan(count);
      }
    }),
  );
});
