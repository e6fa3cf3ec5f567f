import type { Hono } from "hono";
import type { DashboardParts } from "../dashboard-parts.ts";
import { PackedDocument } from "../answers/packed-document.ts";

/** Shipped data does not change; imported rounds appear after the next reload. */
const freshForMs = 60_000;

/** Adds the route /api/plan. */
export function addPlanRoutes(app: Hono, { home, list }: DashboardParts): void {
  const plan = new PackedDocument(
    async () => {
      // Loads the Parquet reader on the first request.
      const { planDocument } = await import("../../workflows/dashboard/documents/serve-plan.ts");
      return planDocument(home);
    },
    { freshForMs },
  );
  app.get("/api/plan", (context) => plan.answer(context, list.nowMs()));
}
