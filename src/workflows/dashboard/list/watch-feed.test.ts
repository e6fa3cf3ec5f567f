import { describe, expect, onTestFinished, test } from "vitest";
import { WatchFeed } from "./watch-feed.ts";

function feedWith(check: () => Promise<void>): { feed: WatchFeed; calls: string[] } {
  const feed = new WatchFeed(check);
  onTestFinished(() => feed.close());
  return { feed, calls: [] };
}

const nothing = async (): Promise<void> => undefined;

describe("WatchFeed", () => {
  test("calls each listener after a check until it stops listening", async () => {
    const { feed, calls } = feedWith(nothing);
    const stop = feed.listen(() => calls.push("a"));
    feed.listen(() => calls.push("b"));
    await feed.tick();
    stop();
    await feed.tick();
    expect(calls).toEqual(["a", "b", "b"]);
  });

  test("calls a function that listens twice twice, and once after one of them stopped", async () => {
    const { feed, calls } = feedWith(nothing);
    const listener = (): unknown => calls.push("a");
    const stop = feed.listen(listener);
    feed.listen(listener);
    await feed.tick();
    stop();
    await feed.tick();
    expect(calls).toEqual(["a", "a", "a"]);
  });

  test("does not start a check while one is in progress", async () => {
    const started: (() => void)[] = [];
    const { feed, calls } = feedWith(() => new Promise((resolve) => started.push(resolve)));
    feed.listen(() => calls.push("called"));
    const first = feed.tick();
    await feed.tick();
    expect([started.length, calls]).toEqual([1, []]);
    started[0]?.();
    await first;
    expect(calls).toEqual(["called"]);
  });

  test("continues after a failed check", async () => {
    let checkCount = 0;
    const { feed, calls } = feedWith(async () => {
      checkCount += 1;
      if (checkCount === 1) throw new Error("EIO");
    });
    feed.listen(() => calls.push("called"));
    await feed.tick();
    await feed.tick();
    expect([checkCount, calls.length]).toEqual([2, 2]);
  });
});
