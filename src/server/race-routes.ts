import type { Hono } from "hono";
import { RaceReports } from "../workflows/dashboard/serve-races.ts";
import type { DashboardParts } from "./dashboard-parts.ts";

/** Adds the routes under /api/races. Race ids are looked up, never joined to a path. */
export function addRaceRoutes(app: Hono, { store, watch }: DashboardParts): void {
  const reports = new RaceReports(store, watch);
  app.get("/api/races", async (context) => context.json(await reports.list()));
  app.get("/api/races/:id", async (context) =>
    context.json(await reports.race(context.req.param("id"))),
  );
}
