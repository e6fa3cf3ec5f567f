import { expect, test } from "vitest";
import { SurvivedTexts } from "./survived-texts.ts";

test("takes a text for one that is survived after the second line with it", () => {
  const texts = new SurvivedTexts();
  const line = (number: number): { file: string; line: number; text: string } => {
    return { file: "a.log", line: number, text: `AssertionError: ${number} != 5` };
  };
  texts.add(line(1));
  texts.add(line(1));
  expect(texts.has(line(9))).toBe(false);
  texts.add(line(4));
  expect(texts.has(line(9))).toBe(true);
});
