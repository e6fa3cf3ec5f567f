import { describe, expect, test } from "vitest";
import { exits, ofKind, played, prints } from "../../../tests/support/played-series.ts";
import type { Script } from "../../launch/scripted-launcher.ts";
import { rereadRun } from "../read-run/verify/reread-run.ts";

const killed = { kind: "exit", exit: { kind: "signalled", signal: "SIGKILL" }, rank: 1 } as const;
const dies: Script = {
  ranksPerHost: 2,
  steps: [prints("val_acc=0.5\n"), { kind: "stall", durationMs: 500 }, killed, { kind: "hang" }],
};
const reaches: Script = {
  ranksPerHost: 2,
  steps: [prints("val_acc=0.5\n"), prints("val_acc=0.95\n"), exits],
};

describe("a run that is restarted after failures", () => {
  test("goes on in its record and on its clock, and reaches its target", async () => {
    const { runs, events, launcher, store } = await played(
      [dies, reaches],
      {},
      { recovery: { maxRestarts: 2 } },
    );
    expect(launcher.launches.map(({ options }) => options.env["PITWALL_ATTEMPT"])).toEqual([
      "1",
      "2",
    ]);
    expect(ofKind(events, "restarting")).toMatchObject([
      { attempt: 2, fault: { kind: "killed", ranks: [1] }, decision: { kind: "restart" } },
    ]);
    const [run] = runs;
    if (run === undefined) throw new Error("no run");
    // From the first launch: 1.5 s of the attempt that failed, 2 s for the last words of the other rank, and 2 s of the next one.
    expect(run.result.outcome).toMatchObject({ kind: "reached", timeToTrainMs: 5500 });
    expect(run.result.findings).toEqual([]);
    const opened = await store.open(run.request.runId);
    if (opened.kind !== "opened") throw new Error("no record");
    const { record } = opened;
    const kinds = record.events.events.map(({ event }) => event.kind);
    expect(kinds.filter((kind) => kind === "launched")).toHaveLength(4);
    expect(kinds.filter((kind) => kind === "clock-started")).toHaveLength(1);
    const again = await rereadRun(record);
    expect(again.judgement?.outcome).toEqual(run.result.outcome);
    expect((await record.verify()).kind).toBe("unchanged");
  });

  test("keeps MLPerf's clock where each attempt logs `run_start`, and ignores an attempt's `run_stop`", async () => {
    const start = ':::MLLOG {"key": "run_start", "time_ms": TIME}\n';
    const at = (text: string, timeMs: number): string => text.replace("TIME", String(timeMs));
    const startMs = 1_800_000_000_000;
    const aborted =
      ':::MLLOG {"key": "run_stop", "time_ms": TIME, "metadata": {"status": "aborted"}}\n';
    const stop =
      ':::MLLOG {"key": "run_stop", "time_ms": TIME, "metadata": {"status": "success"}}\n';
    const first: Script = {
      steps: [
        prints(at(start, startMs + 1000)),
        prints(at(aborted, startMs + 2000)),
        { kind: "exit", exit: { kind: "exited", exitCode: 1 }, afterMs: 1000 },
      ],
    };
    const second: Script = {
      steps: [prints(at(start, startMs + 4000)), prints(at(stop, startMs + 5000)), exits],
    };
    const { runs } = await played(
      [first, second],
      { metrics: [], target: undefined },
      { recovery: { maxRestarts: 1 }, startMs },
    );
    expect(runs[0]?.result.outcome).toMatchObject({ kind: "reached", timeToTrainMs: 4000 });
  });

  test("ends as failed when no restart is left, and says why", async () => {
    const { runs, events, store } = await played(
      [dies, dies],
      {},
      { recovery: { maxRestarts: 1 } },
    );
    expect(runs[0]?.result.outcome).toMatchObject({ kind: "died", signal: "SIGKILL" });
    expect(ofKind(events, "gave-up")).toMatchObject([
      { decision: { kind: "give-up", reason: "no-restarts-left" } },
    ]);
    const opened = await store.open(runs[0]?.request.runId ?? "");
    if (opened.kind !== "opened") throw new Error("no record");
    const again = await rereadRun(opened.record);
    expect(again.judgement?.outcome).toEqual(runs[0]?.result.outcome);
  });

  test("treats silence as a failure only with a limit for it", async () => {
    const silent: Script = { steps: [prints("val_acc=0.5\n"), { kind: "hang" }] };
    const { runs, events } = await played(
      [silent, reaches],
      {},
      { recovery: { maxRestarts: 1, hangTimeoutMs: 60_000 } },
    );
    expect(ofKind(events, "restarting")).toMatchObject([{ fault: { kind: "hang" } }]);
    const { outcome } = runs[0]?.result ?? {};
    expect(outcome?.kind).toBe("reached");
    const timeMs = outcome?.kind === "reached" ? outcome.timeToTrainMs : 0;
    expect(timeMs).toBeGreaterThan(60_000);
    expect(timeMs).toBeLessThan(65_000);
  });

  test("is not restarted after a limit or an interrupt, even during a failure", async () => {
    const limited = await played(
      [{ steps: [prints("val_acc=0.5\n"), { kind: "hang" }] }],
      { maxTime: "30s" },
      { recovery: { maxRestarts: 3 } },
    );
    expect(limited.runs[0]?.result.outcome).toMatchObject({ kind: "missed", reason: "max-time" });
    const interrupted = await played(
      [dies],
      {},
      { recovery: { maxRestarts: 3 }, interruptAt: "rank-exited" },
    );
    expect(interrupted.launcher.launches).toHaveLength(1);
    expect(interrupted.runs[0]?.result.outcome.kind).toBe("interrupted");
  });

  test("gives up where the next attempt cannot be started", async () => {
    const { runs, events } = await played(
      [dies, { kind: "start-failed", reason: "too many processes" }],
      {},
      { recovery: { maxRestarts: 3 } },
    );
    expect(ofKind(events, "gave-up")).toMatchObject([{ decision: { reason: "start-failed" } }]);
    expect(runs[0]?.result.outcome.kind).toBe("died");
  });
});
