import { describe, expect, test } from "vitest";
import { ageOfRules, areOldInSeason } from "./rules-age.ts";

describe("the age of rules", () => {
  test.each([
    { name: "90 days old in a season", released: "2026-08-01", today: "2026-10-30", old: false },
    { name: "91 days old in a season", released: "2026-08-01", today: "2026-10-31", old: true },
    {
      name: "91 days old between seasons",
      released: "2026-10-24",
      today: "2027-01-23",
      old: false,
    },
    {
      name: "old when the spring season starts",
      released: "2026-10-24",
      today: "2027-04-01",
      old: true,
    },
    { name: "of today", released: "2026-10-24", today: "2026-10-24", old: false },
  ])("rules $name: may be outdated = $old", ({ released, today, old }) => {
    expect(areOldInSeason(released, Date.parse(today))).toBe(old);
  });

  test("counts whole days", () => {
    expect(ageOfRules("2026-10-24", Date.parse("2026-11-28T23:59:00Z"))).toBe(35);
  });
});
