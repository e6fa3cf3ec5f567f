import { describe, expect, test } from "vitest";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import { type Frame, FrameDecoder } from "./frame-decoder.ts";

function frame(kind: string, number: number, payload: string): Buffer {
  return Buffer.from(`${kind} ${number} 1000.5 3 ${Buffer.byteLength(payload)}\n${payload}`);
}

const stream = Buffer.concat([
  frame("r", 0, '{"pid": 7}'),
  frame("o", 1, "step=1\n"),
  frame("h", -1, ""),
  frame("e", 2, "größer\n"),
  frame("n", 3, "{}"),
]);

function withoutRaw({ kind, number, hostMs, rank }: Frame): Omit<Frame, "raw" | "payload"> {
  return { kind, number, hostMs, rank };
}

function decode(pieces: readonly Buffer[]): { frames: unknown[]; storedBytes: number } {
  const decoder = new FrameDecoder();
  const frames: unknown[] = [];
  for (const piece of pieces) {
    for (const each of decoder.push(piece))
      if (each.kind === "not-frames") frames.push(each);
      else frames.push({ ...withoutRaw(each), payload: String(each.payload) });
  }
  return { frames, storedBytes: decoder.storedBytes };
}

describe("FrameDecoder", () => {
  test("reads kind, number, time, rank and payload", () => {
    const { frames, storedBytes } = decode([stream]);
    const place = { hostMs: 1000.5, rank: 3 };
    expect(frames).toEqual([
      { kind: "started", number: 0, ...place, payload: '{"pid": 7}' },
      { kind: "stdout", number: 1, ...place, payload: "step=1\n" },
      { kind: "heartbeat", number: -1, ...place, payload: "" },
      { kind: "stderr", number: 2, ...place, payload: "größer\n" },
      { kind: "ended", number: 3, ...place, payload: "{}" },
    ]);
    // The offset to continue from counts only what the agent has stored.
    expect(storedBytes).toBe(stream.length - frame("h", -1, "").length);
  });

  test("reads the same frames from any division into pieces", () => {
    const random = seededRandom(7);
    for (let round = 0; round < 300; round++) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < stream.length;) {
        const end = Math.min(stream.length, at + 1 + random.below(12));
        pieces.push(stream.subarray(at, end));
        at = end;
      }
      expect(decode(pieces)).toEqual(decode([stream]));
    }
  });

  test("continues after a broken connection from the first frame that was incomplete", () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const decoder = new FrameDecoder();
      const before = [...decoder.push(stream.subarray(0, cut))];
      decoder.reset();
      const whole = decode([stream]).frames.filter((each) => !isHeartbeat(each));
      const unstored = stream.toString("latin1").replace(String(frame("h", -1, "")), "");
      const rest = Buffer.from(unstored, "latin1").subarray(decoder.storedBytes);
      const after = [...decoder.push(rest)];
      const seen = [...before, ...after].filter((each) => !isHeartbeat(each));
      expect(seen).toHaveLength(whole.length);
    }
  });

  test.each([
    ["the message of a shell", "sh: 1: python3: not found\n"],
    ["a header that never ends", "x".repeat(1000)],
    ["a payload beyond the limit", "o 1 1000 0 99999999\n"],
  ])("reports %s as something else", (_name, text) => {
    const [first] = decode([Buffer.from(text)]).frames;
    expect(first).toMatchObject({ kind: "not-frames", text: text.slice(0, 500) });
  });
});

function isHeartbeat(each: unknown): boolean {
  return typeof each === "object" && each !== null && "kind" in each && each.kind === "heartbeat";
}
