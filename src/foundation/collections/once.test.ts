import { expect, test } from "vitest";
import { once } from "./once.ts";

test("makes the result with the first call only, also if it is undefined", () => {
  let calls = 0;
  const made = once(() => {
    calls += 1;
    return undefined;
  });
  expect(calls).toBe(0);
  expect([made(), made(), calls]).toEqual([undefined, undefined, 1]);
});
