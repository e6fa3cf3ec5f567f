import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { orderByPath } from "./order-by-path.ts";

const order = (paths: readonly string[]): string[] => orderByPath(paths, (path) => path.split("/"));

describe("orderByPath", () => {
  test.each([
    {
      name: "groups by the first part",
      given: ["a", "b", "a", "b"],
      ordered: ["a", "a", "b", "b"],
    },
    {
      name: "groups by the second part within the first",
      given: ["s/2", "t/1", "s/1", "s/2", "t/1"],
      ordered: ["s/2", "s/2", "s/1", "t/1", "t/1"],
    },
    { name: "keeps an order that is grouped already", given: ["b", "a"], ordered: ["b", "a"] },
  ])("$name", ({ given, ordered }) => {
    expect(order(given)).toEqual(ordered);
  });

  test("keeps all items, and items with equal beginnings together", () => {
    const anyPath = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(anyPath), (paths) => {
        const ordered = orderByPath(paths, (path) => path);
        expect(ordered.map(String).toSorted()).toEqual(paths.map(String).toSorted());
        for (let depth = 1; depth <= 3; depth++) {
          const beginnings = ordered.map((path) => path.slice(0, depth).join("/"));
          const runs = beginnings.filter((each, index) => each !== beginnings[index - 1]);
          expect(runs).toHaveLength(new Set(beginnings).size);
        }
      }),
    );
  });
});
