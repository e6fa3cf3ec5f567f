import { expect, test } from "vitest";
import { exits, played } from "../../../tests/support/played-series.ts";
import { memoryProbe } from "../../probe/memory-probe.ts";
import { attachRun } from "./attach-run.ts";

test("Ctrl-C leaves a run whose hosts do not answer", async () => {
  const { runs, store } = await played([{ steps: [exits] }]);
  const opened = await store.open(runs[0]?.request.runId ?? "");
  if (opened.kind !== "opened") throw new Error("no record");
  const leave = new AbortController();
  let isClosed = false;
  const world = {
    nowMs: () => 0,
    openTarget: () => ({
      launcher: {
        launch: () => Promise.reject(new Error("an attached run is not launched")),
        attach: () => {
          queueMicrotask(() => leave.abort());
          return new Promise<never>(() => undefined);
        },
        close: async () => void (isClosed = true),
      },
      startProbe: () => Promise.resolve(memoryProbe()),
      describeSystem: () => Promise.reject(new Error("an attached run has been described")),
    }),
  };
  const events = attachRun(opened.record, world, { leave: leave.signal });
  expect(await events.next()).toEqual({ done: true, value: undefined });
  expect(isClosed).toBe(true);
});
