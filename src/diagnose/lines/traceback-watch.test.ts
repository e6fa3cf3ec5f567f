import { expect, test } from "vitest";
import { type LineContext, TracebackWatch } from "./traceback-watch.ts";

function contextsOf(...lines: string[]): LineContext[] {
  const watch = new TracebackWatch();
  return lines.map((line) => watch.push(line));
}

test("an exception that Python ignores is none of the program", () => {
  const [, , , ended] = contextsOf(
    "Exception ignored in: <function Loader.__del__ at 0x7f3c>",
    "Traceback (most recent call last):",
    '  File "dataloader.py", line 1478, in __del__',
    "AssertionError: can only test a child process",
  );
  expect(ended).toMatchObject({ isException: false, isIgnored: true });
});

test("tasks below the words of a barrier are missing", () => {
  const missing = contextsOf(
    "The first task at the barrier: task:3. Some timed out task names:",
    "/job:jax_worker/replica:0/task:5",
    "/job:jax_worker/replica:0/task:6",
    "",
    "/job:jax_worker/replica:0/task:7",
  ).map((context) => context.missing);
  expect(missing).toEqual([undefined, 5, 6, undefined, undefined]);
});
