import { machineLimits } from "../../../probe/machine-limits.ts";
import { pageSeries } from "../../../schema/dashboard/run-series.ts";
import { readPowerEstimate } from "../../../store/catalogue/catalogue.ts";
import { diskRunStore } from "../../../store/records/disk-run-store.ts";
import type { EnergyBasis } from "../follow/watched-energy.ts";
import { BoardWatch } from "../list/watch-board.ts";
import { RunWatch } from "./watch-runs.ts";

/** As many buckets as the widest page requests. */
const widestPage = 2000;

async function energyBasis(): Promise<EnergyBasis> {
  return { limits: machineLimits(), powerEstimate: await readPowerEstimate() };
}

/** Stores what the page of a finished run with many samples shows first, as a server does after the first look at it. */
export async function prepareFirstView(home: string, runId: string, nowMs: number): Promise<void> {
  const store = diskRunStore(home);
  const world = { store, nowMs: () => nowMs, energyBasis };
  const list = new BoardWatch(home, world);
  const watch = new RunWatch(home, world, { list, mayChange: false });
  const query = { names: pageSeries, xAxis: "clock", width: widestPage } as const;
  try {
    const opened = await watch.openPage(runId, query);
    if (opened.firstView === undefined || opened.firstView.has(query)) return;
    await watch.open(runId);
    opened.tail(query);
    await opened.firstView.settle();
  } finally {
    watch.close();
  }
}
