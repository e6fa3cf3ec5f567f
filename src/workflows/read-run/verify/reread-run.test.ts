import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exampleRequest, exampleVerdict } from "../../../../tests/support/example-run.ts";
import type { TargetStanding } from "../../../schema/run/outcome/metric-target.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import { endOfRun } from "../../../score/judging/end-of-run.ts";
import { judgeRun } from "../../../score/judging/judge-run.ts";
import type { TrackedRun, TrackUpdate } from "../../../score/tracking/tracked-run.ts";
import { MemoryRunStore } from "../../../store/records/memory-run-store.ts";
import { rereadRun } from "./reread-run.ts";
import { RunReader } from "../reader/run-reader.ts";
import { verdictDifferences } from "./verdict-differences.ts";

const launchedMs = 1_764_000_000_000.25;

function mllog(key: string, timeMs: number, value: unknown, metadata: object = {}): string {
  const event = {
    namespace: "",
    time_ms: timeMs,
    event_type: "POINT_IN_TIME",
    key,
    value,
    metadata,
  };
  return `:::MLLOG ${JSON.stringify(event)}`;
}

/** Feeds a program's output to a live reader and records it, then judges it live and from the record. */
async function playAndReread(
  request: RunRequest,
  pieces: readonly { text: string; waitMs: number }[],
) {
  const store = new MemoryRunStore();
  const created = await store.create(request);
  if (created.kind !== "created") throw new Error(created.kind);
  const { writer } = created;
  const reader = RunReader.live(request, launchedMs);
  const record = async (updates: readonly TrackUpdate[], timeMs: number): Promise<void> => {
    for (const update of updates) {
      if (update.kind === "clock-started")
        await writer.appendEvent({ kind: "clock-started", by: update.by }, timeMs);
      if (update.kind === "target-reached")
        await writer.appendEvent({ kind: "target-reached", value: update.value }, timeMs);
    }
  };
  await writer.appendEvent(
    { kind: "launched", host: "here", rank: 0, localRank: 0, pid: 1 },
    launchedMs,
  );
  await record(reader.launched(launchedMs), launchedMs);
  let timeMs = launchedMs;
  for (const { text, waitMs } of pieces) {
    timeMs += waitMs;
    const taken = reader.take({ stream: "stdout", bytes: Buffer.from(text), timeMs });
    for (const bytes of taken.log) await writer.appendLog(bytes);
    await record(taken.updates, timeMs);
    for (const bytes of reader.addDueLines(timeMs + 500).log) await writer.appendLog(bytes);
  }
  for (const bytes of reader.endOutput(timeMs).log) await writer.appendLog(bytes);
  const exit = { exitCode: 0, signal: undefined };
  const { run } = reader;
  const judgement = judgeRun(run, endOfRun(request, run, { stopReason: undefined, exit }), {
    launchedMs,
    endedMs: timeMs,
  });
  const isReached = judgement.outcome.kind === "reached";
  const stopMs = judgement.clock.runStopMs ?? timeMs;
  for (const bytes of reader.endLog({ isReached, timeMs: stopMs })) await writer.appendLog(bytes);
  await writer.appendEvent({ kind: "rank-exited", host: "here", rank: 0, exitCode: 0 }, timeMs);
  await writer.appendEvent({ kind: "ended", outcome: judgement.outcome.kind }, timeMs);
  const { rules } = await reader.finishRules();
  const { series } = run;
  await writer.finish({
    ...exampleVerdict(request.runId),
    ...judgement,
    rules,
    evaluations: [...series.kept],
    ...(series.count > series.kept.length ? { evaluationCount: series.count } : {}),
  });
  const opened = await store.open(request.runId);
  if (opened.kind !== "opened") throw new Error(opened.kind);
  const { record: recorded } = opened;
  const again = await rereadRun(recorded);
  const log: Buffer[] = [];
  for await (const chunk of recorded.readLog()) log.push(Buffer.from(chunk));
  const addedLineCount = Buffer.concat(log).toString().split('"key": "eval_accuracy"').length - 1;
  return {
    live: { run, judgement, rules },
    again,
    addedLineCount,
    differences: verdictDifferences(recorded, again),
  };
}

function valuesOf({
  evaluations,
}: {
  evaluations: readonly {
    value: number;
    samplesCount?: number | undefined;
    programMs?: number | undefined;
  }[];
}) {
  return evaluations.map(({ value, samplesCount, programMs }) => ({
    value,
    samplesCount,
    programMs,
  }));
}

/** Without times, which a log does not have for each value. */
function curvesOf({ curves }: TrackedRun) {
  return curves.finish().map(({ metric, count, values }) => ({ metric, count, values }));
}

/** Without times: a line that Pitwall adds has that of its evaluation in milliseconds. */
function standingsOf({ standings }: { standings: readonly TargetStanding[] }) {
  return standings.map(({ firstMetMs, ...standing }) => ({
    ...standing,
    wasMet: firstMetMs !== undefined,
  }));
}

const accuracy = exampleRequest({
  runId: "toy-1",
  createdMs: launchedMs - 3,
  reading: {
    metrics: [
      { metric: "val_acc", pattern: "val_acc=([0-9.]+|nan)" },
      { metric: "loss", pattern: "loss=([0-9.]+|nan)" },
    ],
    samplesPattern: "samples=([0-9]+)",
  },
  target: { metric: "val_acc", direction: "at-least", value: 0.9 },
});
const startedByLine = {
  ...accuracy,
  reading: { ...accuracy.reading, clockStartPattern: "^epoch 1" },
};
const timedByProgram = {
  ...accuracy,
  reading: { ...accuracy.reading, programClock: "train_time:(\\d+)ms" },
};
const lowLoss = { metric: "loss", direction: "at-most", value: 1.5 } as const;
const twoTargets = { ...accuracy, furtherTargets: [lowLoss] };
const range = {
  ...accuracy,
  furtherTargets: [{ metric: "val_acc", direction: "at-most", value: 0.95 } as const],
};
const meanOfThree = { ...accuracy, targetWindow: { kind: "mean", count: 3 } as const };
const twoInARow = { ...twoTargets, targetWindow: { kind: "consecutive", count: 2 } as const };
const twoTargetsByProgram = { ...timedByProgram, furtherTargets: [lowLoss] };

describe("rereadRun", () => {
  test.each([
    { name: "a program timed from its launch", request: accuracy },
    { name: "a program whose clock a line starts", request: startedByLine },
    { name: "a program with a clock of its own", request: timedByProgram },
    { name: "a program with two targets", request: twoTargets },
    { name: "a program whose metric must be in a range", request: range },
    { name: "a program whose mean must meet the target", request: meanOfThree },
    { name: "a program that must meet two targets twice in a row", request: twoInARow },
    { name: "a program with two targets and a clock of its own", request: twoTargetsByProgram },
  ])("gives $name the verdict of its end and does not count a value twice", async ({ request }) => {
    const anyLine = fc.oneof(
      fc.constantFrom("epoch 1", "noise", "val_acc=nan", "loss=2.5", ""),
      fc.nat(2000).map((count) => `samples=${count}`),
      fc.nat(100).map((percent) => `val_acc=${percent / 100} loss=1`),
      fc.integer({ min: 80, max: 100 }).map((percent) => `val_acc=${percent / 100}`),
      fc.constantFrom("loss=1.4", "loss=nan", "samples=7 val_acc=0.93", "val_acc=0.92 samples=70"),
      fc.nat(9000).map((ms) => `train_time:${ms}ms`),
      fc.nat(9000).map((ms) => `val_acc=0.91 train_time:${ms}ms`),
    );
    const anyPiece = fc.record({
      text: fc
        .array(anyLine, { minLength: 1, maxLength: 4 })
        .map((lines) => `${lines.join("\n")}\n`),
      waitMs: fc.double({ min: 0, max: 5000, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyPiece, { maxLength: 12 }), async (pieces) => {
        const { live, again } = await playAndReread(request, pieces);
        expect(again.judgement?.outcome).toEqual(live.judgement.outcome);
        expect(again.judgement?.clock).toEqual(live.judgement.clock);
        expect(valuesOf(again.run)).toEqual(valuesOf(live.run));
        expect(standingsOf(again.run)).toEqual(standingsOf(live.run));
        expect(curvesOf(again.run)).toEqual(curvesOf(live.run));
        expect(again.run.findings).toEqual(live.run.findings);
        expect(again.rules).toEqual(live.rules);
      }),
      { seed: 3, numRuns: 150 },
    );
  });

  test.each([
    { name: "a program timed from its launch", request: accuracy },
    { name: "a program with a clock of its own", request: timedByProgram },
  ])("keeps the same few of many evaluations of $name", async ({ request }) => {
    const anyPiece = fc.record({
      count: fc.integer({ min: 1, max: 700 }),
      digits: fc.integer({ min: 1, max: 4 }),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      step: fc.double({ min: -0.001, max: 0.001, noNaN: true }),
      counts: fc.constantFrom("none", "before", "after", "seldom"),
      waitMs: fc.double({ min: 0, max: 1500, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyPiece, { minLength: 4, maxLength: 14 }), async (pieces) => {
        let printed = 0;
        const blocks = pieces.map(({ count, digits, from, step, counts, waitMs }) => {
          const lines = Array.from({ length: count }, (_, index) => {
            printed += 1;
            const value = `val_acc=${Math.abs(from + step * index).toFixed(digits)}`;
            const counted = `samples=${printed} train_time:${printed}ms`;
            if (counts === "before") return `${counted}\n${value}`;
            if (counts === "after") return `${value}\n${counted}`;
            return counts === "seldom" && index % 50 === 0 ? `${value} ${counted}` : value;
          });
          return { text: `${lines.join("\n")}\n`, waitMs };
        });
        const { live, again, addedLineCount, differences } = await playAndReread(request, blocks);
        expect(again.run.series.count).toBe(live.run.series.count);
        expect(valuesOf(again.run)).toEqual(valuesOf(live.run));
        for (const [index, { timeMs }] of live.run.evaluations.entries())
          expect(Math.abs((again.run.evaluations[index]?.timeMs ?? 0) - timeMs)).toBeLessThan(1);
        expect(again.judgement?.outcome).toEqual(live.judgement.outcome);
        expect(again.judgement?.clock).toEqual(live.judgement.clock);
        expect(again.run.findings).toEqual(live.run.findings);
        expect(again.rules).toEqual(live.rules);
        expect(differences).toEqual([]);
        expect(live.run.evaluations.length).toBeLessThanOrEqual(1001);
        expect(addedLineCount).toBeLessThanOrEqual(
          Math.min(live.run.series.count, 1001 * (1 + Math.log2(live.run.series.bucketSize))),
        );
      }),
      { seed: 4, numRuns: 12 },
    );
  });

  test("judges a program with its own MLLOG lines by their times", async () => {
    const request = exampleRequest({ runId: "toy-1", createdMs: launchedMs });
    const { live, again } = await playAndReread(request, [
      { waitMs: 500, text: `${mllog("quality_target", 100, 0.5)}\n` },
      { waitMs: 500, text: `${mllog("run_start", 1000, null)}\n` },
      { waitMs: 5000, text: `${mllog("eval_accuracy", 6000, 0.6, { samples_count: 64 })}\n` },
      { waitMs: 10, text: `${mllog("run_stop", 6010, null, { status: "success" })}\n` },
    ]);
    expect(again.judgement?.outcome).toEqual(live.judgement.outcome);
    expect(again.judgement?.outcome).toMatchObject({ kind: "reached", timeToTrainMs: 5010 });
    expect(valuesOf(again.run)).toEqual(valuesOf(live.run));
  });

  test("judges a program that logs its evaluations and no run_start by their arrival", async () => {
    const metric = "eval_accuracy";
    const target = { metric, direction: "at-least", value: 0.9 } as const;
    const request = { ...accuracy, reading: { metrics: [{ metric }] }, target };
    const { live, again, differences } = await playAndReread(request, [
      { waitMs: 700, text: `${mllog("eval_accuracy", launchedMs + 300, 0.6)}\n` },
      { waitMs: 5000, text: `${mllog("eval_accuracy", launchedMs + 2000, 0.95)}\n` },
      { waitMs: 100, text: `${mllog("eval_accuracy", launchedMs + 5700, 0.9)}\n` },
    ]);
    expect(live.judgement.outcome).toMatchObject({ kind: "reached", timeToTrainMs: 5700 });
    expect(again.judgement?.outcome).toEqual(live.judgement.outcome);
    expect(valuesOf(again.run)).toEqual(valuesOf(live.run));
    expect(differences).toEqual([]);
  });

  test("reads the metric of a program that logs run_start itself, for which Pitwall adds no lines", async () => {
    const { live, again } = await playAndReread(accuracy, [
      { waitMs: 500, text: `${mllog("run_start", launchedMs + 500, null)}\nval_acc=0.5\n` },
      { waitMs: 5000, text: "val_acc=0.95\n" },
    ]);
    expect(valuesOf(again.run)).toEqual(valuesOf(live.run));
    expect(again.judgement?.outcome).toMatchObject({ kind: "reached", quality: 0.95 });
  });

  test("distinguishes a program that logs in Pitwall's namespace from the lines that Pitwall adds", async () => {
    const own = (key: string, value: unknown, metadata: object = {}) =>
      mllog(key, launchedMs + 600, value, metadata).replace(
        '"namespace":""',
        '"namespace":"pitwall"',
      );
    const { live, again } = await playAndReread(accuracy, [
      { waitMs: 500, text: `${own("run_start", null)}\n` },
      { waitMs: 5000, text: `${own("eval_accuracy", 0.95, { metric: "val_acc" })}\n` },
      { waitMs: 1, text: `${own("run_stop", null, { status: "success" })}\n` },
    ]);
    expect(valuesOf(again.run)).toEqual(valuesOf(live.run));
    expect(again.judgement?.outcome).toEqual(live.judgement.outcome);
  });

  test("finds a target metric whose name is not ASCII", async () => {
    const request = exampleRequest({
      runId: "toy-1",
      target: { metric: "précision", direction: "at-least", value: 0.9 },
    });
    const { live, again } = await playAndReread(request, [
      { waitMs: 1, text: `${mllog("run_start", 1000, null)}\n` },
      { waitMs: 5, text: `${mllog("eval_accuracy", 6000, 0.95, { metric: "précision" })}\n` },
    ]);
    expect(live.judgement.outcome).toMatchObject({ kind: "reached", quality: 0.95 });
    expect(again.judgement?.outcome).toEqual(live.judgement.outcome);
  });
});
