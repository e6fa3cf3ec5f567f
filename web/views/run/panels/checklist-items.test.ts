import { expect, test } from "vitest";
import { checklistItems } from "./checklist-items.ts";

const items = [
  { rule: "run_start", text: "run_start", state: "met" },
  { rule: "seed", text: "seed", state: "waiting" },
  { rule: "eval_samples", text: "eval_samples", state: "waiting" },
] as const;

test("a rule waits only until there is a verdict that names it", () => {
  expect(checklistItems(items, undefined)).toEqual(items);
  expect(
    checklistItems(items, { failingKeys: ["seed"] }).map(({ rule, state }) => [rule, state]),
  ).toEqual([
    ["seed", "broken"],
    ["run_start", "met"],
    ["eval_samples", "waiting"],
  ]);
});
