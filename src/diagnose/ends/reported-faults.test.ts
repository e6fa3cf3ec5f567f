import { expect, test } from "vitest";
import { LineSigns } from "../lines/line-signs.ts";
import { reportedFaults } from "./reported-faults.ts";

function faultsIn(...lines: string[]): ReturnType<typeof reportedFaults> {
  const signs = new LineSigns();
  for (const [index, text] of lines.entries())
    signs.push({ file: "a.log", line: index + 1, rank: undefined, text });
  return reportedFaults(signs.seen);
}

test("names the ranks that a report of stragglers names, though the training goes on", () => {
  const steps = Array.from({ length: 9 }, (_, step) => `step ${step} loss 2`);
  expect(faultsIn("STRAGGLER WARNING: Affected ranks: [13, 5]", ...steps)).toMatchObject([
    { kind: "compute-straggler", ranks: [5, 13] },
  ]);
  expect(faultsIn("no stragglers among 8 ranks")).toEqual([]);
});

test("names the rank whose result differs when it is computed again", () => {
  const head = "Rank 5, node n1, device 5, iteration #20:";
  expect(
    faultsIn(`${head} First rerun: unexpected result is not reproducible within the tolerance`),
  ).toMatchObject([{ kind: "silent-corruption", ranks: [5], how: "transient", step: 20 }]);
});
