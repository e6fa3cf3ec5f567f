import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bin } from "../support/pitwall.ts";

const scratch = mkdtempSync(join(tmpdir(), "pitwall-homes-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const file = join(scratch, "file");
writeFileSync(file, "");

/** Exit code and the code of the error; a command that hangs is killed and has no exit code. */
function outcomeOf(...words: string[]): { status: number | null; error: string | undefined } {
  const { status, stderr } = spawnSync(process.execPath, [bin, ...words], {
    cwd: scratch,
    encoding: "utf8",
    timeout: 30_000,
    killSignal: "SIGKILL",
  });
  return { status, error: /^error\[([^\]]+)\]/mu.exec(stderr)?.[1] };
}

const homes = [
  { name: "a file", home: file, run: "home-not-a-directory", list: "home-not-a-directory" },
  {
    name: "below a file",
    home: join(file, "below"),
    run: "home-not-a-directory",
    list: undefined,
  },
  {
    name: "a device",
    home: "/dev/null",
    run: "home-not-a-directory",
    list: "home-not-a-directory",
  },
  {
    name: "a name that is too long",
    home: join(scratch, "n".repeat(300)),
    run: "home-path-invalid",
    list: "file-unreadable",
  },
];

describe("a home that cannot be used", () => {
  test.each(homes)("$name gives a clear error", ({ home, run, list }) => {
    expect(outcomeOf("run", "--home", home, "--", "true")).toEqual({ status: 2, error: run });
    expect(outcomeOf("runs", "--home", home)).toMatchObject({ error: list });
  });

  const hasProc = existsSync("/proc/self/fd");
  test.skipIf(!hasProc)("in /proc is refused at once (skipped: no /proc)", () => {
    const outcome = outcomeOf("run", "--home", "/proc", "--", "true");
    expect(outcome).toEqual({ status: 3, error: "directory-missing" });
  });
});
