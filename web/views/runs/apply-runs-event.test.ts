import { expect, test } from "vitest";
import type { RunListItem } from "../../../src/schema/dashboard/run-list.ts";
import { applyRunsEvent } from "./apply-runs-event.ts";

const run = (runId: string, reason = "torn"): RunListItem => ({ kind: "broken", runId, reason });

test("a snapshot replaces everything, a run takes its own place, a removed one goes", () => {
  const first = applyRunsEvent(
    new Map(),
    { name: "snapshot", data: { runs: [run("a"), run("b")] } },
    1,
  );
  const changed = applyRunsEvent(first, { name: "run", data: run("b", "gone") }, 2);
  const removed = applyRunsEvent(changed, { name: "removed", data: { runId: "a" } }, 3);
  expect([...first.keys()]).toEqual(["a", "b"]);
  expect(removed).toEqual(new Map([["b", { item: run("b", "gone"), heardMs: 2 }]]));
  const again = applyRunsEvent(removed, { name: "snapshot", data: { runs: [run("c")] } }, 4);
  expect([...again.keys()]).toEqual(["c"]);
});

test("news of a run that is not known, or is gone already, is no trouble", () => {
  const added = applyRunsEvent(new Map(), { name: "run", data: run("x") }, 1);
  expect([...added.keys()]).toEqual(["x"]);
  expect(applyRunsEvent(added, { name: "removed", data: { runId: "y" } }, 2)).toEqual(added);
});
