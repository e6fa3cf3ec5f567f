import { describe, expect, test } from "vitest";
import { addressOf, readPlace } from "./place.ts";

const atRoot = new URL("http://127.0.0.1:7700/");
const atBasePath = new URL("https://example.org/team/pitwall/");

describe("readPlace", () => {
  test.each([
    { name: "reads the root as the first page", address: "/", path: "/" },
    { name: "ignores a trailing slash", address: "/runs/", path: "/runs" },
    { name: "reads index.html as the first page", address: "/index.html", path: "/" },
    {
      name: "reads the query",
      address: "/runs?sort=cost",
      path: "/runs",
      query: { sort: "cost" },
    },
  ])("$name", ({ address, path, query = {} }) => {
    expect(readPlace(new URL(address, atRoot), atRoot, "path")).toEqual({ path, query });
  });

  test("removes a base path", () => {
    expect(readPlace(new URL("runs/a", atBasePath), atBasePath, "path").path).toBe("/runs/a");
  });

  test("reads only the hash of a static site's address", () => {
    const address = new URL("https://example.org/x/index.html#/atlas?benchmark=bert");
    expect(readPlace(address, atBasePath, "hash")).toEqual({
      path: "/atlas",
      query: { benchmark: "bert" },
    });
    expect(readPlace(atBasePath, atBasePath, "hash")).toEqual({ path: "/", query: {} });
  });
});

describe("addressOf", () => {
  test.each(["path", "hash"] as const)("an address written as a %s is read back", (kind) => {
    const place = { path: "/runs/a%20b", query: { find: "a&b=c #1", x: "wall" } };
    const address = new URL(addressOf(place, atBasePath, kind), atBasePath);
    expect(readPlace(address, atBasePath, kind)).toEqual(place);
  });

  test("omits empty query entries", () => {
    expect(addressOf({ path: "/runs", query: { find: "" } }, atRoot, "path")).toBe("/runs");
  });
});
