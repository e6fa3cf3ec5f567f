import type { Hono } from "hono";
import { SeriesReports } from "../../workflows/dashboard/documents/serve-series.ts";
import type { DashboardParts } from "../dashboard-parts.ts";
import { DocumentEvents } from "../events/document-events.ts";
import { sendEvents } from "../events/send-events.ts";

/** Adds the routes under /api/series. Series ids are looked up, never joined to a path. */
export function addSeriesRoutes(app: Hono, parts: DashboardParts): void {
  const { store, list } = parts;
  const reports = new SeriesReports(store, list);
  app.get("/api/series", async (context) => context.json(await reports.list()));
  app.get("/api/series/stream", (context) => {
    const events = new DocumentEvents(list, "series", async () => {
      return { data: await reports.list(), isLive: false };
    });
    return sendEvents(context, parts, events);
  });
  app.get("/api/series/:id", async (context) =>
    context.json(await reports.series(context.req.param("id"))),
  );
  app.get("/api/series/:id/stream", async (context) => {
    const id = context.req.param("id");
    // An unknown series is an error of the request, not of the stream.
    await reports.series(id);
    const events = new DocumentEvents(list, "series", async () => {
      const data = await reports.series(id);
      return { data, isLive: data.row.runningCount > 0 };
    });
    return sendEvents(context, parts, events);
  });
}
