import { describe, expect, test } from "vitest";
import { exits, ofKind, played, prints } from "../../../../tests/support/played-series.ts";
import { formatLine } from "../../../mllog/format-line.ts";
import type { Script } from "../../../launch/scripted-launcher.ts";

const minuteMs = 60_000;

describe("runSeries", () => {
  test("times each run from launch to the first value that meets the target, and bills it to its end", async () => {
    const script = {
      steps: [
        prints("val_acc=0.5\n"),
        prints("val_acc=0.95\n", 4000),
        prints("val_acc=0.96\n"),
        exits,
      ],
    };
    const { runs, summary } = await played([script]);
    const [run] = runs;
    expect(run?.result.outcome).toEqual({ kind: "reached", timeToTrainMs: 5000, quality: 0.95 });
    expect(run?.result.clock.billedMs).toBe(6000);
    expect(summary.cost).toMatchObject({
      billedUsd: expect.closeTo(0.006, 9),
      trainingUsd: expect.closeTo(0.005, 9),
    });
  });

  test("gives each run its own seed, in the command", async () => {
    const script = { steps: [prints("val_acc=0.95\n"), exits] };
    const { launcher, runs } = await played([script, script, script], { seed: 7 });
    expect(launcher.launches.map(({ command }) => command)).toEqual([
      ["sh", "7"],
      ["sh", "8"],
      ["sh", "9"],
    ]);
    expect(runs.map(({ request }) => request.series.index)).toEqual([1, 2, 3]);
  });

  test("warns after a minute without a matching line, with the closest line", async () => {
    const silent = {
      steps: [
        prints("Val Acc: 0.7\n"),
        { kind: "stall", durationMs: 2 * minuteMs },
        exits,
      ] as const,
    };
    const { events } = await played([silent]);
    const warnings = ofKind(events, "warning").map(({ finding }) => finding);
    expect(warnings).toEqual([
      {
        rule: "metric-never-matched",
        metric: "val_acc",
        pattern: "val_acc=(\\S+)",
        nearestLine: "Val Acc: 0.7",
        suggestion: "Val Acc",
      },
    ]);
  });

  test("does not warn about a metric that matched in time", async () => {
    const slow = {
      steps: [prints("val_acc=0.1\n"), { kind: "stall", durationMs: 2 * minuteMs }, exits] as const,
    };
    expect(ofKind((await played([slow])).events, "warning")).toEqual([]);
  });

  test.each([
    { name: "time", requested: { maxTime: "90s" }, reason: "max-time", billedMs: 90_000 },
    { name: "money", requested: { maxCost: "0.06usd" }, reason: "max-cost", billedMs: 60_000 },
  ])("ends a program that hangs at its limit of $name", async ({ requested, reason, billedMs }) => {
    const { runs, events } = await played(
      [{ steps: [prints("val_acc=0.3\n"), { kind: "hang" }] }],
      requested,
    );
    expect(runs[0]?.result.outcome).toEqual({ kind: "missed", reason, bestQuality: 0.3 });
    expect(ofKind(events, "stopping").map((event) => event.reason)).toEqual([reason]);
    expect(runs[0]?.result.clock.billedMs).toBeGreaterThanOrEqual(billedMs);
    expect(runs[0]?.result.clock.billedMs).toBeLessThan(billedMs + 1000);
  });

  test("kills a program that does not stop when requested", async () => {
    const stubborn: Script = {
      steps: [prints("val_acc=0.95\n"), { kind: "hang" }],
      onStop: { kind: "ignored" },
    };
    const { runs } = await played([stubborn], { stopAtTarget: true });
    expect(runs[0]?.result.outcome).toMatchObject({ kind: "reached", timeToTrainMs: 1000 });
  });

  test("starts no other run after an interrupt, and keeps the record of the current run", async () => {
    const script: Script = { steps: [prints("val_acc=0.5\n"), { kind: "hang" }] };
    const { runs, launcher } = await played([script, script], {}, { interruptAt: "evaluation" });
    expect(launcher.launches).toHaveLength(1);
    expect(runs.map(({ result }) => result.outcome)).toEqual([
      { kind: "interrupted", bestQuality: 0.5 },
    ]);
  });

  test("starts no process after an interrupt before the launch", async () => {
    const script: Script = { steps: [prints("val_acc=0.5\n"), { kind: "hang" }] };
    const { runs, launcher } = await played([script], {}, { interruptAt: "created" });
    expect(launcher.launches).toEqual([]);
    expect(runs.map(({ result }) => result.outcome)).toEqual([{ kind: "interrupted" }]);
  });

  test("starts no other run after two that failed with the same error", async () => {
    const fails: Script = {
      steps: [
        prints("val_acc=0.5\nerror: no GPU\n", 60_000),
        { kind: "exit", exit: { kind: "exited", exitCode: 3 } },
      ],
    };
    const { runs, launcher, summary } = await played([fails, fails, fails, fails, fails]);
    expect(launcher.launches).toHaveLength(2);
    expect(runs).toHaveLength(2);
    expect(summary.stop).toEqual({
      kind: "same-error",
      diedCount: 2,
      exitCode: 3,
      lastLine: "error: no GPU",
    });
    expect(summary.score).toMatchObject({ kind: "incomplete", have: 2, need: 5 });
  });

  test("starts all runs of a series that keeps going", async () => {
    const fails: Script = { steps: [{ kind: "exit", exit: { kind: "exited", exitCode: 3 } }] };
    const { runs, summary } = await played([fails, fails, fails], { keepGoing: true });
    expect(runs.map(({ request }) => request.series.keepGoing)).toEqual([true, true, true]);
    expect(summary.stop).toBeUndefined();
  });

  describe("by the program's own clock", () => {
    const lines = (...texts: string[]): Script => ({
      steps: [...texts.map((text) => prints(`${text}\n`, 2000)), exits],
    });
    const requested = { clock: "train_time:(\\d+)ms" };

    test.each([
      {
        name: "takes the time on the line that met the target",
        texts: ["val_acc=0.5 train_time:100ms", "val_acc=0.95 train_time:800ms"],
        timeMs: 800,
      },
      {
        name: "takes the newest time before the line that met the target",
        texts: ["val_acc=0.5", "train_time:700ms", "train_time:900ms", "val_acc=0.95"],
        timeMs: 900,
      },
      {
        name: "takes the next time after the line that met the target",
        texts: ["val_acc=0.5", "train_time:100ms", "val_acc=0.95", "train_time:800ms", "val_acc=1"],
        timeMs: 800,
      },
    ])("$name", async ({ texts, timeMs }) => {
      const { runs } = await played([lines(...texts)], requested);
      const result = runs[0]?.result;
      expect(result?.outcome).toMatchObject({ kind: "reached", timeToTrainMs: timeMs });
      expect(result?.clock).toMatchObject({ source: "program", programClock: { timeMs } });
      expect(result?.clock.programClock?.fromLaunchMs).toBeGreaterThan(timeMs);
    });

    test.each([
      { name: "is missing at the target", problem: "missing", texts: ["val_acc=0.5", "val_acc=1"] },
      {
        name: "went backwards",
        problem: "backwards",
        texts: ["train_time:900ms", "train_time:700ms val_acc=0.95"],
      },
      {
        name: "shows more time than has passed",
        problem: "ahead",
        texts: ["val_acc=0.95 train_time:900000ms"],
      },
    ])("uses arrival times if the program's clock $name", async ({ texts, problem }) => {
      const { runs } = await played([lines(...texts)], requested);
      const result = runs[0]?.result;
      expect(result?.clock.source).toBe("arrival");
      expect(result?.outcome).toMatchObject({ timeToTrainMs: 2000 * texts.length });
      expect(
        result?.findings.filter(({ rule }) => rule === "program-clock-unusable"),
      ).toMatchObject([{ clock: "train_time", problem }]);
    });
  });

  test("starts the clock at the line that ends initialization", async () => {
    const script = {
      steps: [
        prints("compiling\n", 9000),
        prints("epoch 0\n"),
        prints("val_acc=0.95\n", 3000),
        exits,
      ],
    };
    const { runs } = await played([script], { clockStart: "^epoch 0" });
    expect(runs[0]?.result.outcome).toMatchObject({ timeToTrainMs: 3000 });
    expect(runs[0]?.result.clock.initMs).toBe(10_000);
  });

  test("reads a metric from a progress bar that never ends its line", async () => {
    const script = { steps: [prints("10% val_acc=0.2\r"), prints("90% val_acc=0.93\r"), exits] };
    expect((await played([script])).runs[0]?.result.outcome).toMatchObject({
      kind: "reached",
      quality: 0.93,
    });
  });

  test("never writes its own lines inside a line of the program", async () => {
    const script = { steps: [prints("val_acc=0.95\nlast words"), exits] };
    const { store, runs } = await played([script]);
    const opened = await store.open(runs[0]?.result.runId ?? "");
    if (opened.kind !== "opened") throw new Error(opened.kind);
    let log = "";
    for await (const bytes of opened.record.readLog()) log += Buffer.from(bytes).toString();
    const lines = log.trimEnd().split("\n");
    expect(lines[0]).toBe("val_acc=0.95");
    expect(lines.filter((line) => !line.startsWith(":::MLLOG "))).toEqual([
      "val_acc=0.95",
      "last words",
    ]);
    expect(lines.at(-1)).toContain('"run_stop"');
  });

  test("uses the times in MLLOG lines, however late the lines arrive", async () => {
    const line = (key: string, timeMs: number, metadata = {}): string =>
      `${formatLine({ timeMs, key, value: 0.95, metadata, namespace: "", eventType: "POINT_IN_TIME" })}\n`;
    const text =
      line("run_start", 1000) +
      line("eval_accuracy", 4000, { epoch_num: 1 }) +
      line("run_stop", 4500, { status: "success" });
    const { runs } = await played([{ steps: [prints(text, 60), exits] }], {
      metrics: [],
      target: "eval_accuracy>=0.9",
    });
    expect(runs[0]?.result.outcome).toMatchObject({ kind: "reached", timeToTrainMs: 3500 });
    expect(runs[0]?.result.findings).toContainEqual({ rule: "clock-stepped", steppedMs: 3500 });
  });

  test("marks a result whose clock covers almost none of the CPU time of the program", async () => {
    const line = (key: string, metadata = {}): string =>
      `${formatLine({ timeMs: 1000, key, value: 0.95, metadata, namespace: "", eventType: "POINT_IN_TIME" })}\n`;
    const text =
      line("run_start") + line("eval_accuracy") + line("run_stop", { status: "success" });
    const { runs } = await played([{ steps: [prints(text, 5000), exits] }], {
      metrics: [],
      target: "eval_accuracy>=0.9",
    });
    expect(runs[0]?.result.outcome).toMatchObject({ kind: "reached", timeToTrainMs: 0 });
    expect(runs[0]?.result.findings).toContainEqual(
      expect.objectContaining({ rule: "timed-part-negligible", timedMs: 0, untimedMs: 5000 }),
    );
  });

  test("estimates the remaining time from the times of earlier runs", async () => {
    const script = (): Script => ({
      steps: [
        prints("val_acc=0.2\n"),
        { kind: "stall", durationMs: 7000 },
        prints("val_acc=0.95\n", 2000),
        exits,
      ],
    });
    const { events } = await played([script(), script(), script()]);
    const last = ofKind(events, "progress").find(
      ({ progress }) => progress.series.index === 3 && progress.clockMs === 5000,
    );
    const predicted = last?.progress.predicted;
    if (predicted?.kind !== "reaches") throw new Error("no time was estimated");
    expect(predicted.remainingMs).toBeGreaterThan(3000);
    expect(predicted.remainingMs).toBeLessThan(7000);
  });

  describe("of a program that resumes from a checkpoint", () => {
    const resumes: Script = {
      steps: [
        prints("Resuming training from epoch 31\n"),
        prints("val_acc=0.8\n", 4000),
        prints("val_acc=0.95\n"),
        exits,
      ],
    };
    const line = "Resuming training from epoch 31";

    test("warns early, and gives the run no time to train", async () => {
      const { runs, events, summary } = await played([resumes]);
      const finding = { rule: "resumed-from-checkpoint", line };
      expect(ofKind(events, "warning").map((event) => event.finding)).toContainEqual(finding);
      expect(runs[0]?.result.findings).toContainEqual(finding);
      expect(summary.score).toEqual({ kind: "resumed", resumed: [runs[0]?.request.runId] });
      expect(summary).toMatchObject({ reachedCount: 0, completedCount: 1 });
      expect(summary.timeToTrainMs).toBeUndefined();
    });

    test("has no score, even if only one run of a series resumed", async () => {
      const whole: Script = { steps: [prints("val_acc=0.95\n"), exits] };
      const { summary } = await played([whole, whole, resumes]);
      expect(summary.score).toMatchObject({ kind: "resumed" });
      expect(summary.timeToTrainMs).toMatchObject({ count: 2 });
    });

    test("ignores a checkpoint that is loaded after the first evaluation", async () => {
      const tests: Script = {
        steps: [prints("val_acc=0.95\n"), prints("loaded checkpoint best.pt of epoch 3\n"), exits],
      };
      const { runs } = await played([tests]);
      expect(runs[0]?.result.findings.map(({ rule }) => rule)).not.toContain(
        "resumed-from-checkpoint",
      );
    });
  });

  test("leaves a record whose events are in sequence and whose files are sealed", async () => {
    const { store, runs } = await played([{ steps: [prints("val_acc=0.95\n"), exits] }]);
    const opened = await store.open(runs[0]?.result.runId ?? "");
    if (opened.kind !== "opened") throw new Error(opened.kind);
    expect(opened.record.events.chain).toEqual({ kind: "intact" });
    expect(opened.record.events.events.map(({ event }) => event.kind)).toEqual([
      "created",
      "launched",
      "clock-started",
      "target-reached",
      "rank-exited",
      "ended",
      "sealed",
    ]);
    expect((await opened.record.verify()).kind).toBe("unchanged");
  });
});
