import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineSplitter } from "./line-splitter.ts";

describe("LineSplitter", () => {
  test.each([
    { name: "emits whole lines immediately", chunks: ["a\nb\n"], expected: ["a\nb\n"] },
    { name: "waits for the end of a line", chunks: ["a", "b", "\nc"], expected: ["ab\n", "c"] },
    {
      name: "emits whole lines and buffers the rest",
      chunks: ["a\nb", "c\n"],
      expected: ["a\n", "bc\n"],
    },
    {
      name: "treats the carriage return of a progress bar as a line end",
      chunks: ["10%\r20%\r30%"],
      expected: ["10%\r20%\r", "30%"],
    },
    {
      name: "keeps a carriage return and a line feed together",
      chunks: ["a\r", "\nb\r\n"],
      expected: ["a\r\n", "b\r\n"],
    },
    {
      name: "treats a buffered carriage return as a line end if no line feed follows",
      chunks: ["a\r", "b\n"],
      expected: ["a\r", "b\n"],
    },
    {
      name: "treats a carriage return after another as a line",
      chunks: ["a\r", "\r", "b"],
      expected: ["a\r", "\r", "b"],
    },
    { name: "never emits an empty block", chunks: ["", "", "a", ""], expected: ["a"] },
    { name: "keeps empty lines", chunks: ["\n\n\n"], expected: ["\n\n\n"] },
  ])("$name", ({ chunks, expected }) => {
    const splitter = new LineSplitter();
    const blocks = chunks.flatMap((chunk) => splitter.push("stdout", Buffer.from(chunk)));
    blocks.push(...splitter.finish("stdout"));
    expect(blocks.map(String)).toEqual(expected);
  });

  test("never splits the line of one source with another's, and keeps all bytes in order", () => {
    const chunk = fc.record({
      source: fc.constantFrom("stdout", "stderr"),
      text: fc.stringMatching(/^[ab\r\n]{0,8}$/),
    });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        const splitter = new LineSplitter();
        const written: { source: string; text: string }[] = [];
        const write = (source: string, blocks: Buffer[]): void => {
          for (const block of blocks) written.push({ source, text: block.toString() });
        };
        for (const { source, text } of chunks) {
          write(source, splitter.push(source, Buffer.from(own(source, text))));
        }
        write("stdout", splitter.finish("stdout"));
        const outputOfErr = splitter.finish("stderr");
        const beforeLast = written.map((block) => block.text).join("");
        // Only the unfinished last lines of the two sources may be joined without a line end.
        expect(beforeLast).not.toMatch(/[ab][xy]/);
        expect(beforeLast.replace(/[ab]+$/, "")).not.toMatch(/[xy][ab]/);
        write("stderr", outputOfErr);
        for (const source of ["stdout", "stderr"]) {
          const sent = chunks.filter((chunk) => chunk.source === source);
          const got = written.filter((block) => block.source === source);
          expect(got.map((block) => block.text).join("")).toBe(
            own(source, sent.map((chunk) => chunk.text).join("")),
          );
        }
      }),
      { seed: 20261122, numRuns: 500 },
    );
  });

  test("emits the same lines for any division into chunks", () => {
    const pieces = fc.array(fc.stringMatching(/^[aé\r\n]{0,6}$/), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, (texts) => {
        const bytes = Buffer.from(texts.join(""));
        const whole = linesOf([bytes]);
        expect(linesOf(texts.map((text) => Buffer.from(text)))).toEqual(whole);
        expect(linesOf(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(whole);
      }),
      { seed: 20261122, numRuns: 500 },
    );
  });

  test("emits an endless line in pieces, with little of it in memory", () => {
    const splitter = new LineSplitter();
    const chunk = Buffer.alloc(65_536, "z");
    let passedBytes = 0;
    for (let sentBytes = chunk.length; sentBytes <= 64 << 20; sentBytes += chunk.length) {
      for (const block of splitter.push("stdout", chunk)) passedBytes += block.length;
      expect(sentBytes - passedBytes).toBeLessThanOrEqual(1 << 20);
    }
    for (const block of splitter.finish("stdout")) passedBytes += block.length;
    expect(passedBytes).toBe(64 << 20);
  });
});

/** Each source prints different letters, so that a mixed line is detected. */
function own(source: string, text: string): string {
  return source === "stdout" ? text : text.replaceAll("a", "x").replaceAll("b", "y");
}

function linesOf(chunks: readonly Buffer[]): string[] {
  const splitter = new LineSplitter();
  const blocks = chunks.flatMap((chunk) => splitter.push("stdout", chunk));
  return [...blocks, ...splitter.finish("stdout")].flatMap(textLines);
}

function textLines(block: Uint8Array): string[] {
  const lines = Buffer.from(block)
    .toString("utf8")
    .split(/\r\n|\r|\n/u);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
