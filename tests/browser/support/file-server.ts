import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { onTestFinished } from "vitest";

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

/** Starts a web server that only serves files: no routes and no fallback. */
export async function serveFiles(root: string): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://files");
    const path = join(root, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    readFile(path).then(
      (bytes) => {
        response.writeHead(200, { "content-type": mediaTypes[extname(path)] ?? "text/plain" });
        response.end(bytes);
      },
      () => {
        response.writeHead(404);
        response.end("not found");
      },
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return `http://127.0.0.1:${address.port}`;
}
