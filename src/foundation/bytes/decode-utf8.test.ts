import { expect, test } from "vitest";
import { decodeUtf8 } from "./decode-utf8.ts";

test.each([
  { name: "leaves ASCII alone", text: "val_acc 100 %", expected: "val_acc 100 %" },
  { name: "decodes UTF-8", text: "prÃ©cision", expected: "précision" },
  { name: "leaves Latin-1 alone", text: "précision", expected: "précision" },
  {
    name: "leaves text alone that was decoded before",
    text: "précision ≥",
    expected: "précision ≥",
  },
])("$name", ({ text, expected }) => {
  expect(decodeUtf8(text)).toBe(expected);
});
