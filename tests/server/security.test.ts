import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { runDetail } from "../../src/schema/dashboard/run-detail.ts";
import { routeGroups } from "../../src/server/routes/route-groups.ts";
import { StreamLimit } from "../../src/server/events/event-stream.ts";
import { dashboardApp } from "../../src/server/dashboard-app.ts";
import { StaticFiles } from "../../src/server/answers/static-files.ts";
import { diskRunStore } from "../../src/store/records/disk-run-store.ts";
import { BoardWatch } from "../../src/workflows/dashboard/list/watch-board.ts";
import { RunWatch } from "../../src/workflows/dashboard/opened/watch-runs.ts";
import { guardedServer, makeHome, rawRequest, startRecord, startServer } from "./start-server.ts";

interface Route {
  method: string;
  path: string;
}

/** All registered routes of the application with a run id, so that new routes are tested automatically. */
async function registeredRoutes(runId: string): Promise<Route[]> {
  const home = "/nowhere";
  const store = diskRunStore(home);
  const powerEstimate = {
    idleWattsPerCore: 1,
    busyWattsPerCore: 1,
    memoryWattsPerGigabyte: 1,
    source: "",
    checkedOn: "",
    status: "",
  };
  const limits = { usableCoreCount: 1, usableMemoryBytes: 1 };
  const world = { store, nowMs: () => 0, energyBasis: async () => ({ limits, powerEstimate }) };
  const list = new BoardWatch(home, world);
  const parts = {
    version: "",
    home,
    isReadOnly: false,
    store,
    list,
    runs: async () => new RunWatch(home, world, { list, mayChange: true }),
    files: new StaticFiles(home),
    streams: new StreamLimit({ max: 1, maxPerClient: 1 }),
    rules: { allowedHosts: new Set<string>(), admission: undefined, onLinkUsed: () => undefined },
    onBug: () => undefined,
  };
  const grouped = new Hono();
  for (const { load } of routeGroups) {
    const addRoutes = await load();
    await addRoutes(grouped, parts);
  }
  const routes = [...dashboardApp(parts).routes, ...grouped.routes].map(({ method, path }) => ({
    method: method === "ALL" ? "GET" : method,
    path: path
      .replace(":id", runId)
      .replace("*", "anything")
      .replace("/series", "/series?names=loss"),
  }));
  return [...new Map(routes.map((route) => [`${route.method} ${route.path}`, route])).values()];
}

const runId = "toy-1";
const routes = await registeredRoutes(runId);
/** Responses of the guard; any other response means that it accepted the request. */
const refusals = new Set([401, 403]);

describe("every route", () => {
  test("is in the table", () => {
    expect(routes.length).toBeGreaterThanOrEqual(25);
    expect(routes).toContainEqual({ method: "POST", path: `/api/runs/${runId}/stop` });
  });

  test("returns 401 and no run data without a valid token", async () => {
    const { port, token } = await guardedServer();
    const wrong = `${token.startsWith("A") ? "B" : "A"}${token.slice(1)}`;
    const tries = [
      {},
      { authorization: `Bearer ${wrong}` },
      { authorization: `Bearer ${token}x` },
      { authorization: token },
      { authorization: "Bearer " },
      { cookie: `pitwall_session=${token}` },
    ];
    for (const route of routes) {
      for (const headers of tries) {
        const { status, body } = await rawRequest(port, { ...route, headers });
        expect([route, headers, status]).toEqual([route, headers, 401]);
        expect(body).not.toContain(runId);
      }
    }
  });

  test("accepts requests with the token", async () => {
    const { port, token, bugs } = await guardedServer();
    const headers = { authorization: `Bearer ${token}` };
    for (const route of routes) {
      const { status } = await rawRequest(port, { ...route, headers });
      expect([route, refusals.has(status)]).toEqual([route, false]);
    }
    expect(bugs).toEqual([]);
  });

  test("returns 403 for a foreign Host, with and without the token", async () => {
    const { port, token } = await guardedServer();
    const hosts = [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1",
      `127.0.0.1:${port + 1}`,
      "",
    ];
    for (const route of routes) {
      for (const host of hosts) {
        const headers = { host, authorization: `Bearer ${token}` };
        const { status } = await rawRequest(port, { ...route, headers });
        // An empty host is invalid in HTTP.
        expect([route, host, status]).toEqual([route, host, host === "" ? 400 : 403]);
      }
    }
  });

  test("returns 403 for a foreign Origin", async () => {
    const { port } = await guardedServer(false);
    const foreign = [
      { origin: "http://evil.example" },
      { origin: "null" },
      { origin: `http://127.0.0.1:${port + 1}` },
      { origin: `http://127.0.0.1:${port}.evil.example` },
      { origin: `http://evil.example@127.0.0.1:${port}` },
    ];
    for (const route of routes) {
      for (const headers of foreign) {
        const { status } = await rawRequest(port, { ...route, headers });
        expect([route, headers, status]).toEqual([route, headers, 403]);
      }
    }
  });

  test("under /api returns 403 for requests that a browser marks as cross-site", async () => {
    const { port } = await guardedServer(false);
    for (const route of routes.filter(({ path }) => path.startsWith("/api/"))) {
      for (const site of ["cross-site", "same-site"]) {
        const headers = { "sec-fetch-site": site };
        const { status } = await rawRequest(port, { ...route, headers });
        expect([route, site, status]).toEqual([route, site, 403]);
      }
    }
  });

  test("changes labels only for JSON of this origin, and not if it is read-only", async () => {
    const { url, home } = await guardedServer(false);
    const path = `${url}api/runs/${runId}/labels`;
    const body = JSON.stringify({ tags: ["lr=0.1"], isArchived: true });
    const json = { "content-type": "application/json" };
    const send = (headers: Record<string, string>, text = body): Promise<Response> =>
      fetch(path, { method: "POST", headers, body: text });
    expect((await send({ "content-type": "text/plain" })).status).toBe(400);
    expect((await send({ ...json, origin: "http://evil.example" })).status).toBe(403);
    expect((await send(json, "{")).status).toBe(400);
    expect((await send(json, '{"command":["rm"]}')).status).toBe(400);
    expect((await send(json, '{"tags":["=x"]}')).status).toBe(400);
    const read = await startServer(home, { isReadOnly: true });
    const refused = await fetch(`${read.url}api/runs/${runId}/labels`, {
      method: "POST",
      headers: json,
      body,
    });
    expect(refused.status).toBe(403);
    const labelsOf = async (): Promise<unknown> =>
      runDetail.parse(await (await fetch(`${url}api/runs/${runId}`)).json()).request.labels;
    expect(await labelsOf()).toBeUndefined();
    expect(await (await send(json)).json()).toEqual({
      runId,
      labels: { tags: { lr: "0.1" }, isArchived: true },
    });
    // The page shows the change at once.
    expect(await labelsOf()).toEqual({ tags: { lr: "0.1" }, isArchived: true });
    expect(await (await fetch(`${url}api/runs`)).json()).toMatchObject({
      runs: [{ runId, tags: ["lr=0.1"], isArchived: true }],
    });
  });

  test("does not append labels to a link", async () => {
    const { url, home } = await guardedServer(false);
    const secret = join(home, "secret.txt");
    writeFileSync(secret, "secret\n");
    symlinkSync(secret, join(home, "runs", runId, "labels.jsonl"));
    const response = await fetch(`${url}api/runs/${runId}/labels`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"isArchived":true}',
    });
    expect(response.ok).toBe(false);
    expect(readFileSync(secret, "utf8")).toBe("secret\n");
  });

  test("has the security headers, also for errors", async () => {
    const { port } = await guardedServer(false);
    for (const route of routes) {
      const { head } = await rawRequest(port, route);
      expect(head).toMatch(/content-security-policy: default-src 'self'/i);
      expect(head).toMatch(/x-content-type-options: nosniff/i);
      expect(head).toMatch(/referrer-policy: no-referrer/i);
    }
  });
});

describe("a state-changing request", () => {
  const stop = { method: "POST", path: `/api/runs/${runId}/stop` };

  test("is refused for a foreign Origin with any content type", async () => {
    const { port } = await guardedServer(false);
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
      const headers = { origin: "http://evil.example", "content-type": type };
      expect((await rawRequest(port, { ...stop, headers })).status).toBe(403);
    }
    const typed = { "sec-fetch-site": "none" };
    expect((await rawRequest(port, { ...stop, headers: typed })).status).toBe(403);
  });

  test("is accepted from the dashboard's own pages and from programs", async () => {
    const { port } = await guardedServer(false);
    const own = { origin: `http://127.0.0.1:${port}`, "sec-fetch-site": "same-origin" };
    for (const headers of [own, {}]) {
      const { status, body } = await rawRequest(port, { ...stop, headers });
      expect([status, body]).toEqual([409, expect.stringContaining("run-elsewhere")]);
    }
  });

  test("is refused with `--read-only`", async () => {
    const home = makeHome();
    await startRecord(home, runId);
    const { port } = await startServer(home, { isReadOnly: true });
    const { status, body } = await rawRequest(port, stop);
    expect([status, body]).toEqual([403, expect.stringContaining("read-only")]);
  });

  test("is refused with a large body or one of unknown length", async () => {
    const { port } = await guardedServer(false);
    const large = { "content-length": String(65 * 1024) };
    expect((await rawRequest(port, { ...stop, headers: large })).status).toBe(413);
    const chunked = { "transfer-encoding": "chunked" };
    expect((await rawRequest(port, { ...stop, headers: chunked })).status).toBe(413);
  });
});

describe("the token", () => {
  test("is 256 bits in a file that only its owner can read, and does not change", async () => {
    const { home, token } = await guardedServer();
    expect(Buffer.from(token, "base64url").length).toBe(32);
    expect(statSync(join(home, "server-token")).mode & 0o777).toBe(0o600);
    await startServer(home, { needsToken: true });
    expect(readFileSync(join(home, "server-token"), "utf8").trim()).toBe(token);
  });

  test("is refused if others can read the file", async () => {
    const home = makeHome();
    await startServer(home, { needsToken: true });
    chmodSync(join(home, "server-token"), 0o644);
    await expect(startServer(home, { needsToken: true })).rejects.toMatchObject({
      code: "token-file-open",
    });
  });

  test("is replaced if the file is empty, and refused if the file is invalid", async () => {
    const home = makeHome();
    writeFileSync(join(home, "server-token"), "");
    await startServer(home, { needsToken: true });
    expect(statSync(join(home, "server-token")).mode & 0o777).toBe(0o600);
    const token = readFileSync(join(home, "server-token"), "utf8").trim();
    expect(Buffer.from(token, "base64url").length).toBe(32);
    writeFileSync(join(home, "server-token"), "not a token");
    await expect(startServer(home, { needsToken: true })).rejects.toMatchObject({
      code: "token-file-invalid",
    });
  });

  test("is required on all addresses except loopback", async () => {
    const open = await startServer(makeHome(), { host: "0.0.0.0" });
    const everywhere = await rawRequest(open.port, { path: "/api/about" });
    expect([open.tokenPath !== undefined, everywhere.status]).toEqual([true, 401]);
    const local = await startServer(makeHome());
    expect([local.tokenPath, local.links]).toEqual([undefined, []]);
  });

  test("is exchanged once by link for an HttpOnly cookie and removed from the address", async () => {
    const { port, links, token } = await guardedServer();
    const [link = ""] = links;
    const path = link.slice(link.indexOf("/", "http://".length));
    const first = await rawRequest(port, { path });
    expect(first.status).toBe(303);
    expect(first.head).toMatch(/^location: \/$/im);
    expect(first.head).toMatch(/set-cookie: [^\r]*HttpOnly; SameSite=Strict/i);
    expect(first.head).not.toContain(token);
    const cookie = /set-cookie: (pitwall_session=[^;]+)/i.exec(first.head)?.[1];
    expect((await rawRequest(port, { path: "/api/about", headers: { cookie } })).status).toBe(200);
    expect((await rawRequest(port, { path })).status).toBe(401);
    expect(links.length).toBe(2);
  });

  test("is not accepted as the code of a link", async () => {
    const { port, token } = await guardedServer();
    expect((await rawRequest(port, { path: `/?token=${token}` })).status).toBe(401);
  });
});

describe("a host name", () => {
  test("that is allowed is accepted with and without the port", async () => {
    const server = await startServer(makeHome(), { allowHosts: ["pit.example"] });
    for (const host of ["pit.example", `PIT.example:${server.port}`, `localhost:${server.port}`]) {
      const { status } = await rawRequest(server.port, { path: "/api/about", headers: { host } });
      expect([host, status]).toEqual([host, 200]);
    }
  });
});

const secret = "not for the network";
const traversals = [
  "../secret.txt",
  "../../secret.txt",
  "..%2fsecret.txt",
  "..%2Fsecret.txt",
  "%2e%2e/secret.txt",
  "%2e%2e%2fsecret.txt",
  "%252e%252e%252fsecret.txt",
  "..%252fsecret.txt",
  "..\\secret.txt",
  "..%5csecret.txt",
  "..%5Csecret.txt",
  "%c0%ae%c0%ae/secret.txt",
  "%c0%ae%c0%ae%c0%afsecret.txt",
  "..%c0%afsecret.txt",
  "..%u2215secret.txt",
  "....//secret.txt",
  "..;/secret.txt",
  "./.././secret.txt",
  "/secret.txt",
  "..%00/secret.txt",
  "secret.txt%00.html",
  "C:/secret.txt",
  "file:///secret.txt",
  "..#/secret.txt",
  "assets/../../secret.txt",
  "link.txt",
  "linked/secret.txt",
];

describe("a path outside of the served folder", () => {
  async function serverBesideSecret() {
    const home = makeHome();
    const web = join(home, "web");
    mkdirSync(join(web, "assets"), { recursive: true });
    writeFileSync(join(web, "index.html"), "the page");
    writeFileSync(join(home, "secret.txt"), secret);
    mkdirSync(join(home, "outside"));
    writeFileSync(join(home, "outside", "secret.txt"), secret);
    symlinkSync(join(home, "secret.txt"), join(web, "link.txt"));
    symlinkSync(join(home, "outside"), join(web, "linked"));
    writeFileSync(join(home, "server.txt"), secret);
    return startServer(home);
  }

  test.each(traversals)("%s is not followed", async (path) => {
    const { port, home } = await serverBesideSecret();
    const paths = [
      `/${path}`,
      `/assets/${path}`,
      `//${path}`,
      `/api/runs/${path}`,
      `/api/runs/${path}/log`,
      `/api/runs/${path}/record`,
      path,
      `${home}/${path}`,
      `http://127.0.0.1:${port}/${path}`,
      `/api/atlas/row?rowId=${path}`,
    ];
    for (const asked of paths) {
      const { body, status } = await rawRequest(port, { path: asked });
      expect([asked, body.includes(secret)]).toEqual([asked, false]);
      expect([asked, status === 500]).toEqual([asked, false]);
    }
  });

  test("serves the pages at their routes", async () => {
    const { port } = await serverBesideSecret();
    for (const path of ["/", "/index.html", "/runs", `/runs/${runId}`, "/atlas", "/compare"])
      expect((await rawRequest(port, { path })).body).toContain("the page");
    expect((await rawRequest(port, { path: "/nothing.js" })).status).toBe(404);
  });

  test("returns 503 if the pages are not built", async () => {
    const { port } = await startServer(makeHome());
    const { status, body } = await rawRequest(port, { path: "/runs" });
    expect([status, body]).toEqual([503, expect.stringContaining("not built")]);
  });
});
