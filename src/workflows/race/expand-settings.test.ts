import { describe, expect, test } from "vitest";
import { expandSettings, fillIn } from "./expand-settings.ts";

describe("expandSettings", () => {
  test.each([
    { name: "numbers", text: "v=0.1, 0.2", expected: ["0.1", "0.2"] },
    { name: "quoted commas", text: "v=\"0.9,0.95\",'0.8,0.9'", expected: ["0.9,0.95", "0.8,0.9"] },
    { name: "quoted blanks", text: 'v=" a b ",c d', expected: [" a b ", "c d"] },
    { name: "quotes inside a value", text: "v=it's,a\"b", expected: ["it's", 'a"b'] },
    { name: "an empty value in quotes", text: 'v="",x', expected: ["", "x"] },
    { name: "an equals sign", text: "v=a=1,b=2", expected: ["a=1", "b=2"] },
  ])("reads $name", ({ text, expected }) => {
    expect(expandSettings([text]).map(({ v }) => v)).toEqual(expected);
  });

  test.each([
    { name: "an empty list", text: "v=", code: "set-empty" },
    { name: "an empty value", text: "v=1,,2", code: "set-empty" },
    { name: "a comma at the end", text: "v=1,2,", code: "set-empty" },
    { name: "an open quote", text: 'v="1,2', code: "set-invalid" },
    { name: "a repeated value", text: "v=1,2,1", code: "set-repeated" },
    { name: "no name", text: "=1,2", code: "set-invalid" },
    { name: "the seed", text: "seed=1,2", code: "set-invalid" },
  ])("refuses $name", ({ text, code }) => {
    expect(() => expandSettings([text])).toThrow(expect.objectContaining({ code }));
  });
});

test("a value with blanks stays one word of the command", () => {
  const [settings = {}] = expandSettings(['v="a b",c']);
  expect(["--name", "{v}"].map((word) => fillIn(word, settings))).toEqual(["--name", "a b"]);
});
