import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseProcessStat } from "./process-stat.ts";

const rest = "4201 4202 4203 0 -1 4194560 97 0 0 0 1 2 3 4 20 0 1 0 987654 2936832 214";

describe("parseProcessStat", () => {
  test.each([
    { name: "reads a plain name", comm: "python3" },
    { name: "reads a name with spaces and parentheses", comm: "tmux: client (x) S 1" },
    { name: "reads a name with a line break", comm: "a\nb" },
    { name: "reads an empty name", comm: "" },
  ])("$name", ({ comm }) => {
    expect(parseProcessStat(`77 (${comm}) S ${rest}\n`)).toEqual({
      pid: 77,
      state: "S",
      parentPid: 4201,
      groupId: 4202,
      sessionId: 4203,
      startedTicks: 987654,
    });
  });

  test.each(["", "77", "77 (sh", "77 (sh) S", "77 (sh) S 1 2 3", ") S 1 2 3", "x (sh) S 1 2 3"])(
    "finds no process in %j",
    (text) => {
      expect(parseProcessStat(text)).toBeUndefined();
    },
  );

  test.skipIf(process.platform !== "linux")("reads this process (needs /proc)", () => {
    const stat = parseProcessStat(readFileSync("/proc/self/stat", "utf8"));
    expect(stat).toMatchObject({ pid: process.pid, parentPid: process.ppid });
  });
});
