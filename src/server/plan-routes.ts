import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Hono } from "hono";
import type { DashboardParts } from "./dashboard-parts.ts";

/** The document is cached this long: shipped data does not change, imported rounds appear after the next reload. */
const freshForMs = 60_000;

interface PackedDocument {
  text: string;
  zipped: Uint8Array<ArrayBuffer>;
  etag: string;
}

/** Adds the route /api/plan, whose document browsers keep and validate by its hash. */
export function addPlanRoutes(app: Hono, { home, watch }: DashboardParts): void {
  let cached: { document: Promise<PackedDocument>; atMs: number } | undefined;
  app.get("/api/plan", async ({ req, body }) => {
    const nowMs = watch.nowMs();
    if (cached === undefined || nowMs - cached.atMs > freshForMs)
      cached = { atMs: nowMs, document: packedDocument(home) };
    const { document } = cached;
    // A failure is not cached: the next request tries again.
    document.catch(() => {
      cached = undefined;
    });
    const { text, zipped, etag } = await document;
    const headers = {
      "content-type": "application/json",
      "cache-control": "private, no-cache",
      vary: "accept-encoding",
      etag,
    };
    if (req.header("if-none-match") === etag) return body(null, 304, headers);
    const takesGzip = /\bgzip\b/u.test(req.header("accept-encoding") ?? "");
    return takesGzip
      ? body(zipped, 200, { ...headers, "content-encoding": "gzip" })
      : body(text, 200, headers);
  });
}

/** Loads the Parquet reader on the first request. */
async function packedDocument(home: string): Promise<PackedDocument> {
  const { planDocument } = await import("../workflows/dashboard/serve-plan.ts");
  const text = JSON.stringify(await planDocument(home));
  const zipped = new Uint8Array(await promisify(gzip)(text));
  const hash = createHash("sha256").update(text).digest("base64url").slice(0, 22);
  return { text, zipped, etag: `W/"${hash}"` };
}
