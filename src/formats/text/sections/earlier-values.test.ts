import { expect, test } from "vitest";
import { EarlierValues } from "./earlier-values.ts";

test.each([
  { earlier: "0.8833", text: "0.8833", isRepeated: true },
  { earlier: "0.8833", text: "0.88", isRepeated: true },
  { earlier: "0.88", text: "0.88329", isRepeated: true },
  { earlier: "0.8833", text: "0.8834", isRepeated: false },
  { earlier: "0.8833", text: "0.9133", isRepeated: false },
  { earlier: "1.2e-3", text: "0.0012", isRepeated: true },
  { earlier: "91 %", text: "93 %", isRepeated: false },
])("`$text` after `$earlier` is repeated: $isRepeated", ({ earlier, text, isRepeated }) => {
  const values = new EarlierValues();
  values.add(earlier);
  expect(values.has(text)).toBe(isRepeated);
});
