import { describe, expect, test } from "vitest";
import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import { findSlowLinks, type SeenLink } from "./find-slow-links.ts";

type Given = readonly [from: string, to: string, roundTripMs: number, sent: number, resent: number];

/** Three samples of each direction, counts rising to those given. */
function seen(links: readonly Given[]): SeenLink[] {
  return links.flatMap(([from, to, roundTripMs, sent, resent]) =>
    [1, 2, 3].map((part) => ({
      timeMs: part * 1000,
      from,
      to,
      connectMs: roundTripMs * (1 + part / 100),
      sentSegments: Math.round((sent * part) / 3),
      resentSegments: Math.round((resent * part) / 3),
    })),
  );
}

describe("findSlowLinks", () => {
  test.each<{ name: string; links: readonly Given[]; expected: Partial<Cause>[] }>([
    {
      name: "names the host whose links all lose segments, with the delay beside that of the others",
      links: [
        ["a", "b", 21, 3000, 60],
        ["b", "c", 22, 3000, 55],
        ["c", "a", 0.2, 3000, 0],
      ],
      expected: [{ hosts: ["b"], resentFraction: 115 / 6000 }],
    },
    {
      name: "names a host that is only far behind the others",
      links: [
        ["a", "b", 30, 3000, 0],
        ["b", "c", 31, 3000, 0],
        ["c", "d", 0.2, 3000, 0],
        ["d", "a", 0.3, 3000, 0],
      ],
      expected: [{ hosts: ["b"], likelihood: 0.6 }],
    },
    {
      name: "names both hosts of a single lossy link",
      links: [["a", "b", 0.3, 2000, 40]],
      expected: [{ hosts: ["a", "b"] }],
    },
    {
      name: "takes long round trips between all hosts for their distance",
      links: [
        ["a", "b", 40, 3000, 0],
        ["b", "c", 42, 3000, 0],
        ["c", "a", 38, 3000, 0],
      ],
      expected: [],
    },
    {
      name: "takes two sites for that",
      links: [
        ["a", "b", 0.2, 3000, 0],
        ["b", "c", 30, 3000, 0],
        ["c", "d", 0.2, 3000, 0],
        ["d", "a", 30, 3000, 0],
      ],
      expected: [],
    },
    {
      name: "says nothing about a few segments that were sent again",
      links: [["a", "b", 0.3, 300, 5]],
      expected: [],
    },
    {
      name: "says nothing about single resent segments of many",
      links: [["a", "b", 0.3, 100_000, 60]],
      expected: [],
    },
  ])("$name", ({ links, expected }) => {
    expect(findSlowLinks(seen(links))).toMatchObject(expected);
    expect(findSlowLinks(seen(links))).toHaveLength(expected.length);
  });

  test("one slow ping is no slow link", () => {
    const links = seen([
      ["a", "b", 0.2, 3000, 0],
      ["b", "c", 0.2, 3000, 0],
      ["c", "a", 0.2, 3000, 0],
    ]);
    const [first] = links;
    if (first !== undefined) first.connectMs = 1003;
    expect(findSlowLinks(links)).toEqual([]);
  });
});
