import type { RunStore } from "../../store/records/run-store.ts";

/** Whether a run of this store has ended and its record is closed; false for runs of others. */
export function isRunOver(store: RunStore): (runId: string) => Promise<boolean> {
  return async (runId) => {
    const opened = await store.open(runId);
    return opened.kind === "opened" && opened.record.state.kind === "finished";
  };
}
