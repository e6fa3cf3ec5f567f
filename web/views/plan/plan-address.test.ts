import { describe, expect, test } from "vitest";
import { planCommandOf, readPlanTexts, toggled } from "./plan-address.ts";

describe("planCommandOf", () => {
  test.each([
    { name: "an empty address", query: {}, command: "pitwall plan llama31_8b" },
    {
      name: "options in the order of the command line",
      query: { deadline: "12h", goal: "llama31-70b", tokens: "15T", budget: "2000usd" },
      command: "pitwall plan llama31-70b --tokens 15T --budget 2000usd --deadline 12h",
    },
    {
      name: "a flag",
      query: { spot: "yes", clouds: "aws,lambda" },
      command: "pitwall plan llama31_8b --clouds aws,lambda --spot",
    },
    {
      name: "own prices, and no calibration",
      query: { price: "h100-sxm=2.50,b200=4", "no-calibration": "yes" },
      command: "pitwall plan llama31_8b --price h100-sxm=2.50 --price b200=4 --no-calibration",
    },
    { name: "a flag that is off", query: { spot: "no" }, command: "pitwall plan llama31_8b" },
    {
      name: "what only the page knows",
      query: { offer: "8xh100-sxm", front: "energy", tables: "x" },
      command: "pitwall plan llama31_8b",
    },
    {
      name: "text that a shell would read",
      query: { goal: "a b", budget: "$2,000" },
      command: "pitwall plan 'a b' --budget '$2,000'",
    },
  ])("writes the command of $name", ({ query, command }) => {
    expect(planCommandOf(query)).toBe(command);
  });
});

describe("readPlanTexts", () => {
  test("has the defaults of the command line", () => {
    expect(readPlanTexts({})).toMatchObject({ maxCount: 1024, seed: "1", spot: false });
  });

  test.each(["0", "-8", "many", "1e3", ""])("ignores `%s` accelerators", (text) => {
    expect(readPlanTexts({ "max-count": text }).maxCount).toBe(1024);
  });
});

test("a word is added to a list, and removed from it", () => {
  expect(toggled(undefined, "h100")).toBe("h100");
  expect(toggled("h100", "b200")).toBe("h100,b200");
  expect(toggled("h100,b200", "h100")).toBe("b200");
});
