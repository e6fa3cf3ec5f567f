import { Hono, type HonoRequest } from "hono";
import { matchPath } from "../foundation/text/match-path.ts";
import { UserError } from "../foundation/errors/user-error.ts";
import type { AboutDocument } from "../schema/dashboard/about.ts";
import { pagePatterns } from "../schema/dashboard/page-patterns.ts";
import type { DashboardParts } from "./dashboard-parts.ts";
import { guard, withSafetyHeaders } from "./safety/guard.ts";
import { refusalOf } from "./answers/api-error.ts";
import { addListRoutes } from "./routes/list-routes.ts";
import { acceptsGzip } from "./answers/packed-document.ts";
import { addGroup, routeGroups } from "./routes/route-groups.ts";
import type { StaticFile, StaticFiles } from "./answers/static-files.ts";

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Pitwall</title>
<h1>The dashboard pages are not built</h1>
<p>This installation of Pitwall has no <code>dist/web</code>. In a source checkout, run <code>npm run build</code>.
The data is available as JSON: <a href="/api/runs">/api/runs</a>.</p></html>
`;

/** Builds all routes of the dashboard server. */
export function dashboardApp(parts: DashboardParts): Hono {
  const app = new Hono();
  app.use(withSafetyHeaders());
  app.use(guard(parts.rules));
  app.get("/api/about", (context) => {
    const about: AboutDocument = {
      version: parts.version,
      home: parts.home,
      serverTimeMs: parts.list.nowMs(),
      isReadOnly: parts.isReadOnly,
    };
    return context.json(about);
  });
  addListRoutes(app, parts);
  for (const group of routeGroups)
    addGroup(app, group, parts, (grouped) => finishApi(grouped, parts));
  finishApi(app, parts);
  app.get("/*", ({ req }) => sendPage(parts.files, req));
  app.all("/*", () => {
    throw new UserError("method-not-allowed", "pages only support GET and HEAD");
  });
  return app;
}

/** Adds what answers requests below /api without a route, and errors. */
function finishApi(app: Hono, parts: DashboardParts): void {
  app.all("/api/*", (context) => {
    throw new UserError("unknown-route", `no route for ${context.req.method} with this path`, {
      hint: "docs/dashboard.md lists the routes",
    });
  });
  app.onError((error) => {
    const refusal = refusalOf(error);
    if (refusal === undefined) parts.onBug(error);
    const { status, body } = refusal ?? {
      status: 500,
      body: { error: { code: "bug", message: "internal error in Pitwall" } },
    };
    const headers = new Headers({ "content-type": "application/json" });
    if (status === 401) headers.set("www-authenticate", "Bearer");
    if (status === 503) headers.set("retry-after", "5");
    return new Response(JSON.stringify(body), { status, headers });
  });
}

/** Whether a browser navigates to this address, rather than loading it as part of a page. */
function isNavigation(request: HonoRequest): boolean {
  const mode = request.header("sec-fetch-mode");
  if (mode !== undefined) return mode === "navigate";
  return request.header("accept")?.includes("text/html") ?? false;
}

function isPagePath(path: string): boolean {
  const clean = path.replace(/\/+$/, "");
  return clean === "" || pagePatterns.some((pattern) => matchPath(pattern, clean) !== undefined);
}

/** Sends the one HTML document of all pages, with status 404 for an unknown address. */
function sendPage(files: StaticFiles, request: HonoRequest): Response {
  const { path } = request;
  const isPage = isPagePath(path);
  const form = { acceptsGzip: acceptsGzip(request.header("accept-encoding")) };
  const found = isPage ? undefined : files.read(path, form);
  if (found !== undefined) return fileResponse(found, 200, request);
  if (!isPage && !isNavigation(request)) throw new UserError("unknown-route", "file not found");
  const page = files.read("/index.html", form);
  if (page !== undefined) return fileResponse(page, isPage ? 200 : 404, request);
  return new Response(notBuilt, {
    status: 503,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}

function fileResponse(
  { bytes, isZipped, etag, mediaType, isImmutable }: StaticFile,
  status: number,
  request: HonoRequest,
): Response {
  const headers = new Headers({
    "cache-control": isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    etag,
  });
  if (status === 200 && request.header("if-none-match") === etag)
    return new Response(null, { status: 304, headers });
  headers.set("content-type", mediaType);
  if (isZipped) headers.set("content-encoding", "gzip");
  return new Response(bytes, { status, headers });
}
