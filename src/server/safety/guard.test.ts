import { expect, test } from "vitest";
import { ownPath } from "./guard.ts";

test.each([
  { path: "/", expected: "/" },
  { path: "/runs/toy-1", expected: "/runs/toy-1" },
  { path: "//evil/", expected: "/" },
  { path: "///evil/", expected: "/" },
  { path: "/\\evil", expected: "/" },
  { path: "\\\\evil", expected: "/" },
  { path: "/\t/evil", expected: "/" },
  { path: "/.//evil", expected: "/evil" },
  { path: "/./\\evil", expected: "/evil" },
  { path: "/..//evil", expected: "/evil" },
  { path: "http://evil/x", expected: "/" },
  { path: "javascript:alert(1)", expected: "/" },
  { path: "http://[", expected: "/" },
])("a redirect for $path goes to $expected", ({ path, expected }) => {
  expect(ownPath(path)).toBe(expected);
});
