import { describe, expect, test } from "vitest";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import { findSleepingRank, type SeenWaits } from "./find-sleeping-rank.ts";

type Counts = readonly [running: number, futex: number, sleep: number, otherCall?: number];

/** Ten looks a second at each rank for a minute; `counts` of ten. */
function looks(...counts: readonly ((second: number) => Counts)[]): SeenWaits[] {
  return counts.flatMap((of, rank) => {
    const sum = { running: 0, futex: 0, sleep: 0, otherCall: 0 };
    return Array.from({ length: 60 }, (_, second): SeenWaits => {
      const [running, futex, sleep, otherCall = 0] = of(second);
      sum.running += running;
      sum.futex += futex;
      sum.sleep += sleep;
      sum.otherCall += otherCall;
      return { rank, timeMs: 1000 * second, ...sum };
    });
  });
}

const usual = (): Counts => [9, 1, 0];
const waits = (): Counts => [7, 3, 0];
const sleeps = (): Counts => [7, 0.5, 2.5];

describe("findSleepingRank", () => {
  test("names the rank that sleeps while all others wait", () => {
    const [cause, ...more] = findSleepingRank(looks(waits, sleeps, waits, waits));
    expect(more).toEqual([]);
    expect(cause).toMatchObject({ kind: "compute-straggler", ranks: [1] });
    expect(cause).toHaveProperty("lostFraction", expect.closeTo(0.25, 5));
  });

  test("leaves out the time before the first collective", () => {
    const later =
      (of: () => Counts) =>
      (second: number): Counts =>
        second < 40 ? [10, 0, 0] : of();
    const seen = looks(later(waits), later(sleeps), later(waits));
    expect(findSleepingRank(seen)).toMatchObject([{ ranks: [1] }]);
  });

  test("names a rank that sleeps from the middle of the run on", () => {
    const changed = (second: number): Counts => (second < 26 ? waits() : sleeps());
    expect(findSleepingRank(looks(waits, changed, waits))).toMatchObject([{ ranks: [1] }]);
  });

  test("names a loader that a rank waits for", () => {
    const [cause] = findSleepingRank(looks(waits, waits, () => [7, 0.5, 0, 2.5]));
    expect(cause).toMatchObject({ kind: "data-starvation", ranks: [2] });
  });

  test.each([
    { of: "a healthy run", ranks: [usual, usual, usual] },
    { of: "ranks that all sleep, as for a common file", ranks: [sleeps, sleeps, sleeps] },
    {
      of: "two ranks that sleep, as stages of a pipeline do",
      ranks: [waits, sleeps, sleeps, waits],
    },
    { of: "a rank that computes for longer", ranks: [usual, waits, waits] },
    { of: "a rank that sleeps while no other rank waits for it", ranks: [usual, sleeps, usual] },
    { of: "a single rank", ranks: [sleeps] },
    {
      of: "a rank that writes checkpoints now and then",
      ranks: [(second: number): Counts => (second % 30 < 6 ? [0, 0, 10] : [9, 1, 0]), waits, waits],
    },
    {
      of: "a rank that loads data at the start",
      ranks: [(second: number): Counts => (second < 12 ? [0, 0, 10] : [9, 1, 0]), waits, waits],
    },
  ])("names none in $of", ({ ranks }) => {
    expect(findSleepingRank(looks(...ranks))).toEqual([]);
  });

  /** What seven looks a second for half a minute happen to see, of ranks that are in each state for these parts of the time. */
  function chance(seed: string, ...shares: readonly (readonly [futex: number, sleep: number])[]) {
    const random = seededRandom(seed);
    return shares.flatMap(([futex, sleep], rank) => {
      const sum = { running: 0, futex: 0, sleep: 0, otherCall: 0 };
      return Array.from({ length: 30 }, (_, second): SeenWaits => {
        for (let look = 0; look < 7; look += 1) {
          const value = random.uniform();
          sum[value < futex ? "futex" : value < futex + sleep ? "sleep" : "running"] += 1;
        }
        return { rank, timeMs: 1000 * second, ...sum };
      });
    });
  }

  test("names a rank that sleeps for 30 % of each step in 19 of 20 runs, whatever few looks happen to see, and none of a healthy run", () => {
    const seeds = Array.from({ length: 60 }, (_, index) => `sleeping rank ${index}`);
    const named = seeds.filter((seed) => {
      const [cause] = findSleepingRank(chance(seed, [0.33, 0.3], [0.06, 0.6], [0.33, 0.3]));
      return cause?.ranks[0] === 1;
    });
    expect(named.length).toBeGreaterThanOrEqual(57);
    const healthy = seeds.flatMap((seed) =>
      findSleepingRank(chance(seed, [0.25, 0.2], [0.25, 0.2], [0.25, 0.2])),
    );
    expect(healthy).toEqual([]);
  });

  test("names none if it looked too rarely", () => {
    expect(findSleepingRank(looks(waits, sleeps).filter(({ timeMs }) => timeMs < 9_000))).toEqual(
      [],
    );
  });
});
