import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventStreamReader } from "./event-stream.ts";

const read = (text: string) => new EventStreamReader().read(text);

describe("EventStreamReader", () => {
  test("returns a message with its name and id after the empty line", () => {
    const reader = new EventStreamReader();
    expect(reader.read("id: 7\nevent: run\ndata: {}\n")).toEqual([]);
    expect(reader.read("\n")).toEqual([{ id: "7", event: "run", data: "{}" }]);
  });

  test.each([
    { name: "a heartbeat is not a message", text: ": heartbeat\n\n", expected: [] },
    { name: "an event without data is not a message", text: "event: run\n\n", expected: [] },
    { name: "data lines are joined", text: "data: a\ndata:b\n\n", expected: ["a\nb"] },
    {
      name: "the first space after the colon is not data",
      text: "data:  a\n\n",
      expected: [" a"],
    },
    {
      name: "an incomplete message is not returned",
      text: "data: a\n\ndata: b\n",
      expected: ["a"],
    },
    {
      name: "supports all three line endings",
      text: "data: a\r\n\r\ndata: b\r\rdata: c\n\n",
      expected: ["a", "b", "c"],
    },
    { name: "ignores a byte order mark", text: "\uFEFFdata: a\n\n", expected: ["a"] },
  ])("$name", ({ text, expected }) => {
    expect(read(text).map((message) => message.data)).toEqual(expected);
  });

  test("an id applies until the next id, a name to one message", () => {
    expect(read("id: 1\nevent: run\ndata: a\n\ndata: b\n\n")).toEqual([
      { id: "1", event: "run", data: "a" },
      { id: "1", event: "message", data: "b" },
    ]);
  });

  test("chunk boundaries do not change the messages", () => {
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
