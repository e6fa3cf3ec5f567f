import fc from "fast-check";
import { expect, test } from "vitest";
import type { LogSource } from "../../../schema/run/events/log-source.ts";
import { LogSourceTrack } from "./log-source-track.ts";
import { bytesOfRank, parseLogSpans } from "./log-sources.ts";

const anySource = fc.oneof(
  fc.constant<LogSource>({ by: "pitwall" }),
  fc.record({
    by: fc.constant("rank" as const),
    host: fc.constantFrom("a", "b"),
    rank: fc.nat(3),
    stream: fc.constantFrom("stdout" as const, "stderr" as const),
  }),
);

test("returns what a rank wrote for any chunk boundaries of the log", async () => {
  const blocks = fc.array(fc.tuple(anySource, fc.uint8Array({ maxLength: 9 })));
  await fc.assert(
    fc.asyncProperty(blocks, fc.integer({ min: 1, max: 12 }), async (written, chunkLength) => {
      const track = new LogSourceTrack();
      const lines = written.map(([source, bytes]) => track.note(bytes.length, source) ?? "");
      const spans = parseLogSpans(lines.join(""));
      const log = Buffer.concat(written.map(([, bytes]) => bytes));
      for (const rank of [0, 1, 2, 3]) {
        const expected = written.filter(([source]) => source.by === "rank" && source.rank === rank);
        const parts: Uint8Array[] = [];
        for await (const part of bytesOfRank(chunks(log, chunkLength), spans, rank))
          parts.push(part);
        expect(Buffer.concat(parts)).toEqual(Buffer.concat(expected.map(([, bytes]) => bytes)));
      }
    }),
    { seed: 20261128 },
  );
});

test("reads the entries before a torn line", () => {
  const source = { by: "pitwall" } as const;
  const whole = JSON.stringify({ fromByte: 0, source });
  expect(parseLogSpans(`${whole}\n{"fromByte":7,"sou`)).toEqual([{ fromByte: 0, source }]);
});

async function* chunks(log: Buffer, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < log.length; at += length) yield log.subarray(at, at + length);
}
