import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import type { DashboardParts } from "../dashboard-parts.ts";
import { eventStream, type StreamSource } from "./event-stream.ts";

/**
 * Answers a request with a stream of events.
 *
 * @throws UserError `too-many-streams`
 */
export function sendEvents(
  context: Context,
  parts: DashboardParts,
  source: StreamSource,
): Response {
  const release = parts.streams.take(getConnInfo(context).remote.address ?? "unknown");
  return new Response(eventStream(source, release), {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // Prevents proxies from buffering events.
      "x-accel-buffering": "no",
    },
  });
}
