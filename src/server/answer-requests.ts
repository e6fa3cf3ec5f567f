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

const mostStreams = 64;
const mostStreamsPerClient = 16;

/** What answers each request. */
export interface Answering {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Looks at no file any more. */
  stop(): void;
}

/** Puts the dashboard's routes together for the HTTP server. */
export async function answerRequests(
  asked: DashboardRequest,
  rules: GuardRules,
): Promise<Answering> {
  const { home, isReadOnly, version } = asked;
  const store = diskRunStore(home);
  const energyBasis = { limits: machineLimits(), powerEstimate: await readPowerEstimate() };
  const world = { store, nowMs: () => asked.nowMs(), energyBasis };
  const watch = new RunWatch(home, world, { mayStop: !isReadOnly });
  const app = dashboardApp({
    version,
    home,
    isReadOnly,
    store,
    watch,
    files: new StaticFiles(asked.webFolder),
    streams: new StreamLimit({ most: mostStreams, mostPerClient: mostStreamsPerClient }),
    rules,
    onBug: (error) => asked.onBug(error),
  });
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return {
    answer: (request, response) => listener(request, response),
    stop: () => watch.close(),
  };
}
