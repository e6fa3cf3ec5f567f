import { expect, test } from "vitest";
import { excludedHosts, isExpired, type ExclusionEntry } from "./host-exclusion.ts";

const excluded = (host: string, excludedMs: number): ExclusionEntry => ({
  kind: "exclude",
  host,
  scope: "ssh",
  reason: "lost",
  by: "recovery",
  excludedMs,
  expiresMs: excludedMs + 100,
});

test("the newest entry of a host counts", () => {
  const list = excludedHosts([
    excluded("a", 1),
    excluded("b", 2),
    { kind: "allow", host: "a", scope: "ssh", allowedMs: 3 },
    { kind: "allow", host: "b", scope: "slurm", allowedMs: 4 },
    excluded("b", 5),
  ]);
  expect(list).toMatchObject([{ host: "b", excludedMs: 5 }]);
  expect(list.map((each) => isExpired(each, 104))).toEqual([false]);
  expect(list.map((each) => isExpired(each, 105))).toEqual([true]);
});
