import { expect, test } from "vitest";
import { markdownTable } from "./markdown-table.ts";

test("aligns numbers to the right, and keeps hostile cells in their row", () => {
  const table = markdownTable(
    [
      { head: "name", align: "left", cell: ([name]: readonly [string, number]) => name },
      { head: "a|b", align: "decimal", cell: ([, value]) => String(value) },
    ],
    [
      ["x|y", 1],
      ["two\r\nlines", 2],
    ],
  );
  expect(table).toBe("| name | a\\|b |\n| --- | ---: |\n| x\\|y | 1 |\n| two lines | 2 |\n");
});
