import { expect, test } from "vitest";
import { readJson } from "./read-json.ts";

test("shows control characters in nested texts, and keeps ids unchanged", () => {
  const sent = { runs: [{ name: "a\u202eb", lines: ["\u001b[31m"] }], rowId: "x\u0007", count: 1 };
  expect(readJson(JSON.stringify(sent))).toEqual({
    runs: [{ name: "a⟨U+202E⟩b", lines: ["␛[31m"] }],
    rowId: "x\u0007",
    count: 1,
  });
});
