import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteScanner } from "./scan-bytes.ts";

const piece = fc.constantFrom(
  ":",
  "::",
  ":::ML",
  ":::M",
  "\n",
  "\r",
  "\r\n",
  "a",
  "\xba",
  "\x0f",
  "\x8a",
  "long enough ",
);
const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));

describe("ByteScanner", () => {
  test("finds each token and counts the lines before it, at any alignment", () => {
    fc.assert(
      fc.property(text, fc.nat(20), (log, padding) => {
        const bytes = new Uint8Array(Buffer.from(`${"y".repeat(padding)}${log}`, "latin1"));
        const scanner = new ByteScanner();
        scanner.take(bytes.subarray(padding));
        const found: [number, number][] = [];
        let at = scanner.nextToken(0);
        while (at >= 0) {
          found.push([at, scanner.lineEndCount]);
          at = scanner.nextToken(at + 5);
        }
        const expected = [...log.matchAll(/:::ML/g)].map(({ index }) => [
          index,
          linesIn(log.slice(0, index)),
        ]);
        expect([...found, [-1, scanner.lineEndCount]]).toEqual([...expected, [-1, linesIn(log)]]);
      }),
      { numRuns: 3000 },
    );
  });

  test("restarts the count for each piece", () => {
    const scanner = new ByteScanner();
    for (const log of ["a\nb\n", "c\r\nd", ""]) {
      scanner.take(new Uint8Array(Buffer.from(log)));
      expect([scanner.nextToken(0), scanner.lineEndCount]).toEqual([-1, linesIn(log)]);
    }
  });
});

function linesIn(text: string): number {
  return [...text.matchAll(/\r\n|\r|\n/g)].length;
}
