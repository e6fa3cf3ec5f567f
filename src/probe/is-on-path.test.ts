import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isOnPath } from "./is-on-path.ts";

test("finds a program as the system does: executable, in a directory of PATH or at its own path", () => {
  const directory = mkdtempSync(join(tmpdir(), "pitwall-path-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const program = join(directory, "meter");
  const path = `/nowhere:${directory}`;
  expect(isOnPath("meter", path)).toBe(false);
  writeFileSync(program, "#!/bin/sh\n");
  chmodSync(program, 0o600);
  // Root may execute no file without an execute bit either.
  expect(isOnPath("meter", path)).toBe(false);
  chmodSync(program, 0o700);
  expect(isOnPath("meter", path)).toBe(true);
  expect(isOnPath(program, "")).toBe(true);
  expect(isOnPath("meter", "/nowhere")).toBe(false);
  expect(isOnPath("meter", `:/nowhere`)).toBe(false);
});
