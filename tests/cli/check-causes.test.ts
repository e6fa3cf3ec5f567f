import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { passing } from "../support/check-json.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

test("names why the lines of a log cannot be read, and how to repair the file", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "windows.txt"), `\ufeff${passing}`, "utf16le");
  writeFileSync(join(cwd, "token.txt"), passing.replaceAll(":::MLLOG", ":::MLL"), "latin1");
  const check = (name: string) => pitwall(["check", name, "--edition", "5.0"], { cwd });
  const [windows, token] = [await check("windows.txt"), await check("token.txt")];
  expect([windows.exitCode, token.exitCode]).toEqual([1, 1]);
  expect(windows.stdout).toContain("cause: the file is UTF-16 (little-endian)");
  expect(windows.stdout).toContain("`iconv -f UTF-16LE -t UTF-8 log.txt > converted.txt`");
  expect(token.stdout).toContain("cause: lines begin with `:::MLL` instead of `:::MLLOG`");
  expect(token.stdout).not.toContain("training-0.6");
  const shown = await pitwall(["log", "token.txt"], { cwd });
  expect(shown.stdout).toContain("cause: lines begin with `:::MLL` instead of `:::MLLOG`");
});
