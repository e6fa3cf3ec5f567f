import { describe, expect, test } from "vitest";
import { exits, ofKind, played, prints } from "../../../../tests/support/played-series.ts";
import type { Script } from "../../../launch/scripted-launcher.ts";
import type { RunReport } from "../../../schema/run/outcome/series-summary.ts";

const reaches: Script = { steps: [prints("val_acc=0.5\n"), prints("val_acc=0.95\n", 4000), exits] };
const misses: Script = { steps: [prints("val_acc=0.5\n"), exits] };
const dies: Script = {
  steps: [prints("no GPU 7\n", 60_000), { kind: "exit", exit: { kind: "exited", exitCode: 3 } }],
};
const diesElsewhere: Script = {
  steps: [prints("no disk\n", 60_000), { kind: "exit", exit: { kind: "exited", exitCode: 4 } }],
};

function seedsAndOutcomes(runs: readonly RunReport[]) {
  return runs.map(({ request, result }) => [request.seed, result.outcome.kind]);
}

describe("a series with warm-ups", () => {
  const requested = { warmup: 2, runs: 3 };

  test("starts them first, with the first seed, and counts none of them", async () => {
    const { runs, summary } = await played(
      Array.from({ length: 5 }, () => reaches),
      requested,
    );
    expect(runs.map(({ request }) => [request.seed, request.isWarmup])).toEqual([
      [1, true],
      [1, true],
      [1, undefined],
      [2, undefined],
      [3, undefined],
    ]);
    expect(runs.map(({ request }) => request.series.index)).toEqual([1, 2, 3, 4, 5]);
    expect(summary).toMatchObject({ runCount: 3, completedCount: 3, reachedCount: 3 });
    expect(summary.score).toMatchObject({ kind: "scored", countedRuns: [runs[3]?.request.runId] });
  });

  test("states their cost and leaves it out of the cost of the series", async () => {
    const { summary } = await played(
      Array.from({ length: 5 }, () => reaches),
      requested,
    );
    expect(summary.billedMs).toBe(15_000);
    expect(summary.cost?.billedUsd).toBeCloseTo(0.015, 9);
    expect(summary.warmup).toEqual({
      count: 2,
      billedMs: 10_000,
      billedUsd: expect.closeTo(0.01, 9),
    });
  });

  test("does not complete the seed of its warm-ups if it is interrupted after them", async () => {
    const hangs: Script = { steps: [prints("val_acc=0.5\n"), { kind: "hang" }] };
    const { summary } = await played(
      [hangs],
      { warmup: 1, runs: 3 },
      { interruptAt: "evaluation" },
    );
    expect(summary.score).toMatchObject({ kind: "incomplete", have: 0, need: 3 });
  });
});

describe("a series with retries", () => {
  test("starts a run that died again with its seed, and counts the seed once", async () => {
    const scripts = [reaches, dies, reaches, reaches];
    const { runs, summary } = await played(scripts, { retries: 1, runs: 3 });
    expect(seedsAndOutcomes(runs)).toEqual([
      [1, "reached"],
      [2, "died"],
      [2, "reached"],
      [3, "reached"],
    ]);
    expect(runs.map(({ request }) => request.retryOf)).toEqual([
      undefined,
      undefined,
      runs[1]?.request.runId,
      undefined,
    ]);
    expect(runs.map(({ request }) => request.series.count)).toEqual([3, 3, 4, 4]);
    expect(summary).toMatchObject({ runCount: 3, reachedCount: 3, score: { kind: "scored" } });
    expect(summary.retried).toMatchObject({ count: 1, billedMs: 60_000 });
    expect(summary.billedMs).toBe(75_000);
  });

  test("does not start a run that missed its target again", async () => {
    const { runs } = await played([misses, misses], { retries: 3 });
    expect(runs).toHaveLength(2);
  });

  test("counts a run that died in all its attempts as one that did not reach the target", async () => {
    const { runs, summary } = await played([dies, diesElsewhere, reaches, reaches], {
      retries: 1,
      runs: 3,
    });
    expect(runs).toHaveLength(4);
    expect(summary).toMatchObject({ runCount: 3, reachedCount: 2, retried: { count: 1 } });
    expect(summary.score).toMatchObject({
      kind: "scored",
      droppedSlowest: [runs[1]?.request.runId],
    });
  });

  test("stops after two seeds that died with the same error in their last attempts", async () => {
    const { runs, summary } = await played([dies, dies, dies, dies], { retries: 1, runs: 5 });
    expect(seedsAndOutcomes(runs)).toEqual([
      [1, "died"],
      [1, "died"],
      [2, "died"],
      [2, "died"],
    ]);
    expect(summary.stop).toMatchObject({ kind: "same-error", diedCount: 2, exitCode: 3 });
  });

  test("does not stop between two attempts of one seed", async () => {
    const { runs } = await played([dies, dies, reaches, reaches], { retries: 2, runs: 2 });
    expect(seedsAndOutcomes(runs)).toEqual([
      [1, "died"],
      [1, "died"],
      [1, "reached"],
      [2, "reached"],
    ]);
  });
});

test("the record of the last run states why its series stopped", async () => {
  const { runs, store } = await played([dies, dies, dies]);
  const listed = await store.list();
  const stops = listed.map((run) => run.kind === "readable" && run.result?.seriesStop?.kind);
  expect(runs).toHaveLength(2);
  expect(stops).toEqual([undefined, "same-error"]);
});

describe("a command before each run", () => {
  const cleans: Script = { steps: [prints("cleaned\n", 2000), exits] };
  const fails: Script = {
    steps: [
      prints("disk is full\n", 2000),
      { kind: "exit", exit: { kind: "exited", exitCode: 9 } },
    ],
  };
  const prepare = "rm -rf out-{seed}";

  test("runs before warm-ups and runs, with the seed, and is neither timed nor billed", async () => {
    const scripts = [cleans, reaches, cleans, reaches];
    const { launcher, runs, summary } = await played(scripts, { prepare, warmup: 1, runs: 1 });
    expect(launcher.launches.map(({ command }) => command)).toEqual([
      ["sh", "-c", "rm -rf out-1"],
      ["sh", "1"],
      ["sh", "-c", "rm -rf out-1"],
      ["sh", "1"],
    ]);
    const result = runs[1]?.result;
    expect(result).toMatchObject({ prepareMs: 2000, outcome: { timeToTrainMs: 5000 } });
    expect(summary.billedMs).toBe(5000);
  });

  test("leaves its output in a sealed file of the record", async () => {
    const { runs, store } = await played([cleans, reaches], { prepare, runs: 1 });
    const opened = await store.open(runs[0]?.request.runId ?? "");
    if (opened.kind !== "opened") throw new Error(opened.kind);
    const { record } = opened;
    expect(Object.keys(record.result?.files ?? {})).toContain("prepare.log");
    expect((await record.verify()).kind).toBe("unchanged");
    await store.tamper(record.runId, "prepare.log", "another text");
    expect((await record.verify()).kind).toBe("changed");
  });

  test("ends the run before its launch if it fails, with a record that opens", async () => {
    const { runs, events, store } = await played([fails], { prepare, runs: 1 });
    const [run] = runs;
    expect(run?.result).toMatchObject({
      outcome: { kind: "died", exitCode: 9 },
      prepareMs: 2000,
      findings: [{ rule: "prepare-failed", exitCode: 9 }],
      clock: { billedMs: 0 },
    });
    expect(ofKind(events, "launched")).toEqual([]);
    expect(ofKind(events, "finished")[0]?.lastLines).toEqual(["disk is full"]);
    const opened = await store.open(run?.request.runId ?? "");
    expect(opened.kind).toBe("opened");
  });

  test("is repeated by a retry, and stops the series after two seeds", async () => {
    const { runs, summary } = await played([fails, cleans, reaches, fails, fails], {
      prepare,
      retries: 1,
      runs: 2,
    });
    expect(seedsAndOutcomes(runs)).toEqual([
      [1, "died"],
      [1, "reached"],
      [2, "died"],
      [2, "died"],
    ]);
    expect(summary.stop).toBeUndefined();
    const stopped = await played([fails, fails], { prepare, runs: 3 });
    expect(stopped.summary.stop).toMatchObject({ kind: "same-error", lastLine: "disk is full" });
  });

  test("is ended by an interrupt, and the program is not started", async () => {
    const hangs: Script = { steps: [prints("waiting\n"), { kind: "hang" }] };
    const { runs, launcher } = await played(
      [hangs],
      { prepare, runs: 3 },
      { interruptAt: "preparing" },
    );
    expect(launcher.launches).toHaveLength(1);
    expect(seedsAndOutcomes(runs)).toEqual([[1, "interrupted"]]);
  });
});
