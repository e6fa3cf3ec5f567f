import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseLinearPattern } from "./linear-pattern.ts";

function compiled(text: string) {
  const parsed = parseLinearPattern(text);
  if (parsed.kind !== "pattern") throw new Error(`${text}: ${parsed.kind}`);
  return parsed.pattern;
}

describe("parseLinearPattern", () => {
  // Each of these takes hours with a backtracking engine; the suite's time limit is the bound.
  test.each([
    { pattern: "acc=((a+)+)$", line: `acc=${"a".repeat(100_000)}!` },
    { pattern: "acc=((a|aa)+)$", line: `acc=${"a".repeat(100_000)}!` },
    { pattern: "acc=(([0-9]*)*)x", line: `acc=${"1".repeat(100_000)}` },
    { pattern: "(a*)*b acc=(.)", line: "a".repeat(100_000) },
    { pattern: "(.*)(.*)(.*)(.*)acc=1", line: "a".repeat(20_000) },
    { pattern: "(\\s+)$", line: `${" ".repeat((1 << 20) - 1)}x` },
    { pattern: "acc=(\\S+) end", line: "acc=".repeat(1 << 18) },
  ])("rejects a line in linear time: $pattern", ({ pattern, line }) => {
    expect(compiled(pattern).test(line)).toBe(false);
  });

  test("cuts lines at 1 MiB before matching", () => {
    expect(compiled("x(y)").test(`${"a".repeat(1 << 20)}xy`)).toBe(false);
  });

  test.each([
    { pattern: "(?=a)b", construct: "lookaround" },
    { pattern: "(?<!a)(b)", construct: "lookaround" },
    { pattern: "(a)\\1", construct: "backreference" },
    { pattern: "(?<x>a)\\k<x>", construct: "backreference" },
  ])("names the unsupported construct of $pattern", ({ pattern, construct }) => {
    expect(parseLinearPattern(pattern)).toEqual({ kind: "unsupported", construct });
  });

  test.each(["(", "[a", "a**", "(?<1>a)"])("calls `%s` invalid", (pattern) => {
    expect(parseLinearPattern(pattern).kind).toBe("invalid");
  });

  test("matches what JavaScript's engine matches, on lines of any length", () => {
    const piece = fc.constantFrom(
      "a",
      "acc",
      "=",
      "1",
      ".",
      "\\d",
      "\\S",
      "\\s",
      "[0-9.]",
      "[^a ]",
      "\\w",
      "\\.",
      "-",
    );
    const repeated = fc
      .tuple(piece, fc.constantFrom("", "", "+", "*", "?", "+?", "{1,3}"))
      .map((parts) => parts.join(""));
    const sequence = fc.array(repeated, { maxLength: 3 }).map((parts) => parts.join(""));
    const pattern = fc
      .tuple(
        sequence,
        fc.constantFrom("(", "(?:", "(?<n>"),
        sequence,
        fc.constantFrom(")", "|a)"),
        sequence,
      )
      .map((parts) => parts.join(""));
    const text = fc.array(
      fc.constantFrom("a", "acc=", "1", ".", " ", "\u00a0", "\r", "\u2028", "é", "-0.5"),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pattern, text, fc.boolean(), (source, parts, isLong) => {
        // JavaScript's own engine, the reference here, needs too long for more on a long line.
        fc.pre(!isLong || (source.match(/[+*?{]/gu) ?? []).length <= 1);
        const line = parts.join("") + (isLong ? "~".repeat(5000) : "");
        const native = new RegExp(source).exec(line);
        expect(compiled(source).exec(line)).toEqual(native === null ? undefined : [...native]);
      }),
      { numRuns: 1000, seed: 20261128 },
    );
  });

  test.each([
    "acc=([0-9.]+)",
    "acc=(a)",
    "a(?<x>\\d+)",
    "(\\S+)",
    "acc=\\((\\d+)\\)",
    "(\\d)",
    "[(]a(.)",
    "a([)])",
    "acc (a*)",
  ])("finds the group of %s where JavaScript's engine does", (source) => {
    const text = fc
      .array(fc.constantFrom("a", "acc=", "acc ", "1", ".", "(", ")", "é"), { maxLength: 12 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.nat(8), (line, from) => {
        const reference = new RegExp(source, "dg");
        reference.lastIndex = from;
        const indices = reference.exec(line)?.indices;
        const [whole, group] = [indices?.[0], indices?.[1]];
        const expected = { matchStart: whole?.[0], start: group?.[0], end: group?.[1] };
        expect(compiled(source).find(line, Math.min(from, line.length))).toEqual(
          group === undefined ? undefined : expected,
        );
      }),
      { seed: 9, numRuns: 200 },
    );
  });
});
