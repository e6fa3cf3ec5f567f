import { expect, test } from "vitest";
import { visibleControls } from "./visible-controls.ts";

test.each([
  {
    name: "keeps ordinary text of any script",
    text: "résultat 結果 نتيجة\t🙂",
    shown: "résultat 結果 نتيجة\t🙂",
  },
  { name: "shows ESC and BEL", text: "\u001b]0;title\u0007", shown: "␛]0;title␇" },
  { name: "shows line ends", text: "a\r\nb", shown: "a␍␊b" },
  { name: "shows DEL", text: "\u007f", shown: "␡" },
  { name: "shows C1 controls", text: "\u009b31m", shown: "⟨U+009B⟩31m" },
  { name: "shows bidi overrides", text: "a\u202egpj.exe", shown: "a⟨U+202E⟩gpj.exe" },
  {
    name: "shows bidi isolates and marks",
    text: "\u2066\u2069\u200f",
    shown: "⟨U+2066⟩⟨U+2069⟩⟨U+200F⟩",
  },
])("$name", ({ text, shown }) => {
  expect(visibleControls(text)).toBe(shown);
});
