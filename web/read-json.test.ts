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

test.each([
  { name: "a line break", text: '"a\\nb"', read: "a␊b" },
  { name: "an escaped control", text: String.raw`"\u007f"`, read: "␡" },
  { name: "a control of C1", text: '"\u0085"', read: "⟨U+0085⟩" },
  { name: "an escaped change of direction", text: String.raw`"\u202E"`, read: "⟨U+202E⟩" },
  { name: "a tab, which stays", text: String.raw`"a\tb"`, read: "a\tb" },
  { name: "a backslash before a letter", text: String.raw`"C:\\new"`, read: String.raw`C:\new` },
])("reads $name alone in a document", ({ text, read }) => {
  expect(readJson(text)).toBe(read);
});
