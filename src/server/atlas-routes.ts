import type { Hono } from "hono";
import type { AtlasHome } from "../workflows/dashboard/serve-atlas.ts";
import type { DashboardParts } from "./dashboard-parts.ts";
import { rowQuestion } from "./questions.ts";

/** Published results stay as they are; one's own come in with the next look. */
const freshForMs = 5000;

/** Everything below /api/atlas. */
export function addAtlasRoutes(app: Hono, { home, store, watch }: DashboardParts): void {
  let made: { text: Promise<string>; atMs: number } | undefined;
  app.get("/api/atlas", async (context) => {
    const nowMs = watch.nowMs();
    if (made === undefined || nowMs - made.atMs > freshForMs)
      made = { atMs: nowMs, text: atlasText({ home, store }) };
    const { text } = made;
    // A failure is this request's; the next one tries again.
    text.catch(() => {
      made = undefined;
    });
    return context.body(await text, 200, { "content-type": "application/json" });
  });
  app.get("/api/atlas/row", async (context) => {
    const { rowId } = rowQuestion.parse(context.req.query());
    const { atlasRowDocument } = await import("../workflows/dashboard/serve-atlas.ts");
    return context.json(await atlasRowDocument({ home, store }, rowId));
  });
}

/** Reading Parquet is loaded by the first who asks for it. */
async function atlasText(atlas: AtlasHome): Promise<string> {
  const { atlasDocument } = await import("../workflows/dashboard/serve-atlas.ts");
  return JSON.stringify(await atlasDocument(atlas));
}
