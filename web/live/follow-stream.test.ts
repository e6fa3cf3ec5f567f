import { describe, expect, test } from "vitest";
import { followStream, type StreamUpdate, type StreamWorld } from "./follow-stream.ts";

/** Each entry is one connection: what it sends before it breaks, or the reason for a refusal. */
type Connection = { sends: readonly string[]; staysOpen?: boolean } | { refuses: string };

async function follow(
  connections: readonly Connection[],
  { stopAfter = Number.POSITIVE_INFINITY } = {},
): Promise<{ updates: StreamUpdate[]; requestedIds: (string | undefined)[]; waited: number[] }> {
  const requestedIds: (string | undefined)[] = [];
  const waited: number[] = [];
  const stop = new AbortController();
  const world: StreamWorld = {
    open: async (lastEventId) => {
      const connection = connections[requestedIds.length];
      requestedIds.push(lastEventId);
      if (connection === undefined) throw new Error("over");
      if ("refuses" in connection) throw new Error(connection.refuses);
      return new ReadableStream({
        start(controller) {
          for (const text of connection.sends) controller.enqueue(text);
          if (connection.staysOpen !== true) controller.close();
        },
      });
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        // The code waits only for retries and for the silence limit of 40 s; data arrives immediately.
        const isSilence = ms > 30_000;
        if (!isSilence) waited.push(ms);
        const timer = setTimeout(resolve, isSilence ? 20 : 0);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        });
      }),
    isFinal: (reason) => reason instanceof Error && reason.message === "over",
  };
  const updates: StreamUpdate[] = [];
  for await (const each of followStream(world, stop.signal)) {
    updates.push(each);
    if (updates.length >= stopAfter) stop.abort();
  }
  return { updates, requestedIds, waited };
}

const kinds = (updates: readonly StreamUpdate[]) => updates.map((each) => each.kind);

describe("followStream", () => {
  test("reconnects with the id of the last complete message", async () => {
    const { requestedIds } = await follow([
      { sends: ["id: 1\ndata: a\n\n", "id: 2\nda"] },
      { sends: ["data: c\n\n"] },
    ]);
    expect(requestedIds).toEqual([undefined, "1", "1"]);
  });

  test("reports each lost connection, and waits longer while the server does not respond", async () => {
    const refused = { refuses: "unavailable" };
    const { updates, waited } = await follow([
      refused,
      refused,
      refused,
      { sends: ["data: a\n\n"] },
    ]);
    expect(kinds(updates)).toEqual(["lost", "lost", "lost", "opened", "message", "lost", "ended"]);
    expect(waited).toEqual([500, 1000, 2000, 500]);
  });

  test("waits at most ten seconds", async () => {
    const { waited } = await follow(Array.from({ length: 8 }, () => ({ refuses: "unavailable" })));
    expect(waited.at(-1)).toBe(10_000);
  });

  test("does not reconnect after a final error", async () => {
    const { updates, requestedIds } = await follow([]);
    expect(kinds(updates)).toEqual(["ended"]);
    expect(requestedIds).toHaveLength(1);
  });

  test("treats a long silence as a lost connection", async () => {
    const { updates } = await follow([{ sends: ["data: a\n\n"], staysOpen: true }]);
    expect(kinds(updates)).toEqual(["opened", "message", "lost", "ended"]);
  });

  test("ends immediately when the signal is aborted", async () => {
    const { updates, requestedIds } = await follow(
      [{ sends: ["data: a\n\ndata: b\n\n"], staysOpen: true }],
      {
        stopAfter: 2,
      },
    );
    expect(kinds(updates)).toEqual(["opened", "message"]);
    expect(requestedIds).toHaveLength(1);
  });
});
