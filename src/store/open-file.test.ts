import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  fileKind,
  listDirectory,
  openFile,
  openFileSync,
  readText,
  refusalCode,
} from "./open-file.ts";

const execute = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pitwall-open-"));
  await writeFile(join(folder, "plain"), "text");
  await mkdir(join(folder, "directory"));
  await symlink("plain", join(folder, "link"));
  await symlink("/dev/zero", join(folder, "zero"));
  await symlink("loop", join(folder, "loop"));
  await symlink("gone", join(folder, "dangling"));
  await execute("mkfifo", [join(folder, "pipe")]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const refused = [
  ["pipe", { kind: "not-regular", found: "pipe" }, "pipe"],
  ["zero", { kind: "not-regular", found: "device" }, "device"],
  ["loop", { kind: "link-loop" }, "ELOOP"],
  ["dangling", { kind: "missing" }, "ENOENT"],
  ["directory", { kind: "not-regular", found: "directory" }, "EISDIR"],
  ["plain/below", { kind: "missing" }, "ENOENT"],
  ["n".repeat(300), { kind: "name-too-long" }, "ENAMETOOLONG"],
  ["nul\0byte", { kind: "missing" }, "ENOENT"],
] as const;

describe("openFile", () => {
  test.each(refused)("rejects `%s` immediately with the reason", async (name, refusal, code) => {
    const path = join(folder, name);
    expect(await openFile(path, { followsLinks: true })).toEqual(refusal);
    expect(openFileSync(path, { followsLinks: true })).toEqual(refusal);
    expect(await readText(path, { followsLinks: true })).toEqual(refusal);
    expect(refusalCode(refusal)).toBe(code);
  });

  test("follows a link to a regular file only if the caller allows it", async () => {
    const path = join(folder, "link");
    expect(await readText(path, { followsLinks: true })).toEqual({ kind: "read", text: "text" });
    const refusal = { kind: "not-regular", found: "link" };
    expect(await openFile(path, { followsLinks: false })).toEqual(refusal);
    expect(openFileSync(path, { followsLinks: false })).toEqual(refusal);
  });
});

test("listDirectory rejects a path that is not a directory", async () => {
  expect(await listDirectory(join(folder, "pipe"))).toEqual({ kind: "missing" });
  expect(await listDirectory(join(folder, "loop"))).toEqual({ kind: "link-loop" });
});

test("fileKind returns the file type without opening the file", async () => {
  expect(await fileKind(join(folder, "pipe"))).toBe("pipe");
  expect(await fileKind(join(folder, "link"))).toBe("file");
  expect(await fileKind(join(folder, "loop"))).toBe("missing");
});
