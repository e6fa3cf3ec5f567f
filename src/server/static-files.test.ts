import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { StaticFiles } from "./static-files.ts";

test("files that are requested together for the first time are all found", async () => {
  const root = mkdtempSync(join(tmpdir(), "pitwall-files-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const names = ["index.html", "a.css", "b.js"];
  for (const name of names) writeFileSync(join(root, name), name);
  const files = new StaticFiles(root);
  const found = await Promise.all(names.map((name) => files.read(`/${name}`)));
  expect(found.map((file) => Buffer.from(file?.bytes ?? []).toString())).toEqual(names);
});
