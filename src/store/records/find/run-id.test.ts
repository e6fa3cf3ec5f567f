import { describe, expect, test } from "vitest";
import { isSafeId, makeRunId, makeSeriesId } from "./run-id.ts";

describe("makeSeriesId", () => {
  test("consists of the name, the time in UTC and four random letters", () => {
    const createdMs = Date.UTC(2026, 10, 22, 14, 30, 5, 999);
    expect(makeSeriesId({ name: "digits", createdMs, random: () => 0 })).toBe(
      "digits-20261122-143005-2222",
    );
    expect(makeSeriesId({ name: "digits", createdMs, random: () => 1 - 2 ** -53 })).toBe(
      "digits-20261122-143005-zzzz",
    );
  });

  test.each([
    {
      name: "keeps letters and digits in lower case",
      given: "GPT 2 (Small)",
      expected: "gpt-2-small",
    },
    { name: "removes accents from letters", given: "Étude", expected: "etude" },
    { name: "uses a default name if no characters are left", given: "../..", expected: "run" },
    {
      name: "cuts a long name",
      given: `${"a".repeat(39)} ${"b".repeat(300)}`,
      expected: "a".repeat(39),
    },
  ])("$name", ({ given, expected }) => {
    const id = makeSeriesId({ name: given, createdMs: 0, random: () => 0 });
    expect(id).toBe(`${expected}-19700101-000000-2222`);
    expect(isSafeId(id)).toBe(true);
  });
});

describe("makeRunId", () => {
  test("numbers the runs of a series", () => {
    expect(makeRunId("digits-20261122-143005-k3f9", 12)).toBe("digits-20261122-143005-k3f9-12");
  });
});
