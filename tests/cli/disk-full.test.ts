import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { pitwall } from "../support/pitwall.ts";

const execute = promisify(execFile);

/** A file system of 256 KB; undefined where this user may not mount one. */
async function mountTinyDisk(): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-disk-"));
  try {
    await execute("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]);
    return folder;
  } catch {
    // Only root may mount; the tests below print that they are skipped.
    rmdirSync(folder);
    return undefined;
  }
}

const disk = await mountTinyDisk();
afterAll(async () => {
  if (disk === undefined) return;
  await execute("umount", [disk]);
  rmdirSync(disk);
});

describe.skipIf(disk === undefined)("a full disk (skipped: cannot mount a tmpfs)", () => {
  const home = join(disk ?? "", "home");

  test("ends a run with exit code 3, and the record does not claim to know why it ended", async () => {
    const program = ["sh", "-c", "yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | head -c 2000000"];
    const ran = await pitwall(["run", "--home", home, "--", ...program]);
    expect(ran).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("error[disk-full]") });
    const { stdout } = await pitwall(["show", "last", "--home", home]);
    expect(stdout).toContain("it was killed, or the disk was full");
  });

  test("leaves no token file", async () => {
    const served = await pitwall(["serve", "--token", "--port", "0", "--home", home]);
    expect(served.exitCode).toBe(3);
    expect(served.stderr).toContain("cannot write the access token: the disk is full");
    expect(readdirSync(home).filter((name) => name.includes("token"))).toEqual([]);
  });
});

describe.skipIf(disk === undefined)("a read-only disk (skipped: cannot mount a tmpfs)", () => {
  test("is named as the reason, not a removed record", async () => {
    await execute("mount", ["-o", "remount,ro", disk ?? ""]);
    const ran = await pitwall(["run", "--home", join(disk ?? "", "new"), "--", "true"]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain("error[home-not-writable]");
    expect(ran.stderr).toContain("the file system is read-only");
  });
});
