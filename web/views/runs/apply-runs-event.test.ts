import { expect, test } from "vitest";
import type { RunListItem } from "../../../src/schema/dashboard/run-list.ts";
import { applyRunsEvent } from "./apply-runs-event.ts";

const run = (runId: string, reason = "torn"): RunListItem => ({ kind: "broken", runId, reason });

test("a snapshot replaces all runs, an update one run, and a removal deletes one", () => {
  const first = applyRunsEvent(
    new Map(),
    { name: "snapshot", data: { runs: [run("a"), run("b")] } },
    1,
  );
  const changed = applyRunsEvent(first, { name: "run", data: run("b", "gone") }, 2);
  const removed = applyRunsEvent(changed, { name: "removed", data: { runId: "a" } }, 3);
  expect([...first.keys()]).toEqual(["a", "b"]);
  expect(removed).toEqual(new Map([["b", { item: run("b", "gone"), receivedMs: 2 }]]));
  const again = applyRunsEvent(removed, { name: "snapshot", data: { runs: [run("c")] } }, 4);
  expect([...again.keys()]).toEqual(["c"]);
});

test("accepts updates of unknown runs and removals of missing ones", () => {
  const added = applyRunsEvent(new Map(), { name: "run", data: run("x") }, 1);
  expect([...added.keys()]).toEqual(["x"]);
  expect(applyRunsEvent(added, { name: "removed", data: { runId: "y" } }, 2)).toEqual(added);
});
