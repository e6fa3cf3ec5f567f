import type { RunRecord, RunStore } from "../../store/records/run-store.ts";
import { ambiguousRun, openRecord, unknownRun } from "../read-run/show-run.ts";

/**
 * The run that a text names: a run id or an unambiguous part of one, a series, or `last`. Of a series, or of several runs that match, it
 * is the only one that has not ended; of a series that has ended, its last run.
 *
 * @throws UserError `unknown-run`, `ambiguous-run`, `record-broken`
 */
export async function findRun(store: RunStore, text: string): Promise<RunRecord> {
  const meant = await store.resolve(text);
  switch (meant.kind) {
    case "run":
      return openRecord(store, meant.runId);
    case "series": {
      const open = await unfinished(store, (runId) => meant.runIds.includes(runId));
      return openRecord(store, open[0] ?? meant.runIds.at(-1) ?? text);
    }
    case "ambiguous": {
      const open = await unfinished(store, (runId) => runId.includes(text));
      const [only] = open;
      if (only !== undefined && open.length === 1) return openRecord(store, only);
      throw ambiguousRun(text, open.length > 1 ? open : meant.candidates);
    }
    case "unknown":
      throw unknownRun(text, meant);
  }
}

async function unfinished(store: RunStore, isMeant: (runId: string) => boolean): Promise<string[]> {
  return (await store.list()).flatMap((run) =>
    run.kind === "readable" && run.state.kind !== "finished" && isMeant(run.runId)
      ? [run.runId]
      : [],
  );
}
