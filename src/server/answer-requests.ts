import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { machineLimits } from "../probe/machine-limits.ts";
import type { DashboardRequest } from "../schema/dashboard/serving.ts";
import { readPowerEstimate } from "../store/catalogue/catalogue.ts";
import { diskRunStore } from "../store/records/disk-run-store.ts";
import { RunWatch } from "../workflows/dashboard/watch-runs.ts";
import { dashboardApp } from "./dashboard-app.ts";
import { StreamLimit } from "./event-stream.ts";
import type { GuardRules } from "./guard.ts";
import { StaticFiles } from "./static-files.ts";

const maxStreams = 64;
const maxStreamsPerClient = 16;

/** Answers requests of the HTTP server. */
export interface RequestAnswerer {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Stops following files. */
  stop(): void;
}

/** Builds the dashboard's routes for the HTTP server. */
export async function answerRequests(
  options: DashboardRequest,
  rules: GuardRules,
): Promise<RequestAnswerer> {
  const { home, isReadOnly, version } = options;
  const store = diskRunStore(home);
  const energyBasis = { limits: machineLimits(), powerEstimate: await readPowerEstimate() };
  const world = { store, nowMs: () => options.nowMs(), energyBasis };
  const watch = new RunWatch(home, world, { mayChange: !isReadOnly });
  const app = dashboardApp({
    version,
    home,
    isReadOnly,
    store,
    watch,
    files: new StaticFiles(options.webFolder),
    streams: new StreamLimit({ max: maxStreams, maxPerClient: maxStreamsPerClient }),
    rules,
    onBug: (error) => options.onBug(error),
  });
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return {
    answer: (request, response) => listener(request, response),
    stop: () => watch.close(),
  };
}
