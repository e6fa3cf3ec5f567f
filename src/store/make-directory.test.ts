import { existsSync } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeDirectory } from "./make-directory.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pitwall-make-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("creates a directory with its missing parents, once", async () => {
  const path = join(folder, "a/b/c");
  expect(await makeDirectory(path)).toBe("made");
  expect((await stat(path)).isDirectory()).toBe(true);
  expect(await makeDirectory(path)).toBe("existed");
});

test("several callers can create the same directory at the same time", async () => {
  const path = join(folder, "together/x/y");
  await Promise.all(Array.from({ length: 8 }, () => makeDirectory(path)));
  expect((await stat(path)).isDirectory()).toBe(true);
});

test("fails if a file has the same path", async () => {
  const path = join(folder, "file");
  await writeFile(path, "");
  await expect(makeDirectory(path)).rejects.toMatchObject({ code: "ENOTDIR" });
  await expect(makeDirectory(join(path, "below"))).rejects.toMatchObject({ code: "ENOTDIR" });
});

test("fails on a name that is too long", async () => {
  const path = join(folder, "n".repeat(300));
  await expect(makeDirectory(path)).rejects.toMatchObject({ code: "ENAMETOOLONG" });
});

const hasProc = existsSync("/proc/self");
test.skipIf(!hasProc)(
  "fails in /proc instead of retrying without end (skipped: no /proc)",
  async () => {
    await expect(makeDirectory("/proc/runs")).rejects.toMatchObject({ code: "ENOENT" });
  },
);
