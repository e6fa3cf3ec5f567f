import { describe, expect, test } from "vitest";
import { AnswerCache } from "./answer-cache.ts";

describe("AnswerCache", () => {
  test("computes an answer once for each version", () => {
    const cache = new AnswerCache<string>();
    let count = 0;
    const make = (): string => `answer ${(count += 1)}`;
    expect([cache.get("q", 1, make), cache.get("q", 1, make), cache.get("q", 2, make)]).toEqual([
      "answer 1",
      "answer 1",
      "answer 2",
    ]);
  });

  test("stores undefined as an answer", () => {
    const cache = new AnswerCache<undefined>();
    let count = 0;
    for (let time = 0; time < 2; time++) cache.get("q", 1, () => void (count += 1));
    expect(count).toBe(1);
  });

  test("holds a bounded number of answers", () => {
    const cache = new AnswerCache<number>();
    for (let query = 0; query < 65; query++) cache.get(`q${query}`, 1, () => query);
    let isRecomputed = false;
    cache.get("q0", 1, () => {
      isRecomputed = true;
      return 0;
    });
    expect(isRecomputed).toBe(true);
  });
});
