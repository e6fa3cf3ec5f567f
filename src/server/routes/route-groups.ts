import { type Context, Hono } from "hono";
import { once } from "../../foundation/collections/once.ts";
import type { DashboardParts } from "../dashboard-parts.ts";

/** Adds routes to an application. */
type AddRoutes = (app: Hono, parts: DashboardParts) => void | Promise<void>;

/** Routes that are loaded with the first request below one of their paths. */
interface RouteGroup {
  paths: readonly string[];
  load: () => Promise<AddRoutes>;
}

/** All routes under /api, except for the few that the first page requests (`dashboard-app.ts`). */
export const routeGroups: readonly RouteGroup[] = [
  {
    paths: ["/api/runs/*"],
    load: async () => (await import("./run-routes.ts")).addRunRoutes,
  },
  {
    paths: ["/api/series/*"],
    load: async () => (await import("./series-routes.ts")).addSeriesRoutes,
  },
  {
    paths: ["/api/races/*"],
    load: async () => (await import("./race-routes.ts")).addRaceRoutes,
  },
  {
    paths: ["/api/atlas/*", "/api/references"],
    load: async () => (await import("./atlas-routes.ts")).addAtlasRoutes,
  },
  {
    paths: ["/api/plan"],
    load: async () => (await import("./plan-routes.ts")).addPlanRoutes,
  },
];

/** Adds a group of routes, which answer as if they had been added to `app`. `finish` adds what answers all other requests. */
export function addGroup(
  app: Hono,
  { paths, load }: RouteGroup,
  parts: DashboardParts,
  finish: (group: Hono) => void,
): void {
  const loaded = once(async () => {
    const group = new Hono();
    const addRoutes = await load();
    await addRoutes(group, parts);
    finish(group);
    return group;
  });
  const answer = async ({ req, env }: Context): Promise<Response> =>
    (await loaded()).fetch(req.raw, env);
  for (const path of paths) app.all(path, answer);
}
