import { expect, test } from "vitest";
import { visibleText } from "./visible-text.ts";

const escape = "\u001B";

test.each([
  { name: "keeps plain text", line: "val_acc=0.5\tλ", seen: "val_acc=0.5\tλ" },
  { name: "drops colors", line: `${escape}[1;32mval_acc${escape}[0m=0.5`, seen: "val_acc=0.5" },
  { name: "drops window titles", line: `${escape}]0;title\u0007acc=1`, seen: "acc=1" },
  {
    name: "drops links",
    line: `${escape}]8;;http://x${escape}\\name${escape}]8;;${escape}\\`,
    seen: "name",
  },
  { name: "drops NUL", line: "0.96\u0000", seen: "0.96" },
  { name: "applies backspaces", line: "0.1\b2", seen: "0.2" },
  { name: "drops an escape that was cut off", line: `0.5${escape}`, seen: "0.5" },
])("$name", ({ line, seen }) => {
  expect(visibleText(line)).toBe(seen);
});
