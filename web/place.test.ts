import { describe, expect, test } from "vitest";
import { addressOf, readPlace } from "./place.ts";

const atRoot = new URL("http://127.0.0.1:7700/");
const below = new URL("https://example.org/team/pitwall/");

describe("readPlace", () => {
  test.each([
    { name: "the root is the first page", address: "/", path: "/" },
    { name: "a slash at the end changes nothing", address: "/runs/", path: "/runs" },
    { name: "the file's own name is the first page", address: "/index.html", path: "/" },
    {
      name: "a page keeps its state",
      address: "/runs?sort=cost",
      path: "/runs",
      query: { sort: "cost" },
    },
  ])("$name", ({ address, path, query = {} }) => {
    expect(readPlace(new URL(address, atRoot), atRoot, "path")).toEqual({ path, query });
  });

  test("a base below the root is not part of the place", () => {
    expect(readPlace(new URL("runs/a", below), below, "path").path).toBe("/runs/a");
  });

  test("behind the hash the file's own address does not matter", () => {
    const address = new URL("https://example.org/x/index.html#/atlas?benchmark=bert");
    expect(readPlace(address, below, "hash")).toEqual({
      path: "/atlas",
      query: { benchmark: "bert" },
    });
    expect(readPlace(below, below, "hash")).toEqual({ path: "/", query: {} });
  });
});

describe("addressOf", () => {
  test.each(["path", "hash"] as const)("what is written as a %s is read back", (kind) => {
    const place = { path: "/runs/a%20b", query: { find: "a&b=c #1", x: "wall" } };
    const address = new URL(addressOf(place, below, kind), below);
    expect(readPlace(address, below, kind)).toEqual(place);
  });

  test("empty state is left out", () => {
    expect(addressOf({ path: "/runs", query: { find: "" } }, atRoot, "path")).toBe("/runs");
  });
});
