import { expect, test } from "vitest";
import { remembered } from "./remembered.ts";

test("computes a result once for texts that repeat, and a limited number of results is stored", () => {
  let computed = 0;
  const lengthOf = remembered((text) => {
    computed += 1;
    return text === "" ? undefined : text.length;
  });
  expect(["", "ab", "", "ab", "abc"].map(lengthOf)).toEqual([undefined, 2, undefined, 2, 3]);
  expect(computed).toBe(3);
  for (let index = 0; index < 2000; index++) lengthOf(String(index));
  expect([lengthOf("ab"), computed]).toEqual([2, 2004]);
});
