import { expect, test } from "vitest";
import { lockOfStack } from "./lock-of-stack.ts";

const dump = (main: string, other: string, state: string): string =>
  [
    "Process 811: python train.py",
    "Python v3.11.4 (/usr/bin/python3.11)",
    "",
    'Thread 811 (idle): "MainThread"',
    `    ${main} (threading.py:327)`,
    "    log (metrics.py:40)",
    `Thread 812 (${state}): "Thread-1"`,
    `    ${other} (tok.py:88)`,
  ].join("\n");

test("names what the thread does that holds Python's lock while the main thread waits for one", () => {
  expect(lockOfStack(dump("acquire", "tokenize", "active+gil"))).toEqual({
    holder: { function: "tokenize", file: "tok.py", line: 88 },
  });
  const threads = [
    {
      thread_name: "MainThread",
      owns_gil: false,
      frames: [{ name: "acquire", filename: "threading.py", line: 3 }],
    },
    {
      thread_name: "T",
      owns_gil: true,
      frames: [{ name: "tokenize", filename: "tok.py", line: 8 }],
    },
  ];
  expect(lockOfStack(JSON.stringify(threads))?.holder.function).toBe("tokenize");
});

test("takes a main thread that waits for work, or whose other threads are idle, for no such wait", () => {
  expect(lockOfStack(dump("wait", "tokenize", "active+gil"))).toBeUndefined();
  expect(lockOfStack(dump("acquire", "wait", "idle"))).toBeUndefined();
  expect(lockOfStack("KeyError: 1")).toBeUndefined();
});
