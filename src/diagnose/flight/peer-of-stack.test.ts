import { expect, test } from "vitest";
import { peerOfStack } from "./peer-of-stack.ts";

test("peerOfStack reads what the helper adds to a stack", () => {
  const stack = 'Thread 0x7f (most recent call first):\n  File "a.py", line 3 in recv\n';
  expect(peerOfStack(`${stack}# waits in recv for rank 12\n`)).toEqual({ call: "recv", rank: 12 });
  expect(peerOfStack(stack)).toBeUndefined();
});
