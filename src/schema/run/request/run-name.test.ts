import { expect, test } from "vitest";
import { runName } from "./run-name.ts";

test.each([
  { name: "its program", request: { startable: { name: "train" } }, expected: "train" },
  {
    name: "its program and its arm, in a race",
    request: { startable: { name: "train" }, race: { arm: 2 } },
    expected: "train B",
  },
  {
    name: "the name that it was given",
    request: { labels: { name: "warm" }, startable: { name: "train" }, race: { arm: 2 } },
    expected: "warm",
  },
])("a run has the name of $name", ({ request, expected }) => {
  expect(runName(request)).toBe(expected);
});
