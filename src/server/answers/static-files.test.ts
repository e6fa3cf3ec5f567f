import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { StaticFiles } from "./static-files.ts";

test("files that are requested together for the first time are all found", () => {
  const root = mkdtempSync(join(tmpdir(), "pitwall-files-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const names = ["index.html", "a.css", "b.js"];
  for (const name of names) writeFileSync(join(root, name), name);
  const files = new StaticFiles(root);
  const found = names.map((name) => files.read(`/${name}`, { acceptsGzip: false }));
  expect(found.map((file) => Buffer.from(file?.bytes ?? []).toString())).toEqual(names);
});

test("a client that accepts gzip gets the compressed form, if one was built", () => {
  const root = mkdtempSync(join(tmpdir(), "pitwall-files-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const name of ["a.js", "a.js.gz", "b.js"]) writeFileSync(join(root, name), name);
  const files = new StaticFiles(root);
  const read = (path: string, acceptsGzip: boolean) => {
    const file = files.read(path, { acceptsGzip });
    return [Buffer.from(file?.bytes ?? []).toString(), file?.isZipped, file?.mediaType];
  };
  const script = "text/javascript; charset=utf-8";
  expect(read("/a.js", true)).toEqual(["a.js.gz", true, script]);
  expect(read("/a.js", false)).toEqual(["a.js", false, script]);
  expect(read("/b.js", true)).toEqual(["b.js", false, script]);
});
