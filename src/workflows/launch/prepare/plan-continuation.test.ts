import { describe, expect, test } from "vitest";
import { exits, ofKind, played, prints } from "../../../../tests/support/played-series.ts";
import type { Script } from "../../../launch/scripted-launcher.ts";
import { rereadRun } from "../../read-run/verify/reread-run.ts";
import { verdictDifferences } from "../../read-run/verify/verdict-differences.ts";

const launchedMs = 1_800_000_000_000;
const hourMs = 3_600_000;

const dies = (text: string): Script => ({
  steps: [prints(text, 4000), { kind: "exit", exit: { kind: "exited", exitCode: 3 } }],
});

const goesOn: Script = {
  steps: [
    prints("Resuming training from epoch 31\n"),
    prints("val_acc=0.8\n", 2000),
    prints("val_acc=0.95\n", 3000),
    exits,
  ],
};

async function idOfCut(script: Script = dies("val_acc=0.5\n"), requested = {}) {
  const { store, runs } = await played([script], requested);
  return { store, runId: runs[0]?.request.runId ?? "" };
}

/** A run that dies after 4 s, and an hour later one that continues it and reaches the target after 6 s. */
async function chained(first?: Script, second: Script = goesOn, requested = {}) {
  const { store, runId } = await idOfCut(first, requested);
  const later = { store, continues: runId, startMs: launchedMs + hourMs };
  return { runId, ...(await played([second], requested, later)) };
}

describe("a run that continues another one", () => {
  test("has the timed parts of both as its time to train, and shows the wall time", async () => {
    const { runs, summary, runId } = await chained();
    const [run] = runs;
    expect(run?.result.outcome).toEqual({ kind: "reached", timeToTrainMs: 10_000, quality: 0.95 });
    expect(run?.request.continues).toMatchObject({ runIds: [runId], clockMs: 4000 });
    expect(run?.result.continues).toEqual({
      partCount: 2,
      clockMs: 4000,
      billedMs: 4000,
      wallMs: hourMs + 6000,
    });
    expect(summary.timeToTrainMs?.median).toBe(10_000);
    expect(summary.billedMs).toBe(10_000);
  });

  test("costs what all parts cost", async () => {
    const { runs } = await chained();
    expect(runs[0]?.result.cost).toMatchObject({
      billedUsd: expect.closeTo(0.01, 9),
      trainingUsd: expect.closeTo(0.01, 9),
    });
  });

  test("has evaluations on a clock that continues, also during the run", async () => {
    const { runs, events } = await chained();
    expect(runs[0]?.result.evaluations.map(({ clockMs }) => clockMs)).toEqual([7000, 10_000]);
    const clocks = ofKind(events, "progress").map(({ progress }) => progress.clockMs ?? 0);
    expect(Math.min(...clocks)).toBeGreaterThanOrEqual(4000);
  });

  test("may resume from a checkpoint", async () => {
    const { runs, events, summary } = await chained();
    const rules = runs[0]?.result.findings.map(({ rule }) => rule);
    expect(rules).not.toContain("resumed-from-checkpoint");
    const warned = ofKind(events, "warning").map(({ finding }) => finding.rule);
    expect(warned).not.toContain("resumed-from-checkpoint");
    expect(summary.score.kind).not.toBe("resumed");
  });

  test.each([
    { name: "from zero", counts: [100, 400], samplesCount: 1900 },
    { name: "from the checkpoint", counts: [1600, 1900], samplesCount: 1900 },
  ])(
    "continues the count of samples of a program that counts $name",
    async ({ counts, samplesCount }) => {
      const [early, late] = counts;
      const second: Script = {
        steps: [
          prints(`samples=${early} val_acc=0.8\n`),
          prints(`samples=${late} val_acc=0.95\n`),
          exits,
        ],
      };
      const requested = { samples: "samples=([0-9]+)" };
      const { runs } = await chained(dies("samples=1500 val_acc=0.5\n"), second, requested);
      expect(runs[0]?.result.outcome).toMatchObject({ kind: "reached", samplesCount });
      expect(runs[0]?.result.findings).toEqual([]);
    },
  );

  test("has the same verdict when its record is read again", async () => {
    const { runs, store } = await chained();
    const opened = await store.open(runs[0]?.request.runId ?? "");
    if (opened.kind !== "opened") throw new Error(opened.kind);
    const again = await rereadRun(opened.record);
    expect(again.judgement?.outcome).toEqual(runs[0]?.result.outcome);
    expect(verdictDifferences(opened.record, again)).toEqual([]);
  });

  test("adds up three parts", async () => {
    const { store, runId } = await idOfCut();
    const later = { store, startMs: launchedMs + hourMs };
    const last = { store, startMs: launchedMs + 2 * hourMs };
    const second = await played([dies("val_acc=0.6\n")], {}, { ...later, continues: runId });
    const secondId = second.runs[0]?.request.runId ?? "";
    const { runs } = await played([goesOn], {}, { ...last, continues: secondId });
    expect(runs[0]?.request.continues?.runIds).toEqual([runId, secondId]);
    expect(runs[0]?.result.outcome).toMatchObject({ kind: "reached", timeToTrainMs: 14_000 });
    expect(runs[0]?.result.cost).toMatchObject({ billedUsd: expect.closeTo(0.014, 9) });
  });

  test("continues a run that was interrupted, or missed the target at a limit", async () => {
    const hangs: Script = { steps: [prints("val_acc=0.5\n"), { kind: "hang" }] };
    const { runs } = await chained(hangs, goesOn, { maxTime: "10s" });
    expect(runs[0]?.result.outcome).toMatchObject({ kind: "reached" });
    expect(runs[0]?.request.continues?.clockMs).toBeGreaterThanOrEqual(10_000);
    const cut = await played([hangs], {}, { interruptAt: "evaluation" });
    const continues = cut.runs[0]?.request.runId ?? "";
    const startMs = launchedMs + hourMs;
    const later = await played([goesOn], {}, { store: cut.store, continues, startMs });
    expect(later.runs[0]?.result.continues?.partCount).toBe(2);
  });
});

describe("a run is not continued", () => {
  const reaches: Script = { steps: [prints("val_acc=0.95\n"), exits] };

  test("that reached its target", async () => {
    await expect(chained(reaches)).rejects.toMatchObject({ code: "continued-run-reached" });
  });

  test.each([
    { what: "target", first: {}, second: { target: "val_acc>=0.8" } },
    { what: "metric", first: {}, second: { metrics: ["acc=(\\S+)"], target: "acc>=0.9" } },
    { what: "seed", first: { seed: 3 }, second: { seed: 4 } },
  ])("by one with another $what", async ({ first, second }) => {
    const { store, runId } = await idOfCut(dies("val_acc=0.5\n"), first);
    const later = { store, continues: runId };
    await expect(played([goesOn], second, later)).rejects.toMatchObject({
      code: "continued-run-differs",
    });
  });

  test("with the program's own clock", async () => {
    const { store, runId } = await idOfCut();
    const later = { store, continues: runId };
    await expect(played([goesOn], { clock: "time=(\\d+)ms" }, later)).rejects.toMatchObject({
      code: "continued-with-clock",
    });
  });

  test("twice", async () => {
    const { store, runId, runs } = await chained();
    await expect(played([goesOn], {}, { store, continues: runId })).rejects.toMatchObject({
      code: "continued-twice",
      saw: expect.stringContaining(runs[0]?.request.runId ?? ""),
    });
  });

  test("that is unknown", async () => {
    const { store } = await idOfCut();
    await expect(played([goesOn], {}, { store, continues: "toi" })).rejects.toMatchObject({
      code: "unknown-run",
    });
  });

  test.each([
    { option: "--runs", scripts: [goesOn, goesOn], requested: {} },
    { option: "--warmup", scripts: [goesOn], requested: { warmup: 1 } },
    { option: "--retries", scripts: [goesOn], requested: { retries: 1 } },
  ])("with $option", async ({ option, scripts, requested }) => {
    const { store, runId } = await idOfCut();
    await expect(played(scripts, requested, { store, continues: runId })).rejects.toMatchObject({
      code: "option-unused",
      message: expect.stringContaining(option),
    });
  });
});
