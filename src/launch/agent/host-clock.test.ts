import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HostClock } from "./host-clock.ts";

/** An answer of a host whose clock is this much ahead, after a round trip. */
function answerAt(askedMs: number, { aheadMs, tripMs }: { aheadMs: number; tripMs: number }) {
  return { askedMs, hostMs: askedMs + tripMs / 2 + aheadMs, nowMs: askedMs + tripMs };
}

describe("HostClock", () => {
  test("takes the offset from the answer with the shortest round trip", () => {
    const clock = new HostClock();
    expect(clock.offset).toBeUndefined();
    clock.answered({ askedMs: 1000, hostMs: 5100, nowMs: 1200 });
    expect(clock.offset).toMatchObject({ offsetMs: -4000, roundTripMs: 200 });
    clock.answered({ askedMs: 2000, hostMs: 6005, nowMs: 2010 });
    clock.answered({ askedMs: 3000, hostMs: 7900, nowMs: 3900 });
    expect(clock.offset).toMatchObject({ offsetMs: -4000, roundTripMs: 10 });
    expect(clock.toOwnMs(6005)).toBe(2005);
  });

  test("replaces an offset that is a minute old, because clocks drift", () => {
    const clock = new HostClock();
    clock.answered({ askedMs: 0, hostMs: 0, nowMs: 2 });
    clock.answered({ askedMs: 70_000, hostMs: 69_000, nowMs: 70_100 });
    expect(clock.offset).toMatchObject({ offsetMs: 1050, roundTripMs: 100 });
  });

  test("returns a conversion only when it changes", () => {
    const clock = new HostClock();
    const first = clock.answered(answerAt(0, { aheadMs: 3000, tripMs: 200 }));
    expect(first).toEqual({ offsetMs: -3000, uncertaintyMs: 100, driftPpm: undefined });
    const exact = clock.answered(answerAt(1000, { aheadMs: 3040, tripMs: 2 }));
    expect(exact).toEqual({ offsetMs: -3040, uncertaintyMs: 1, driftPpm: undefined });
    for (let askedMs = 2000; askedMs < 600_000; askedMs += 5000)
      expect(clock.answered(answerAt(askedMs, { aheadMs: 3040.4, tripMs: 2 }))).toBeUndefined();
    const moved = clock.answered(answerAt(700_000, { aheadMs: 5000, tripMs: 2 }));
    expect(moved).toMatchObject({ offsetMs: -5000, driftPpm: undefined });
  });

  test("measures how fast a clock gains", () => {
    const clock = new HostClock();
    let last: ReturnType<HostClock["answered"]>;
    for (let askedMs = 0; askedMs <= 3_600_000; askedMs += 5000)
      last = clock.answered(answerAt(askedMs, { aheadMs: askedMs * 50e-6, tripMs: 1 })) ?? last;
    expect(last?.driftPpm).toBeCloseTo(50, 0);
    expect(clock.toOwnMs(3_600_180)).toBeGreaterThan(3_600_000 - 5);
    expect(clock.toOwnMs(3_600_180)).toBeLessThan(3_600_000 + 5);
  });

  test("is never more wrong than it says, whatever the ways of question and answer take", () => {
    const anyWay = fc.double({ min: 0, max: 500, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyWay, anyWay), { minLength: 1 }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        (trips, aheadMs) => {
          const clock = new HostClock();
          let uncertaintyMs = Number.POSITIVE_INFINITY;
          for (const [index, [there, back]] of trips.entries()) {
            const askedMs = 1_700_000_000_000 + index * 5000;
            const hostMs = askedMs + there + aheadMs;
            const reading = clock.answered({ askedMs, hostMs, nowMs: askedMs + there + back });
            uncertaintyMs = reading?.uncertaintyMs ?? uncertaintyMs;
          }
          const atMs = 1_700_000_000_000;
          expect(Math.abs(clock.toOwnMs(atMs + aheadMs) - atMs)).toBeLessThanOrEqual(
            uncertaintyMs + 0.01,
          );
        },
      ),
    );
  });
});
