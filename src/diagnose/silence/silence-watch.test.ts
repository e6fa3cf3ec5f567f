import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Silence } from "../../schema/run/findings/silence.ts";
import { SilenceWatch } from "./silence-watch.ts";

type Printed = { atMs: number; text: string; source?: string };

const isBusy = (): boolean => false;

/** Plays printed lines, and looks ten times a second until `untilMs`. */
function play(
  lines: readonly Printed[],
  untilMs: number,
  isIdleSince: (sinceMs: number) => boolean = isBusy,
): (Silence & { atMs: number })[] {
  const watch = new SilenceWatch(0);
  const alarms: (Silence & { atMs: number })[] = [];
  let next = 0;
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 100) {
    for (let line = lines[next]; line !== undefined && line.atMs <= nowMs; line = lines[++next]) {
      const { text, atMs, source = "rank 0" } = line;
      watch.output(source, atMs, () => text);
    }
    const change = watch.update(nowMs, isIdleSince);
    if (change?.phase === "started") alarms.push({ ...change, atMs: nowMs });
  }
  return alarms;
}

/** Steps of `periodMs`; after each `every`th a pause, announced by a line or not. */
function training(options: {
  periodMs: number;
  count: number;
  every?: number;
  pauseMs?: (index: number) => number;
  announced?: string | undefined;
  jitter?: (step: number) => number;
  ranks?: number;
}): { lines: Printed[]; endMs: number } {
  const { periodMs, count, every = Infinity, pauseMs = () => 0, announced, ranks = 1 } = options;
  const lines: Printed[] = [];
  let nowMs = 0;
  for (let step = 1; step <= count; step++) {
    nowMs += periodMs * (1 + (options.jitter?.(step) ?? 0));
    for (let rank = 0; rank < ranks; rank++)
      lines.push({
        atMs: nowMs + rank * 70,
        text: `[rank${rank}]: step ${step} loss 0.${step}`,
        source: `rank ${rank}`,
      });
    nowMs += (ranks - 1) * 70;
    if (step % every !== 0) continue;
    if (announced !== undefined) lines.push({ atMs: nowMs, text: announced });
    nowMs += pauseMs(step / every);
  }
  return { lines, endMs: nowMs };
}

describe("a program that prints a line per step and stops", () => {
  test("is reported if its lines never pause", () => {
    const { lines, endMs } = training({ periodMs: 10, count: 400 });
    const [alarm] = play(lines, endMs + 20_000);
    expect((alarm?.atMs ?? Infinity) - endMs).toBeLessThan(7000);
  });

  test("is reported within three periods and 5 s, in less than a minute", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 37_000 }),
        fc.integer({ min: 6, max: 40 }),
        fc.integer({ min: 1, max: 8 }),
        (periodMs, count, ranks) => {
          const { lines, endMs } = training({ periodMs, count, ranks });
          const [alarm, second] = play(lines, endMs + 120_000);
          expect(second).toBeUndefined();
          const bound = Math.min(3 * (periodMs + ranks * 70) + 5000, 59_000);
          expect((alarm?.atMs ?? Infinity) - endMs).toBeLessThanOrEqual(bound + 100);
          expect(alarm?.during).toBe("step");
        },
      ),
    );
  });

  test("is reported after one and a half periods if a step takes most of a minute or longer", () => {
    const { lines, endMs } = training({ periodMs: 100_000, count: 6 });
    const [alarm] = play(lines, endMs + 400_000);
    expect(alarm).toMatchObject({ silentMs: 150_000, periodMs: 100_000 });
  });

  test("is reported as fast between two evaluations as in a run without any", () => {
    for (const announced of [undefined, "evaluating"]) {
      const { lines, endMs } = training({
        periodMs: 1000,
        count: 345,
        every: 100,
        pauseMs: () => 40_000,
        announced,
      });
      const alarms = play(lines, endMs + 120_000);
      expect((alarms.at(-1)?.atMs ?? Infinity) - endMs).toBeLessThanOrEqual(8100);
    }
  });

  test("is reported within a minute after a line that was never printed before", () => {
    const { lines, endMs } = training({ periodMs: 1000, count: 20 });
    const [alarm] = play([...lines, { atMs: endMs + 10, text: "merging shards" }], endMs + 120_000);
    expect(alarm?.silentMs).toBeLessThan(60_000);
  });
});

describe("no silence is reported", () => {
  test("in a pause that was seen before, announced or not", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 5000 }),
        fc.integer({ min: 5, max: 30 }),
        fc.integer({ min: 1000, max: 300_000 }),
        fc.record({
          announced: fc.constantFrom(undefined, "Evaluating", "saving checkpoint", "val_acc 0.5"),
          noise: fc.infiniteStream(fc.double({ min: -0.2, max: 0.2, noNaN: true })),
        }),
        (periodMs, every, pauseMs, { announced, noise }) => {
          const { lines, endMs } = training({
            periodMs,
            count: 4 * every,
            every,
            // The first is the longest alarm-free one only if it is known; later ones vary.
            pauseMs: (index) => pauseMs * (index === 1 ? 1 : 0.8 + 0.2 * index),
            announced,
            jitter: () => noise.next().value ?? 0,
          });
          const firstPauseEndMs =
            lines.find(({ text }) => text.includes(`step ${every + 1} `))?.atMs ?? 0;
          const late = play(lines, endMs).filter(({ atMs }) => atMs > firstPauseEndMs);
          expect(late).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("before the usual time between steps is known", () => {
    const lines = [0, 1000, 2000].map((atMs) => ({ atMs, text: `step ${atMs} loss 1` }));
    expect(play(lines, 600_000)).toEqual([]);
  });

  test("while a program that has printed no step uses a processor, for an hour", () => {
    const lines = [{ atMs: 1000, text: "compiling" }];
    expect(play(lines, 3_600_000)).toEqual([]);
    const [alarm, ...more] = play(lines, 3_700_000);
    expect(alarm).toMatchObject({ during: "start", limitMs: 3_600_000 });
    expect(more).toEqual([]);
  });

  test("while a program that has printed no step becomes idle only now and then", () => {
    const lines = [{ atMs: 1000, text: "downloading" }];
    // It works for 1 s of each 30 s.
    const hasWaited = (sinceMs: number): boolean => sinceMs % 30_000 > 29_000;
    expect(play(lines, 60_000, hasWaited)).toEqual([]);
  });

  test("while a program starts, whatever it prints", () => {
    const lines = Array.from({ length: 50 }, (_, index) => ({
      atMs: index * 500,
      text: `loading shard ${index} of 50`,
    }));
    expect(play(lines, 600_000)).toEqual([]);
  });

  test("for the time in which this process was suspended", () => {
    const watch = new SilenceWatch(0);
    for (let step = 0; step < 10; step++) {
      watch.output("rank 0", step * 1000, () => `step ${step} loss 1`);
      watch.update(step * 1000, isBusy);
    }
    expect(watch.update(3_600_000, isBusy)).toBeUndefined();
    watch.output("rank 0", 3_601_000, () => "step 11 loss 1");
    expect(watch.update(3_601_000, isBusy)).toBeUndefined();
    expect(watch.periodMs).toBe(1000);
  });

  test("in text of random lines at random times that do not repeat", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.integer({ min: 0, max: 20_000 })), { maxLength: 60 }),
        (printed) => {
          let atMs = 0;
          const lines = printed.map(([text, gapMs]) => ({ text, atMs: (atMs += gapMs) }));
          expect(() => play(lines, atMs)).not.toThrow();
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("a program that has printed no step and waits without using a processor", () => {
  test.for([
    { name: "after its first lines", lines: [{ atMs: 2000, text: "init process group" }] },
    { name: "without any line", lines: [] },
  ])("is reported within a minute $name", ({ lines }) => {
    const [alarm] = play(lines, 120_000, (sinceMs) => sinceMs >= 3000);
    const quietSinceMs = lines[0]?.atMs ?? 0;
    expect(alarm).toMatchObject({ during: "start", idle: true });
    expect((alarm?.atMs ?? Infinity) - quietSinceMs).toBeLessThan(60_000);
  });
});

test("the end of a reported silence is reported once", () => {
  const watch = new SilenceWatch(0);
  for (let step = 0; step < 10; step++)
    watch.output("rank 0", step * 1000, () => `step ${step} loss 1`);
  watch.update(9000, isBusy);
  const changes = [];
  for (let nowMs = 9000; nowMs < 30_000; nowMs += 100) changes.push(watch.update(nowMs, isBusy));
  expect(watch.reported?.silentMs).toBeGreaterThan(20_000);
  watch.output("rank 0", 30_000, () => "step 11 loss 1");
  changes.push(watch.update(30_000, isBusy), watch.update(30_100, isBusy));
  expect(changes.filter((change) => change !== undefined)).toMatchObject([
    { phase: "started", during: "step", limitMs: 8000 },
    { phase: "ended" },
  ]);
  expect(watch.reported).toBeUndefined();
});
