import type { Hono } from "hono";
import { BoardEvents, boardStreamId } from "../events/board-events.ts";
import type { DashboardParts } from "../dashboard-parts.ts";
import { sendEvents } from "../events/send-events.ts";

/** Adds the routes of the list of runs, which the first page requests. */
export function addListRoutes(app: Hono, parts: DashboardParts): void {
  const { list } = parts;
  app.get("/api/runs", async (context) => {
    await list.refreshBoard();
    // The parts are JSON already.
    const text = `{"runs":${list.board.itemsText()},"streamId":${JSON.stringify(boardStreamId(list))}}`;
    return context.body(text, 200, { "content-type": "application/json" });
  });
  app.get("/api/runs/stream", (context) => {
    const since = context.req.header("last-event-id") ?? context.req.query("since");
    return sendEvents(context, parts, new BoardEvents(list, since));
  });
}
