import { describe, expect, test } from "vitest";
import { UserError } from "../foundation/errors/user-error.ts";
import { readTable } from "./csv-table.ts";

function sums(text: string, pieceLength = text.length): number[] {
  const reader = readTable(
    "table.csv",
    ["a", "b"],
    (line) => line.requiredNumber("a") + (line.number("b") ?? 0),
  );
  const bytes = new TextEncoder().encode(text);
  const nouns: number[] = [];
  for (let start = 0; start < bytes.length; start += pieceLength)
    nouns.push(...reader.push(bytes.subarray(start, start + pieceLength)));
  return [...nouns, ...reader.end()];
}

function errorOf(text: string): string {
  try {
    sums(text);
  } catch (error) {
    if (error instanceof UserError) return `${error.code}: ${error.message}; saw ${error.saw}`;
    throw error;
  }
  return "none";
}

describe("readTable", () => {
  test("reads columns by name, piece by piece", () => {
    expect(sums("b,other,a\n1,ü,2\n,,3\n", 3)).toEqual([3, 3]);
  });

  test.each([
    {
      name: "names a missing column",
      text: "a,c\n1,2\n",
      error: "table-lacks-column: `table.csv` has no column `b`; saw a, c",
    },
    {
      name: "refuses an empty file",
      text: "",
      error: "table-lacks-column: `table.csv` has no column `a`; saw an empty file",
    },
    {
      name: "refuses a cell that is not a number",
      text: "a,b\n1,x\n",
      error: "table-bad-number: `b` of `table.csv` is not a number; saw `x`",
    },
    {
      name: "refuses an empty cell that is needed",
      text: "a,b\n,1\n",
      error: "table-bad-number: `a` of `table.csv` is not a number; saw an empty cell",
    },
    {
      name: "refuses a file that ends inside quotes",
      text: 'a,b\n1,"2\n',
      error: "table-cut-off: `table.csv` ends inside a quoted cell; saw undefined",
    },
  ])("$name", ({ text, error }) => {
    expect(errorOf(text)).toBe(error);
  });
});
