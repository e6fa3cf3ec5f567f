import type { Hono } from "hono";
import type { AtlasHome } from "../workflows/dashboard/serve-atlas.ts";
import type { DashboardParts } from "./dashboard-parts.ts";
import { rowQuery } from "./queries.ts";

/** The atlas is cached this long: published results do not change, own results appear after the next reload. */
const freshForMs = 5000;

/** Adds the routes under /api/atlas. */
export function addAtlasRoutes(app: Hono, { home, store, watch }: DashboardParts): void {
  let cached: { text: Promise<string>; atMs: number } | undefined;
  app.get("/api/atlas", async (context) => {
    const nowMs = watch.nowMs();
    if (cached === undefined || nowMs - cached.atMs > freshForMs)
      cached = { atMs: nowMs, text: atlasText({ home, store }) };
    const { text } = cached;
    // A failure is not cached: the next request tries again.
    text.catch(() => {
      cached = undefined;
    });
    return context.body(await text, 200, { "content-type": "application/json" });
  });
  app.get("/api/atlas/row", async (context) => {
    const { rowId } = rowQuery.parse(context.req.query());
    const { atlasRowDocument } = await import("../workflows/dashboard/serve-atlas.ts");
    return context.json(await atlasRowDocument({ home, store }, rowId));
  });
}

/** Loads the Parquet reader on the first request. */
async function atlasText(atlas: AtlasHome): Promise<string> {
  const { atlasDocument } = await import("../workflows/dashboard/serve-atlas.ts");
  return JSON.stringify(await atlasDocument(atlas));
}
