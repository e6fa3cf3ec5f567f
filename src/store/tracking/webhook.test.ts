import { createServer, type Server, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { webhookAt } from "./webhook.ts";

const received: string[] = [];
let server: Server;
let origin = "";

function answer(path: string | undefined, response: ServerResponse): void {
  if (path === "/redirects") response.writeHead(307, { location: "/accepts" });
  else response.writeHead(path === "/accepts" ? 204 : 500);
  response.end();
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push(`${request.method} ${request.url} ${body}`);
      answer(request.url, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});

afterAll(() => server.close());

describe("webhookAt", () => {
  test("posts JSON, and never follows a redirect", async () => {
    expect(await webhookAt(`${origin}/accepts`).post({ text: "done" })).toBeUndefined();
    expect(await webhookAt(`${origin}/redirects`).post({})).toContain("redirects");
    expect(await webhookAt(`${origin}/fails`).post({})).toBe("HTTP status 500");
    expect(received).toEqual([
      'POST /accepts {"text":"done"}',
      "POST /redirects {}",
      "POST /fails {}",
    ]);
  });

  test("shows the origin alone, because the path may hold a secret", () => {
    expect(webhookAt("https://hooks.example.com/services/T0/secret").origin).toBe(
      "https://hooks.example.com",
    );
  });

  test.each(["ftp://example.com", "file:///etc/passwd", "example.com", "https://a:b@example.com"])(
    "refuses %s without repeating it",
    (text) => {
      expect(() => webhookAt(text)).toThrow("invalid address for `--notify`");
    },
  );

  test("says why a server cannot be reached", async () => {
    expect(await webhookAt("http://127.0.0.1:1/").post({})).toBeTypeOf("string");
  });
});
