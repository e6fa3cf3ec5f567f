import type { Hono } from "hono";
import type { DashboardParts } from "../dashboard-parts.ts";
import { PackedDocument } from "../answers/packed-document.ts";
import { readQuery, referencesQuery, rowQuery } from "./queries.ts";

/** Published results do not change; own results appear after the next reload. */
const freshForMs = 5000;

/** Adds the routes of published results: those under /api/atlas, and /api/references. */
export function addAtlasRoutes(app: Hono, { home, store, list }: DashboardParts): void {
  const atlas = new PackedDocument(
    async () => {
      // Loads the Parquet reader on the first request.
      const { atlasDocument } = await import("../../workflows/dashboard/documents/serve-atlas.ts");
      return atlasDocument({ home, store });
    },
    { freshForMs },
  );
  app.get("/api/atlas", (context) => atlas.answer(context, list.nowMs()));
  app.get("/api/atlas/row", async (context) => {
    const { rowId } = readQuery(rowQuery, context);
    const { atlasRowDocument } = await import("../../workflows/dashboard/documents/serve-atlas.ts");
    return context.json(await atlasRowDocument({ home, store }, rowId));
  });
  app.get("/api/references", async (context) => {
    const query = readQuery(referencesQuery, context);
    const { referencesDocument } =
      await import("../../workflows/dashboard/documents/serve-references.ts");
    return context.json(await referencesDocument(query, store));
  });
}
