import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { once } from "../foundation/collections/once.ts";
import type { DashboardRequest } from "../schema/dashboard/serving.ts";
import { diskRunStore } from "../store/records/disk-run-store.ts";
import { BoardWatch } from "../workflows/dashboard/list/watch-board.ts";
import type { RunWatch } from "../workflows/dashboard/opened/watch-runs.ts";
import { dashboardApp } from "./dashboard-app.ts";
import { StreamLimit } from "./events/event-stream.ts";
import type { GuardRules } from "./safety/guard.ts";
import { StaticFiles } from "./answers/static-files.ts";

const maxStreams = 64;
const maxStreamsPerClient = 16;

/** When the list is shown, if the browser was opened at once: loading must not delay its rows. */
const loadRunsAfterMs = 2500;

/** Answers requests of the HTTP server. */
export interface RequestAnswerer {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Stops following files. */
  stop(): void;
}

/** Builds the dashboard's routes for the HTTP server. */
export function answerRequests(options: DashboardRequest, rules: GuardRules): RequestAnswerer {
  const { home, isReadOnly, version } = options;
  const store = diskRunStore(home);
  const energyBasis = once(async () => {
    const { machineLimits } = await import("../probe/machine-limits.ts");
    const { readPowerEstimate } = await import("../store/catalogue/catalogue.ts");
    return { limits: machineLimits(), powerEstimate: await readPowerEstimate() };
  });
  const world = { store, nowMs: () => options.nowMs(), energyBasis };
  const list = new BoardWatch(home, world);
  let watch: RunWatch | undefined;
  const runs = once(async () => {
    const { RunWatch } = await import("../workflows/dashboard/opened/watch-runs.ts");
    watch = new RunWatch(home, world, { list, mayChange: !isReadOnly });
    return watch;
  });
  const app = dashboardApp({
    version,
    home,
    isReadOnly,
    store,
    list,
    runs,
    files: new StaticFiles(options.webFolder),
    streams: new StreamLimit({ max: maxStreams, maxPerClient: maxStreamsPerClient }),
    rules,
    onBug: (error) => options.onBug(error),
  });
  list.prepare();
  // The page of a run requires most of the code; its data comes sooner if that is loaded.
  const loading = setTimeout(() => void runs(), loadRunsAfterMs);
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return {
    answer: (request, response) => listener(request, response),
    stop: () => {
      clearTimeout(loading);
      list.close();
      watch?.close();
    },
  };
}
