import { expect, test } from "vitest";
import { maxOverlaid, pickedLinks } from "./picked-runs.ts";
import type { ReceivedRun } from "./view-model.ts";

function run(runId: string, seriesId: string): ReceivedRun {
  return {
    item: {
      kind: "readable",
      runId,
      seriesId,
      seriesIndex: 1,
      seriesCount: 2,
      name: "toy",
      seed: 1,
      state: "finished",
      createdMs: 0,
      rankCount: 1,
      system: "box",
      spark: [],
      findingsCount: 0,
    },
    receivedMs: 0,
  };
}
const broken: ReceivedRun = {
  item: { kind: "broken", runId: "torn", reason: "run.json is missing" },
  receivedMs: 0,
};

test("selected runs are overlaid one by one, and compared by series", () => {
  const all = [run("a-1", "a"), run("a-2", "a"), run("b-1", "b"), run("c-1", "c")];
  expect(pickedLinks(all, new Set(["a-1", "a-2", "b-1"]))).toEqual({
    overlay: "a-1,a-2,b-1",
    compare: "own/a,own/b",
  });
});

test("runs of a single series are not compared", () => {
  const all = [run("a-1", "a"), run("a-2", "a")];
  expect(pickedLinks(all, new Set(["a-1", "a-2"]))?.compare).toBeUndefined();
});

test("unreadable and deleted runs have no links, and one chart has a limited number of runs", () => {
  expect(pickedLinks([broken], new Set(["torn", "gone"]))).toBeUndefined();
  const many = Array.from({ length: 30 }, (_, index) => run(`r-${index}`, `r-${index}`));
  const links = pickedLinks(many, new Set(many.map(({ item }) => item.runId)));
  expect(links?.overlay.split(",")).toHaveLength(maxOverlaid);
  expect(links?.compare?.split(",")).toHaveLength(30);
});
