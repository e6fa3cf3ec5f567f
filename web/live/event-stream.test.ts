import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventStreamReader } from "./event-stream.ts";

const read = (text: string) => new EventStreamReader().read(text);

describe("EventStreamReader", () => {
  test("gives a message with its name and id when the empty line comes", () => {
    const reader = new EventStreamReader();
    expect(reader.read("id: 7\nevent: run\ndata: {}\n")).toEqual([]);
    expect(reader.read("\n")).toEqual([{ id: "7", event: "run", data: "{}" }]);
  });

  test.each([
    { name: "a heartbeat is no message", text: ": still here\n\n", expected: [] },
    { name: "an event without data is no message", text: "event: run\n\n", expected: [] },
    { name: "lines of data are joined", text: "data: a\ndata:b\n\n", expected: ["a\nb"] },
    {
      name: "one blank after the colon is no data, a second one is",
      text: "data:  a\n\n",
      expected: [" a"],
    },
    {
      name: "a message that is cut off is not given",
      text: "data: a\n\ndata: b\n",
      expected: ["a"],
    },
    {
      name: "all three line endings end a line",
      text: "data: a\r\n\r\ndata: b\r\rdata: c\n\n",
      expected: ["a", "b", "c"],
    },
    { name: "a byte order mark is passed over", text: "\uFEFFdata: a\n\n", expected: ["a"] },
  ])("$name", ({ text, expected }) => {
    expect(read(text).map((message) => message.data)).toEqual(expected);
  });

  test("an id stays until the next one, a name does not", () => {
    expect(read("id: 1\nevent: run\ndata: a\n\ndata: b\n\n")).toEqual([
      { id: "1", event: "run", data: "a" },
      { id: "1", event: "message", data: "b" },
    ]);
  });

  test("cutting the stream anywhere changes nothing", () => {
    const text = 'id: 1\r\nevent: run\r\ndata: {"a":1}\r\n\r\n: beat\n\ndata: x\r\rdata: y\n\n';
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const ends = [...cuts.toSorted((a, b) => a - b), text.length];
        const reader = new EventStreamReader();
        const pieces = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
        expect(pieces.flatMap((piece) => reader.read(piece))).toEqual(read(text));
      }),
      { seed: 7 },
    );
  });
});
