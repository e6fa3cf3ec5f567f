import { expect, test } from "vitest";
import { familyHue, familyHues } from "./families.ts";

test("families of one chart have different colors, also if their usual ones are the same", () => {
  const families = ["V100", "TPU v2", "B300", "Unheard of", "H100"];
  expect(familyHue("V100")).toBe(familyHue("B300"));
  const hues = familyHues(families);
  expect(new Set(hues.values()).size).toBe(families.length);
  expect([hues.get("V100"), hues.get("H100")]).toEqual([familyHue("V100"), familyHue("H100")]);
  expect([...hues.values()]).not.toContain(0);
});

test("the least frequent families are grey when all colors are taken", () => {
  const families = Array.from({ length: 14 }, (_, index) => `family ${index}`);
  const hues = families.map((family) => familyHues(families).get(family));
  expect(new Set(hues.slice(0, 11)).size).toBe(11);
  expect(hues.slice(11)).toEqual([0, 0, 0]);
});
