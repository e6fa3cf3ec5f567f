import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";

import { describe, expect, test } from "vitest";

import { seededRandom } from "../foundation/numbers/seeded-random.ts";
import {
  abortGroup,
  GroupAborted,
  groupMemory,
  type GroupMemory,
  joinGroup,
  openGate,
} from "./communicator.ts";

// Ranks wait for each other, so each needs a thread, and a thread needs compiled JavaScript.
const compiled = new URL("../../build/trainer/communicator.js", import.meta.url);
const isBuilt = existsSync(compiled);

/** Runs the text of a function of (communicator, given) as every rank of a group; its results. */
async function asEveryRank<Result>(
  memory: GroupMemory,
  body: string,
  { given, patienceMs = 20_000 }: { given: readonly unknown[]; patienceMs?: number },
): Promise<(Result | string)[]> {
  const program = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(workerData.compiled).then(({ joinGroup }) => {
      const communicator = joinGroup(workerData.memory, workerData.rank, workerData.patienceMs);
      const body = ${body};
      try { parentPort.postMessage(body(communicator, workerData.given)); }
      catch (error) { parentPort.postMessage(error.name + ": " + error.message); }
    });`;
  return Promise.all(
    given.map(
      (given, rank) =>
        new Promise<Result | string>((resolve, reject) => {
          const workerData = { compiled: compiled.href, memory, rank, given, patienceMs };
          const thread = new Worker(program, { eval: true, workerData });
          thread.once("message", resolve);
          thread.once("error", reject);
        }),
    ),
  );
}

function gradientsOf(rank: number, count: number): Float32Array {
  const random = seededRandom(`rank ${rank}`);
  // Values of very different magnitude, so that a different order of summation gives different bits.
  return Float32Array.from({ length: count }, () => random.normal() * 10 ** random.below(9));
}

describe("reduceScatter and the shared parameters", () => {
  test.skipIf(!isBuilt).each([1, 2, 3, 4])(
    "give each of %i ranks the same ordered sum in every round (needs dist)",
    async (size) => {
      const [count, rounds] = [1001, 50];
      const given = Array.from({ length: size }, (_, rank) => gradientsOf(rank, count));
      const expected = Float32Array.from({ length: count }, (_, index) =>
        given.reduce((sum, gradients) => sum + (gradients[index] ?? 0), 0),
      );
      const body = `(communicator, mine) => {
        const { gradients, parameters, shard } = communicator;
        for (let round = 1; round <= ${rounds}; round++) {
          gradients.set(mine.map((value) => value * (round === ${rounds} ? 1 : round)));
          const sum = communicator.reduceScatter();
          parameters.subarray(shard.start, shard.stop).set(sum);
          communicator.meet();
        }
        return parameters.slice();
      }`;
      const results = await asEveryRank<Float32Array>(groupMemory(size, count), body, { given });
      for (const result of results) expect(result).toEqual(expected);
    },
  );
});

describe("allGather", () => {
  test.skipIf(!isBuilt)(
    "concatenates values in rank order, even if they exceed a gradient slot (needs dist)",
    async () => {
      const given = [0, 1, 2].map((rank) =>
        Float32Array.from({ length: 25 }, (_, i) => 100 * rank + i),
      );
      const all = await asEveryRank<Float32Array>(
        groupMemory(3, 10),
        "(communicator, mine) => communicator.allGather(mine)",
        { given },
      );
      const expected = new Float32Array(75);
      for (const [rank, values] of given.entries()) expected.set(values, 25 * rank);
      expect(all).toEqual([expected, expected, expected]);
    },
  );
});

describe("a group that cannot continue", () => {
  test.skipIf(!isBuilt)("wakes waiting workers when it is stopped (needs dist)", async () => {
    const memory = groupMemory(3, 4);
    // Rank 2 never joins a meeting.
    const waiting = asEveryRank<string>(
      memory,
      "(communicator) => { communicator.awaitStart(); communicator.meet(); return 'met'; }",
      { given: [0, 1] },
    );
    openGate(memory);
    await new Promise((resolve) => setTimeout(resolve, 100));
    abortGroup(memory);
    const stopped = "GroupAborted: the group was stopped";
    expect(await waiting).toEqual([stopped, stopped]);
  });

  test.skipIf(!isBuilt)("wakes workers that wait for the start (needs dist)", async () => {
    const memory = groupMemory(2, 4);
    const waiting = asEveryRank<string>(
      memory,
      "(communicator) => { communicator.awaitStart(); return 'started'; }",
      { given: [0, 1] },
    );
    abortGroup(memory);
    const stopped = "GroupAborted: the group was stopped";
    expect(await waiting).toEqual([stopped, stopped]);
  });

  test.skipIf(!isBuilt)("aborts if a member never arrives (needs dist)", async () => {
    const [answer] = await asEveryRank<string>(
      groupMemory(2, 4),
      "(communicator) => { communicator.meet(); return 'met'; }",
      { given: [0], patienceMs: 50 },
    );
    expect(answer).toBe("GroupAborted: a replica was missing for 50 ms");
  });

  test("refuses to continue after a stop, even with one rank", () => {
    const memory = groupMemory(1, 4);
    const communicator = joinGroup(memory, 0);
    communicator.meet();
    abortGroup(memory);
    expect(() => communicator.meet()).toThrow(GroupAborted);
    expect(() => communicator.reduceScatter()).toThrow(GroupAborted);
  });
});

describe("a rank with a spurious wake-up", () => {
  test.skipIf(!isBuilt)("continues to wait for the others (needs dist)", async () => {
    const memory = groupMemory(2, 4);
    const generationWord = 1;
    // Simulates a late rank of the previous meeting, which wakes sleepers without a new generation.
    const waker = setInterval(
      () => Atomics.notify(new Int32Array(memory.buffer), generationWord),
      5,
    );
    const body = `(communicator, lateMs) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lateMs);
      communicator.meet();
      return "met";
    }`;
    try {
      expect(await asEveryRank(memory, body, { given: [1, 500] })).toEqual(["met", "met"]);
    } finally {
      clearInterval(waker);
    }
  });
});
