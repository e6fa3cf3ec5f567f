import { gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { acceptsGzip, PackedDocument } from "./packed-document.ts";

describe("PackedDocument", () => {
  test("is compressed for clients that accept it, and not sent again to those that have it", async () => {
    const document = new PackedDocument(async () => ({ rows: [1, 2] }), { freshForMs: 1000 });
    const app = new Hono().get("/", (context) => document.answer(context, 0));
    const plain = await app.request("/");
    expect([await plain.text(), plain.headers.get("content-encoding")]).toEqual([
      '{"rows":[1,2]}',
      null,
    ]);
    const zipped = await app.request("/", { headers: { "accept-encoding": "gzip, br" } });
    expect(zipped.headers.get("content-encoding")).toBe("gzip");
    expect(gunzipSync(await zipped.arrayBuffer()).toString()).toBe('{"rows":[1,2]}');
    const etag = zipped.headers.get("etag") ?? "";
    const again = await app.request("/", { headers: { "if-none-match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  test("is computed again after its time, and after a failure", async () => {
    let count = 0;
    const compute = async (): Promise<number> => {
      count += 1;
      if (count === 1) throw new Error("disk");
      return count;
    };
    const document = new PackedDocument(compute, { freshForMs: 1000 });
    let nowMs = 0;
    const app = new Hono().get("/", (context) => document.answer(context, nowMs));
    const texts: string[] = [];
    for (nowMs of [0, 10, 900, 1011]) texts.push(await (await app.request("/")).text());
    expect(texts).toEqual(["Internal Server Error", "2", "2", "3"]);
  });
});

test.each([
  ["gzip", true],
  ["br, gzip;q=0.5", true],
  ["gzip;q=0", false],
  ["br", false],
  [undefined, false],
])("acceptsGzip(%j) is %j", (header, expected) => {
  expect(acceptsGzip(header)).toBe(expected);
});
