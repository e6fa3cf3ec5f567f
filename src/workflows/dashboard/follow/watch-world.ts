import type { RunRecord, RunStore } from "../../../store/records/run-store.ts";
import type { EnergyBasis } from "./watched-energy.ts";
import type { WatchedRun } from "./watch-run.ts";

/** What following the runs of a home requires. */
export interface WatchWorld {
  store: RunStore;
  nowMs(): number;
  /** Read when the first run is followed. The limits of this machine are used only for runs launched on it. */
  energyBasis(): Promise<EnergyBasis>;
}

/**
 * Follows one run. Loads the readers of logs and samples, which the list of finished runs does not need.
 *
 * @param columnsFile where to store the columns of its samples when it is over; by default they are not stored
 */
export async function followRun(
  record: RunRecord,
  world: WatchWorld,
  columnsFile?: string,
): Promise<WatchedRun> {
  const { WatchedRun } = await import("./watch-run.ts");
  const energyBasis = await world.energyBasis();
  return new WatchedRun(record, { ...world, energyBasis }, columnsFile);
}
