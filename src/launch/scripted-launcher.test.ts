import { expect, test } from "vitest";
import type { LaunchEvent, LaunchOptions, LaunchedJob } from "./launcher.ts";
import { ScriptedLauncher } from "./scripted-launcher.ts";

const options: LaunchOptions = { cwd: "/", env: {}, runDirectory: "/runs/toy-1", seed: 1 };

test("event times follow the script", async () => {
  const launcher = new ScriptedLauncher(
    [
      {
        steps: [
          { kind: "print", text: "a\n", afterMs: 1500 },
          { kind: "stall", durationMs: 2500 },
          { kind: "exit", exit: { kind: "exited", exitCode: 0 }, afterMs: 10, leftRunningCount: 2 },
        ],
      },
    ],
    1_000_000,
  );
  const job = await launched(launcher, { ...options, tickMs: 1000 });
  const seen: unknown[] = [];
  for await (const event of job.events) seen.push([event.kind, event.timeMs - 1_000_000]);
  expect(seen).toEqual([
    ["tick", 1000],
    ["output", 1500],
    ["tick", 2500],
    ["tick", 3500],
    ["rank-exited", 4010],
    ["ended", 4010],
  ]);
  expect(launcher.nowMs()).toBe(1_004_010);
});

test("a stopped program ends as scripted, at the latest after the grace period", async () => {
  const exit = { kind: "exited", exitCode: 143 } as const;
  const launcher = new ScriptedLauncher([
    { steps: [{ kind: "hang" }], onStop: { kind: "ends", afterMs: 300, exit } },
    { steps: [{ kind: "hang" }], onStop: { kind: "ends", afterMs: 3000, exit } },
  ]);
  const ends: LaunchEvent[] = [];
  for (const startedMs of [launcher.nowMs(), launcher.nowMs() + 1300]) {
    expect(launcher.nowMs()).toBe(startedMs);
    const job = await launched(launcher, { ...options, tickMs: 1000 });
    for await (const event of job.events) {
      if (event.kind === "tick") await job.stop({ graceMs: 500 });
      if (event.kind === "rank-exited") ends.push(event);
    }
  }
  expect(ends).toMatchObject([{ exit }, { exit: { kind: "signalled", signal: "SIGKILL" } }]);
  expect(ends[1]?.timeMs).toBe((ends[0]?.timeMs ?? 0) + 1500);
});

test("a failing launch is scripted as its outcome, and launches are recorded", async () => {
  const refusal = { kind: "start-failed", reason: "no memory" } as const;
  const launcher = new ScriptedLauncher([refusal]);
  expect(await launcher.launch(["python", "train.py"], options)).toEqual(refusal);
  expect(launcher.launches).toEqual([{ command: ["python", "train.py"], options }]);
  await expect(launcher.launch(["more"], options)).rejects.toThrow("no script is left");
});

async function launched(launcher: ScriptedLauncher, options: LaunchOptions): Promise<LaunchedJob> {
  const outcome = await launcher.launch(["train"], options);
  if (outcome.kind !== "launched") throw new Error(outcome.kind);
  return outcome.job;
}
