import { describe, expect, test } from "vitest";
import { csvText } from "./csv.ts";

describe("csvText", () => {
  test.each([
    { name: "leaves plain cells alone", row: ["a", "1.5", ""], text: "a,1.5,\n" },
    { name: "quotes a comma", row: ["a,b"], text: '"a,b"\n' },
    { name: "doubles quotes", row: ['say "no"'], text: '"say ""no"""\n' },
    { name: "keeps line ends inside a cell", row: ["a\nb", "c\rd"], text: '"a\nb","c\rd"\n' },
    { name: "writes numbers and booleans", row: [-1.5, 1e21, true], text: "-1.5,1e+21,true\n" },
  ])("$name", ({ row, text }) => {
    expect(csvText([row])).toBe(text);
  });

  test.each([
    { cell: "=1+1", text: "'=1+1\n" },
    { cell: '=HYPERLINK("http://evil")', text: '"\'=HYPERLINK(""http://evil"")"\n' },
    { cell: "+cmd|' /C calc'!A0", text: "'+cmd|' /C calc'!A0\n" },
    { cell: "-2+3", text: "'-2+3\n" },
    { cell: "@SUM(A1)", text: "'@SUM(A1)\n" },
    { cell: "\t=1", text: "'\t=1\n" },
    { cell: "\r=1", text: '"\'\r=1"\n' },
    { cell: "-1.5e-3", text: "-1.5e-3\n" },
    { cell: "+7", text: "+7\n" },
    { cell: "-.5", text: "-.5\n" },
    { cell: "-", text: "-\n" },
    { cell: "-Infinity", text: "'-Infinity\n" },
    { cell: "a=b", text: "a=b\n" },
  ])("writes the cell $cell so that no spreadsheet runs it", ({ cell, text }) => {
    expect(csvText([[cell]])).toBe(text);
    expect(csvText([[cell]], { isRaw: true }).replaceAll('"', "")).toBe(
      `${cell.replaceAll('"', "")}\n`,
    );
  });
});
