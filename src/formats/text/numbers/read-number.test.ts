import { describe, expect, test } from "vitest";
import { nextNumber, readNumberAt } from "./read-number.ts";

describe("readNumberAt", () => {
  test.each([
    { name: "reads an exponent", text: "1.2e-01", value: 0.12, comma: "none" },
    { name: "reads an exponent before a full stop", text: "1.2e-01.", value: 0.12, comma: "none" },
    { name: "reads NaN before a full stop", text: "nan.", value: Number.NaN, comma: "none" },
    { name: "reads Fortran's exponent", text: "9.8D-04", value: 9.8e-4, comma: "none" },
    { name: "reads a capital exponent", text: "1.1413E+01", value: 11.413, comma: "none" },
    { name: "reads a sign", text: "-0.5", value: -0.5, comma: "none" },
    { name: "reads a minus sign that is no hyphen", text: "\u22120.5", value: -0.5, comma: "none" },
    { name: "reads a number without a leading zero", text: ".93", value: 0.93, comma: "none" },
    { name: "reads groups of thousands", text: "1,234,567", value: 1_234_567, comma: "thousands" },
    { name: "reads groups with decimals", text: "1,234.5", value: 1234.5, comma: "thousands" },
    { name: "reads underscores", text: "1_000", value: 1000, comma: "none" },
    { name: "reads a decimal comma", text: "0,94", value: 0.94, comma: "decimal" },
    { name: "reads 0,941, which no thousands have", text: "0,941", value: 0.941, comma: "decimal" },
    {
      name: "reads dots as groups before a comma",
      text: "1.234,5",
      value: 1234.5,
      comma: "decimal",
    },
    {
      name: "reads 3,912 as thousands, and says that it may be either",
      text: "3,912",
      value: 3912,
      comma: "ambiguous",
    },
    {
      name: "reads blanks as groups before a comma",
      text: "1 234,5",
      value: 1234.5,
      comma: "decimal",
    },
    { name: "reads apostrophes as groups", text: "1'234.5", value: 1234.5, comma: "none" },
    { name: "reads a power of ten", text: "1.9×10^-3", value: 0.0019, comma: "none" },
    {
      name: "reads a power of ten in superscript",
      text: "1.9 · 10⁻³",
      value: 0.0019,
      comma: "none",
    },
    { name: "does not take a product for a power", text: "3 x 10 images", value: 3, comma: "none" },
    { name: "stops before the comma of a list", text: "1,2,3", value: 1, comma: "none" },
    { name: "stops at the end of a sentence", text: "0.94.", value: 0.94, comma: "none" },
  ])("$name", ({ text, value, comma }) => {
    expect(readNumberAt(text, 0, undefined)).toMatchObject({ value, comma });
  });

  test("reads 3,912 as a decimal where the log uses decimal commas", () => {
    expect(readNumberAt("3,912", 0, "decimal")).toMatchObject({ value: 3.912, comma: "ambiguous" });
  });

  test.each([
    { text: "94.1%", suffix: { kind: "percent" } },
    { text: "94.1 %", suffix: { kind: "percent" } },
    { text: "1.5M", suffix: { kind: "count", factor: 1e6 } },
    { text: "12345ms", suffix: { kind: "time", unitMs: 1 } },
    { text: "0.20 s", suffix: { kind: "time", unitMs: 1000 } },
    { text: "9.46GiB", suffix: { kind: "unit", text: "GiB" } },
    { text: "24.9it/s", suffix: { kind: "unit", text: "it/s" } },
  ])("reads what follows the number in $text", ({ text, suffix }) => {
    expect(readNumberAt(text, 0, undefined)).toMatchObject({ suffix, suffixEnd: text.length });
  });

  test.each(["2031-02-03", "04:05:06", "2.4.1", "12ab34"])("reads no number in %s", (text) => {
    expect(readNumberAt(text, 0, undefined)).toBeUndefined();
  });
});

describe("nextNumber", () => {
  test("takes `nan` in a phrase for a word", () => {
    expect(nextNumber("number of nan iterations: 0", 0, undefined)).toMatchObject({ value: 0 });
    expect(nextNumber("loss: nan grad 2", 0, undefined)).toMatchObject({ value: Number.NaN });
    expect(nextNumber("loss nan", 0, undefined)).toMatchObject({ value: Number.NaN });
  });

  test("passes over digits in words", () => {
    expect(nextNumber("val_2 Acc@1 x7 0.5", 0, undefined)).toMatchObject({ value: 0.5, start: 15 });
  });
});
