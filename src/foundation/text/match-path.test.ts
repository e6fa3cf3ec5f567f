import { describe, expect, test } from "vitest";
import { matchPath } from "./match-path.ts";

describe("matchPath", () => {
  test("returns the named parts, decoded", () => {
    expect(matchPath("/runs/:runId", "/runs/a%20b")).toEqual({ runId: "a b" });
  });

  test.each(["/runs", "/runs/", "/runs/a/b", "/atlas/a", "/runs/%E0%A4%A"])(
    "`%s` does not match",
    (path) => {
      expect(matchPath("/runs/:runId", path)).toBeUndefined();
    },
  );
});
