import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  closed,
  guardedServer,
  makeHome,
  openSockets,
  rawRequest,
  startServer,
} from "./start-server.ts";

describe("a link that works once", () => {
  test.each([
    { path: "//evil/", answer: [303, "/"] },
    { path: "//evil.example", answer: [303, "/"] },
    { path: "/.//evil/", answer: [303, "/"] },
    { path: "/runs/..//evil", answer: [303, "/"] },
    { path: "/%5cevil", answer: [303, "/"] },
    // Not valid in HTTP.
    { path: "/\\evil", answer: [400, undefined] },
    { path: "/\\/evil/", answer: [400, undefined] },
    { path: "/\t/evil", answer: [400, undefined] },
    { path: "/runs/toy-1", answer: [303, "/runs/toy-1"] },
  ])("leads from $path only to this server", async ({ path, answer }) => {
    const { port, links } = await guardedServer();
    const code = new URL(links[0] ?? "").searchParams.get("token");
    const { status, head } = await rawRequest(port, { path: `${path}?token=${code}` });
    expect([status, /^location: (.*)$/im.exec(head)?.[1]?.trim()]).toEqual(answer);
  });
});

describe("a request with many headers", () => {
  test("is refused with 431 above 100 headers, also with a foreign Origin", async () => {
    const { port } = await guardedServer(false);
    const manyHeaders = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, "1"]));
    // Each request also has `host` and `connection`.
    const path = "/api/about";
    expect((await rawRequest(port, { path, headers: manyHeaders(98) })).status).toBe(200);
    expect((await rawRequest(port, { path, headers: manyHeaders(99) })).status).toBe(431);
    for (const count of [90, 98, 150, 1000]) {
      const headers = { ...manyHeaders(count), origin: "http://evil.example" };
      const { status, head } = await rawRequest(port, { path, headers });
      expect([count, status]).toEqual([count, count < 98 ? 403 : 431]);
      expect(head).toMatch(/x-content-type-options: nosniff/i);
    }
  });

  test("is refused with 431 above 16 KB", async () => {
    const { port } = await guardedServer(false);
    const headers = { "x-large": "x".repeat(17 * 1024) };
    expect((await rawRequest(port, { path: "/api/about", headers })).status).toBe(431);
  });
});

describe("half-open connections", () => {
  test("do not delay a request if there are 600 of them", async () => {
    const { port } = await guardedServer(false);
    const sockets = await openSockets(port, 600, "GET /api/about HTTP/1.1\r\nHost: x\r\n");
    const { status } = await rawRequest(port, { path: "/api/about" });
    expect(status).toBe(200);
    // Above the limit per address, the oldest are closed and the newest are still open.
    await closed(sockets.slice(0, 100));
    expect(sockets.at(-1)?.destroyed).toBe(false);
  });

  test("do not interrupt a stream", async () => {
    const { port } = await guardedServer(false);
    const [stream] = await openSockets(
      port,
      1,
      `GET /api/runs/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    );
    const started = new Promise((resolve) => stream?.once("data", resolve));
    await started;
    await openSockets(port, 500, "");
    const { status } = await rawRequest(port, { path: "/api/about" });
    expect([status, stream?.destroyed]).toEqual([200, false]);
  });
});

describe("an unknown page", () => {
  async function serverWithPage() {
    const home = makeHome();
    mkdirSync(join(home, "web"));
    writeFileSync(join(home, "web", "index.html"), "the page");
    return startServer(home);
  }
  const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

  test.each([
    { name: "a navigation", path: "/nowhere", headers: { "sec-fetch-mode": "navigate" } },
    { name: "a browser without fetch metadata", path: "/runs/a/b/c", headers: browser },
    { name: "a name that looks like a file", path: "/nowhere.html", headers: browser },
  ])("is answered with the page's document and 404 for $name", async ({ path, headers }) => {
    const { port } = await serverWithPage();
    const { status, head, body } = await rawRequest(port, { path, headers });
    expect([status, body]).toEqual([404, expect.stringContaining("the page")]);
    expect(head).toMatch(/content-type: text\/html/i);
  });

  test.each([
    { name: "a program", path: "/nowhere", headers: {} },
    { name: "a script of the page", path: "/nowhere.js", headers: { "sec-fetch-mode": "cors" } },
    { name: "a path of the API", path: "/api/nowhere", headers: browser },
  ])("is answered with JSON and 404 for $name", async ({ path, headers }) => {
    const { port } = await serverWithPage();
    const { status, body } = await rawRequest(port, { path, headers });
    expect([status, body]).toEqual([404, expect.stringContaining('"unknown-route"')]);
  });
});
