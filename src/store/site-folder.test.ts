import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { siteMarker } from "../schema/site-marker.ts";
import { draftSite } from "./site-folder.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const marker = {
  kind: "pitwall-site" as const,
  schemaVersion: 1 as const,
  version: "1.2.3",
  exportedAt: "2026-01-02T03:04:05.000Z",
  resultCount: 1,
  ownCount: 0,
  bytes: 2,
};

async function writeSite(
  folder: string,
  files: Readonly<Record<string, string>>,
  { isForced = false } = {},
): Promise<void> {
  const draft = await draftSite(folder, { isForced });
  for (const [path, text] of Object.entries(files)) await draft.write(path, text);
  await draft.finish(marker);
}

function namesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
}

describe("draftSite", () => {
  test("creates the folder, and marks it with version and date", async () => {
    const folder = join(temporaryFolder(), "a", "b");
    await writeSite(folder, { "index.html": "page", "api/atlas.json": "{}" });
    expect(namesIn(folder)).toEqual(["api", "api/atlas.json", "index.html", "pitwall.json"]);
    const read = siteMarker.parse(JSON.parse(readFileSync(join(folder, "pitwall.json"), "utf8")));
    expect(read).toEqual({ ...marker, entries: ["api", "index.html"] });
  });

  test("removes an earlier export completely, and keeps other files", async () => {
    const folder = temporaryFolder();
    await writeSite(folder, { "index.html": "old", "api/rows/0.json": "0", "old.js": "" });
    writeFileSync(join(folder, "CNAME"), "example.org");
    await writeSite(folder, { "index.html": "new", "api/rows/1.json": "1" });
    expect(namesIn(folder)).toEqual([
      "CNAME",
      "api",
      "api/rows",
      "api/rows/1.json",
      "index.html",
      "pitwall.json",
    ]);
    expect(readFileSync(join(folder, "index.html"), "utf8")).toBe("new");
  });

  test.each([
    { name: "a user's files", file: "thesis.tex", text: "work" },
    { name: "a marker of something else", file: "pitwall.json", text: '{"kind":"other"}' },
    { name: "a marker that is not JSON", file: "pitwall.json", text: "{" },
    {
      name: "a marker that would have files outside removed",
      file: "pitwall.json",
      text: JSON.stringify({ ...marker, entries: ["../../precious"] }),
    },
  ])("rejects a folder with $name, and changes no file", async ({ file, text }) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, file), text);
    await expect(draftSite(folder, { isForced: false })).rejects.toMatchObject({
      code: "folder-not-ours",
    });
    expect(namesIn(folder)).toEqual([file]);
    expect(readFileSync(join(folder, file), "utf8")).toBe(text);
  });

  test("with force, writes into a folder with other files", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "thesis.tex"), "work");
    await writeSite(folder, { "index.html": "page" }, { isForced: true });
    expect(namesIn(folder)).toEqual(["index.html", "pitwall.json", "thesis.tex"]);
  });

  test("accepts and removes the remains of a killed export", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, ".pitwall-draft-4711", "api"), { recursive: true });
    await writeSite(folder, { "index.html": "page" });
    expect(namesIn(folder)).toEqual(["index.html", "pitwall.json"]);
  });

  test("leaves an earlier export unchanged if discarded", async () => {
    const folder = temporaryFolder();
    await writeSite(folder, { "index.html": "old" });
    const draft = await draftSite(folder, { isForced: false });
    await draft.write("index.html", "half");
    await draft.discard();
    expect(namesIn(folder)).toEqual(["index.html", "pitwall.json"]);
    expect(readFileSync(join(folder, "index.html"), "utf8")).toBe("old");
  });

  test("reports a file at the folder's path as a user error", async () => {
    const folder = join(temporaryFolder(), "file");
    writeFileSync(folder, "");
    await expect(draftSite(folder, { isForced: false })).rejects.toMatchObject({
      name: "UserError",
    });
  });

  test("counts copied pages, and renames or omits them as requested", async () => {
    const pages = temporaryFolder();
    mkdirSync(join(pages, "assets"));
    writeFileSync(join(pages, "assets", "main.js"), "12345");
    writeFileSync(join(pages, "static.html"), "123");
    writeFileSync(join(pages, "index.html"), "live");
    const folder = temporaryFolder();
    const draft = await draftSite(folder, { isForced: false });
    const names: Readonly<Record<string, string>> = {
      assets: "assets",
      "static.html": "index.html",
    };
    expect(await draft.copyFolder(pages, (name) => names[name])).toBe(8);
    await draft.finish(marker);
    expect(readFileSync(join(folder, "index.html"), "utf8")).toBe("123");
  });
});
