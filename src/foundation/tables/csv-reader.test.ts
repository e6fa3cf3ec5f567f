import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvText } from "./csv.ts";
import { CsvReader } from "./csv-reader.ts";

function linesOf(...pieces: string[]): string[][] {
  const reader = new CsvReader();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

describe("CsvReader", () => {
  test.each([
    {
      name: "reads lines with either line end",
      text: "a,b\r\nc,d\n",
      lines: [
        ["a", "b"],
        ["c", "d"],
      ],
    },
    { name: "reads a last line without a line end", text: "a,b\nc", lines: [["a", "b"], ["c"]] },
    {
      name: "keeps commas, quotes and line ends inside quotes",
      text: '"a,""b""\nc",d\n',
      lines: [['a,"b"\nc', "d"]],
    },
    {
      name: "keeps empty cells and skips empty lines",
      text: "a,,\n\n,b\n",
      lines: [
        ["a", "", ""],
        ["", "b"],
      ],
    },
    { name: "keeps a quote inside a plain cell", text: 'a"b,c\n', lines: [['a"b', "c"]] },
    { name: "gives a quoted empty cell", text: '""\n', lines: [[""]] },
  ])("$name", ({ text, lines }) => {
    expect(linesOf(text)).toEqual(lines);
  });

  test("reports whether the text ends inside quotes", () => {
    const reader = new CsvReader();
    reader.push('a,"b\n');
    expect(reader.isInQuotes).toBe(true);
    reader.push('"');
    expect(reader.isInQuotes).toBe(false);
  });

  test("returns the same lines for any split of the text", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", '"', ",", "\n", "\r", "é"),
      maxLength: 30,
    });
    fc.assert(
      fc.property(text, (all) => {
        expect(linesOf(...all.split(""))).toEqual(linesOf(all));
      }),
    );
  });

  test("reads what csvText writes", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "b", '"', ",", "\n") });
    const row = fc.array(cell, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        expect(linesOf(csvText(rows))).toEqual(rows);
      }),
    );
  });
});
