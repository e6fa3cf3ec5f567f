import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LogEvent } from "../../schema/logs/log-event.ts";
import { beforeFirstLine, KnownLines } from "./known-lines.ts";

function textOf(line: string, padding = 0) {
  const bytes = new Uint8Array(Buffer.from(`${"x".repeat(padding)}${line}\n`, "latin1"));
  const view = new DataView(bytes.buffer);
  return { bytes, view, start: padding, end: padding + line.length };
}

function eventOf(key: string, value = ""): LogEvent {
  return { timeMs: 1, namespace: "", eventType: "POINT_IN_TIME", key, value, metadata: {} };
}

describe("KnownLines", () => {
  test("recognizes a line only if every byte and the length match", () => {
    const line = fc.string({
      unit: fc.constantFrom("a", "b", "\xe9", " "),
      minLength: 4,
      maxLength: 330,
    });
    const changed = fc.tuple(line, fc.nat(329), fc.nat(7));
    fc.assert(
      fc.property(changed, ([kept, place, padding]) => {
        const lines = new KnownLines();
        lines.keep(beforeFirstLine, textOf(kept), eventOf("k"));
        const at = place % kept.length;
        const other = `${kept.slice(0, at)}${kept[at] === "a" ? "b" : "a"}${kept.slice(at + 1)}`;
        const recalls = (text: string) =>
          lines.recall(beforeFirstLine, textOf(text, padding), padding) >= 0;
        expect([
          recalls(kept),
          recalls(other),
          recalls(`${kept}a`),
          recalls(kept.slice(0, -1)),
        ]).toEqual([kept.length <= 320, false, false, false]);
      }),
      { numRuns: 400 },
    );
  });

  test("expects the line that followed last time", () => {
    const lines = new KnownLines();
    let before = beforeFirstLine;
    for (const name of ["one.", "two.", "three.", "two."]) {
      before = lines.keep(before, textOf(name), eventOf(name));
    }
    const found = ["one.", "two.", "three."].reduce((slot, name) => {
      const next = lines.recall(slot, textOf(name), 0);
      expect(lines.eventOf(next)).toEqual(eventOf(name));
      return next;
    }, beforeFirstLine);
    expect(lines.recall(found, textOf("three."), 0)).toBe(-1);
  });

  test("stores a fixed number of lines, the most recent ones", () => {
    const lines = new KnownLines();
    let before = beforeFirstLine;
    let last = before;
    for (let count = 0; count < 20_000; count++) {
      last = before;
      before = lines.keep(before, textOf(`line ${count}`), eventOf(`key ${count % 99}`));
      expect(before).toBeLessThan(4096);
    }
    expect(lines.eventOf(lines.recall(last, textOf("line 19999"), 0))?.key).toBe("key 1");
  });

  test("stops storing lines of a key that never repeat, and resumes when they repeat", () => {
    const lines = new KnownLines();
    const keep = (line: string) => lines.keep(beforeFirstLine, textOf(line), eventOf("loss"));
    for (let count = 0; count < 2000; count++) keep(`loss ${count}`);
    const isKept = (line: string) => keep(line) !== beforeFirstLine;
    const unique = Array.from({ length: 160 }, (_, count) => isKept(`later ${count}`));
    expect(unique.filter(Boolean)).toHaveLength(10);
    for (let count = 0; count < 64; count++) keep("again");
    expect([isKept("again"), isKept("again"), isKept("again")]).toEqual([true, true, true]);
  });
});
