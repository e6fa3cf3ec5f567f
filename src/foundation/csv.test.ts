import { expect, test } from "vitest";
import { csvText } from "./csv.ts";

test.each([
  { name: "leaves plain cells alone", row: ["a", "1.5", ""], text: "a,1.5,\n" },
  { name: "quotes a comma", row: ["a,b"], text: '"a,b"\n' },
  { name: "doubles quotes", row: ['say "no"'], text: '"say ""no"""\n' },
  { name: "keeps line ends inside a cell", row: ["a\nb", "c\rd"], text: '"a\nb","c\rd"\n' },
])("csvText $name", ({ row, text }) => {
  expect(csvText([row])).toBe(text);
});
