import type { Hono } from "hono";
import { RaceReports } from "../../workflows/dashboard/documents/serve-races.ts";
import type { DashboardParts } from "../dashboard-parts.ts";
import { DocumentEvents } from "../events/document-events.ts";
import { sendEvents } from "../events/send-events.ts";

/** Adds the routes under /api/races. Race ids are looked up, never joined to a path. */
export function addRaceRoutes(app: Hono, parts: DashboardParts): void {
  const { store, list } = parts;
  const reports = new RaceReports(store, list);
  app.get("/api/races", async (context) => context.json(await reports.list()));
  app.get("/api/races/stream", (context) => {
    const events = new DocumentEvents(list, "races", async () => {
      const data = await reports.list();
      return { data, isLive: data.races.some(({ state }) => state === "running") };
    });
    return sendEvents(context, parts, events);
  });
  app.get("/api/races/:id", async (context) =>
    context.json(await reports.race(context.req.param("id"))),
  );
  app.get("/api/races/:id/stream", async (context) => {
    const id = context.req.param("id");
    // An unknown race is an error of the request, not of the stream.
    await reports.race(id);
    const events = new DocumentEvents(list, "race", async () => {
      const data = await reports.race(id);
      return { data, isLive: data.report.state === "running" };
    });
    return sendEvents(context, parts, events);
  });
}
