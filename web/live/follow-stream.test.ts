import { describe, expect, test } from "vitest";
import { followStream, type StreamNews, type StreamWorld } from "./follow-stream.ts";

/** Each entry is one connection: what it sends before it breaks, or why it is refused. */
type Connection = { sends: readonly string[]; staysOpen?: boolean } | { refuses: string };

async function follow(
  connections: readonly Connection[],
  { stopAfter = Number.POSITIVE_INFINITY } = {},
): Promise<{ news: StreamNews[]; asked: (string | undefined)[]; waited: number[] }> {
  const asked: (string | undefined)[] = [];
  const waited: number[] = [];
  const stop = new AbortController();
  const world: StreamWorld = {
    open: async (lastEventId) => {
      const connection = connections[asked.length];
      asked.push(lastEventId);
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
        // Only a silence of 40 s and a retry are ever waited for; what arrives is there at once.
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
  const news: StreamNews[] = [];
  for await (const each of followStream(world, stop.signal)) {
    news.push(each);
    if (news.length >= stopAfter) stop.abort();
  }
  return { news, asked, waited };
}

const kinds = (news: readonly StreamNews[]) => news.map((each) => each.kind);

describe("followStream", () => {
  test("comes back with the id of the last message that was whole", async () => {
    const { asked } = await follow([
      { sends: ["id: 1\ndata: a\n\n", "id: 2\nda"] },
      { sends: ["data: c\n\n"] },
    ]);
    expect(asked).toEqual([undefined, "1", "1"]);
  });

  test("reports each lost connection, and waits longer while the server does not answer", async () => {
    const refused = { refuses: "nobody" };
    const { news, waited } = await follow([refused, refused, refused, { sends: ["data: a\n\n"] }]);
    expect(kinds(news)).toEqual(["lost", "lost", "lost", "opened", "message", "lost", "ended"]);
    expect(waited).toEqual([500, 1000, 2000, 500]);
  });

  test("waits ten seconds at most", async () => {
    const { waited } = await follow(Array.from({ length: 8 }, () => ({ refuses: "nobody" })));
    expect(waited.at(-1)).toBe(10_000);
  });

  test("gives up where coming back is of no use", async () => {
    const { news, asked } = await follow([]);
    expect(kinds(news)).toEqual(["ended"]);
    expect(asked).toHaveLength(1);
  });

  test("takes a long silence for a broken connection", async () => {
    const { news } = await follow([{ sends: ["data: a\n\n"], staysOpen: true }]);
    expect(kinds(news)).toEqual(["opened", "message", "lost", "ended"]);
  });

  test("ends at once when the page is left", async () => {
    const { news, asked } = await follow([{ sends: ["data: a\n\ndata: b\n\n"], staysOpen: true }], {
      stopAfter: 2,
    });
    expect(kinds(news)).toEqual(["opened", "message"]);
    expect(asked).toHaveLength(1);
  });
});
