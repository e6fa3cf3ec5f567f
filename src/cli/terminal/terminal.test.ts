import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { screenOf } from "./terminal.ts";

function stream({ isTTY }: { isTTY: boolean }) {
  const written: unknown[] = [];
  return { written, isTTY, columns: 80, write: (part: unknown) => written.push(part) > 0 };
}

test("a terminal gets the escapes of control characters, and the program's own colors", async () => {
  const terminal = stream({ isTTY: true });
  const screen = await screenOf(terminal, "auto", {});
  screen.print(`${screen.paint.bad("bad")} \u001B]0;title\u0007\n`);
  screen.write("\u202Egnp.exe\n");
  expect(terminal.written).toEqual([
    "\u001B[31mbad\u001B[39m \\u001b]0;title\\u0007\n",
    "\\u202egnp.exe\n",
  ]);
});

test("a terminal without color gets no color from outside either", async () => {
  const terminal = stream({ isTTY: true });
  (await screenOf(terminal, "never", {})).write("\u001B[31mred\n");
  expect(terminal.written).toEqual(["\\u001b[31mred\n"]);
});

test("a file or a pipe gets text unchanged", async () => {
  const pipe = stream({ isTTY: false });
  (await screenOf(pipe, "auto", {})).write("a\u001B[2Jb\r\n");
  expect(pipe.written).toEqual(["a\u001B[2Jb\r\n"]);
});

test("nothing else in the command line writes to a standard stream", () => {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const writers = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) =>
      /(?<!\.test)\.ts$/u.test(name) &&
      /process\.std|console\.|\\u001B/u.test(readFileSync(join(folder, name), "utf8")),
  );
  expect(writers).toEqual(["terminal.ts"]);
});
