import type { RunRequest } from "../../schema/run/request/run-request.ts";
import { remainingSeeds } from "../../score/series/remaining-seeds.ts";
import type { RunStore } from "../../store/records/run-store.ts";

/** The seeds of a series that no run has completed: its Pitwall process ended before it could start them. */
export async function remainingRuns(
  store: RunStore,
  { series }: Pick<RunRequest, "series">,
): Promise<number[]> {
  const listed = await store.list();
  return remainingSeeds(
    listed.flatMap((run) =>
      run.kind === "readable" && run.request.series.id === series.id ? [run] : [],
    ),
  );
}
