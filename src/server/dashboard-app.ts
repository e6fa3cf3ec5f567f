import { Hono } from "hono";
import { UserError } from "../foundation/user-error.ts";
import type { AboutDocument } from "../schema/dashboard/about.ts";
import type { DashboardParts } from "./dashboard-parts.ts";
import { guard, withSafetyHeaders } from "./guard.ts";
import { refusalOf } from "./api-error.ts";
import { addAtlasRoutes } from "./atlas-routes.ts";
import { addRunRoutes } from "./run-routes.ts";
import type { StaticFiles } from "./static-files.ts";

/** Paths that the pages themselves read: the one page is sent for all of them. */
const pagePaths = /^\/(?:|(?:runs|atlas|compare)(?:\/[^/]*)?)$/;

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Pitwall</title>
<h1>The dashboard's pages are not built</h1>
<p>This copy of Pitwall has no <code>dist/web</code>. In its sources: <code>npm run build</code>.
What the pages would show is served all the same, as JSON: <a href="/api/runs">/api/runs</a>.</p></html>
`;

/** All that the dashboard's server answers. */
export function dashboardApp(parts: DashboardParts): Hono {
  const app = new Hono();
  app.use(withSafetyHeaders());
  app.use(guard(parts.rules));
  app.get("/api/about", (context) => {
    const about: AboutDocument = {
      version: parts.version,
      home: parts.home,
      serverTimeMs: parts.watch.nowMs(),
      isReadOnly: parts.isReadOnly,
    };
    return context.json(about);
  });
  addRunRoutes(app, parts);
  addAtlasRoutes(app, parts);
  app.all("/api/*", (context) => {
    throw new UserError("unknown-route", `there is no ${context.req.method} of that path`, {
      hint: "docs/dashboard.md lists what there is",
    });
  });
  app.get("/*", (context) => sendPage(parts.files, context.req.path));
  app.all("/*", () => {
    throw new UserError("method-not-allowed", "pages can only be read");
  });
  app.onError((error) => {
    const refusal = refusalOf(error);
    if (refusal === undefined) parts.onBug(error);
    const { status, body } = refusal ?? {
      status: 500,
      body: { error: { code: "bug", message: "Pitwall failed where it should not have" } },
    };
    const headers = new Headers({ "content-type": "application/json" });
    if (status === 401) headers.set("www-authenticate", "Bearer");
    if (status === 503) headers.set("retry-after", "5");
    return new Response(JSON.stringify(body), { status, headers });
  });
  return app;
}

async function sendPage(files: StaticFiles, path: string): Promise<Response> {
  const isPage = pagePaths.test(path);
  const found = await files.read(isPage ? "/index.html" : path);
  if (found !== undefined) {
    const { bytes, mediaType, isForever } = found;
    const cacheControl = isForever ? "public, max-age=31536000, immutable" : "no-cache";
    return new Response(bytes, {
      headers: { "content-type": mediaType, "cache-control": cacheControl },
    });
  }
  if (!isPage) throw new UserError("unknown-route", "there is no such file");
  return new Response(notBuilt, {
    status: 503,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}
